package dev.tapewise.nn.layer;

import dev.tapewise.autodiff.Var;

/**
 * Images {@code scale} times as large, rounded down: {@code [N, H, W, C]} to {@code [N, H * scale,
 * W * scale, C]}.
 *
 * @param scale above 0; below 1 makes images smaller
 * @param mode how pixels come about
 */
public record Upsample(double scale, Mode mode) implements Layer {

  /** How pixels come about. */
  public enum Mode {
    /** Every pixel is the nearest one. */
    NEAREST,
    /** Every pixel is a mean of four, the outer edges of the images lying on each other. */
    BILINEAR,
    /** Every pixel is a mean of four, the corner pixels lying on each other. */
    BILINEAR_ALIGN_CORNERS
  }

  @Override
  public Var apply(Var x) {
    return switch (mode) {
      case NEAREST -> x.resizeNearest(scale);
      case BILINEAR -> x.resizeBilinear(scale, false);
      case BILINEAR_ALIGN_CORNERS -> x.resizeBilinear(scale, true);
    };
  }
}
