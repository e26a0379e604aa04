package dev.tapewise.nn.layer;

import dev.tapewise.autodiff.Var;
import dev.tapewise.core.geometry.PoolWindows;

/**
 * The average over windows: {@code [N, H, W, C]} to {@code [N, OH, OW, C]}.
 *
 * @param windows windows, strides and padding by zeros
 * @param countPadding whether the padding counts in the average
 */
public record AveragePool(PoolWindows windows, boolean countPadding) implements Layer {

  /** Square windows side by side, without padding. */
  public AveragePool(int window) {
    this(PoolWindows.of(window), true);
  }

  @Override
  public Var apply(Var x) {
    return x.averagePool(windows, countPadding);
  }
}
