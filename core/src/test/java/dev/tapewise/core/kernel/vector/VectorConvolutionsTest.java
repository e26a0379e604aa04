package dev.tapewise.core.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapewise.core.kernel.Convolution;
import org.junit.jupiter.api.Test;

class VectorConvolutionsTest {

  @Test
  void channelsByThemselvesAreDepthwise() {
    assertThat(of(ConvolutionShape.of(5, 5, 6, 6).groups(6))).isInstanceOf(VectorDepthwise.class);
  }

  @Test
  void groupsOfFewChannelsAreGrouped() {
    assertThat(of(ConvolutionShape.of(5, 5, 6, 12).groups(6))).isInstanceOf(VectorGrouped.class);
    assertThat(of(ConvolutionShape.of(5, 5, 16, 16).groups(4))).isInstanceOf(VectorGrouped.class);
  }

  @Test
  void denseConvolutionsAndGroupsOfManyChannelsAreProducts() {
    assertThat(of(ConvolutionShape.of(5, 5, 3, 8))).isInstanceOf(ColumnsConvolution.class);
    assertThat(of(ConvolutionShape.of(5, 5, 1, 1).groups(1).kernel(1, 1)))
        .isInstanceOf(VectorDepthwise.class);
    assertThat(of(ConvolutionShape.of(5, 5, 64, 64).groups(2)))
        .isInstanceOf(ColumnsConvolution.class);
  }

  private static Convolution of(ConvolutionShape shape) {
    return VectorConvolutions.of(
        shape.geometry(), new VectorKernels().pointwise(), new VectorStaging(), null);
  }
}
