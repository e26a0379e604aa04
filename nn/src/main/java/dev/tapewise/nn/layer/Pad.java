package dev.tapewise.nn.layer;

import dev.tapewise.autodiff.Var;
import dev.tapewise.core.geometry.Border;

/**
 * Pixels added around images, or taken away where negative: {@code [N, H, W, C]} to {@code [N, H +
 * top + bottom, W + left + right, C]}.
 *
 * @param top rows above
 * @param bottom rows below
 * @param left columns on the left
 * @param right columns on the right
 * @param border what they hold
 */
public record Pad(int top, int bottom, int left, int right, Border border) implements Layer {

  @Override
  public Var apply(Var x) {
    return x.pad(top, bottom, left, right, border);
  }
}
