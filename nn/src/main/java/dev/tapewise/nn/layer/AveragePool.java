package dev.tapewise.nn.layer;

import dev.tapewise.autodiff.Var;
import dev.tapewise.core.geometry.Padding;

/**
 * The average over square windows: {@code [N, H, W, C]} to {@code [N, OH, OW, C]}.
 *
 * @param window rows and columns of a window
 * @param stride rows and columns from one window to the next
 * @param padding zeros around the image
 * @param countPadding whether they count in the average
 */
public record AveragePool(int window, int stride, Padding padding, boolean countPadding)
    implements Layer {

  /** Windows side by side, without padding. */
  public AveragePool(int window) {
    this(window, window, Padding.valid(), true);
  }

  @Override
  public Var apply(Var x) {
    return x.averagePool(window, stride, padding, countPadding);
  }
}
