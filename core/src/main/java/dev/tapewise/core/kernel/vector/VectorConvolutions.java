package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.kernel.Convolution;
import dev.tapewise.core.kernel.Pointwise;
import dev.tapewise.core.kernel.Staging;
import dev.tapewise.core.kernel.assembled.AssembledRows;
import org.jspecify.annotations.Nullable;

/**
 * The rule that picks a convolution by its shape; all of them give the same bits.
 *
 * <ul>
 *   <li>every channel by itself: {@link VectorDepthwise}
 *   <li>groups that read and write at most {@value #FEW_CHANNELS} channels each: {@link
 *       VectorGrouped}
 *   <li>everything else, dense convolutions above all: {@link ColumnsConvolution}
 * </ul>
 */
final class VectorConvolutions {
  /**
   * The most channels of a group that are worth lanes of their own: a product's tiles are two
   * vectors wide, so groups of fewer output channels would leave most of a tile empty.
   */
  static final int FEW_CHANNELS = 8;

  private VectorConvolutions() {}

  /**
   * The convolution of one geometry.
   *
   * @param assembled rows of depthwise and grouped convolutions, or null for those of the Vector
   *     API
   */
  static Convolution of(
      ConvGeometry geometry,
      Pointwise pointwise,
      Staging staging,
      @Nullable AssembledRows assembled) {
    if (geometry.isDepthwise()) {
      return new VectorDepthwise(geometry, assembled);
    }
    if (geometry.groups() > 1
        && geometry.inPerGroup() <= FEW_CHANNELS
        && geometry.outPerGroup() <= FEW_CHANNELS) {
      return new VectorGrouped(geometry, staging, assembled);
    }
    return new ColumnsConvolution(geometry, pointwise, staging);
  }
}
