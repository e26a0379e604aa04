package dev.tapewise.nn.layer;

import dev.tapewise.autodiff.Var;
import dev.tapewise.core.geometry.PoolWindows;

/**
 * The maximum over windows: {@code [N, H, W, C]} to {@code [N, OH, OW, C]}.
 *
 * @param windows windows, strides, dilation, and padding by minus infinity
 */
public record MaxPool(PoolWindows windows) implements Layer {

  /** Square windows side by side, without padding. */
  public MaxPool(int window) {
    this(PoolWindows.of(window));
  }

  @Override
  public Var apply(Var x) {
    return x.maxPool(windows);
  }
}
