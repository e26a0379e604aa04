package dev.tapewise.nn.layer;

import dev.tapewise.autodiff.Var;

/**
 * {@code body(x) + shortcut(x)}. The body stands at the path of the residual itself, the shortcut
 * under {@code shortcut}.
 */
public final class Residual implements Layer {
  private final Layer body;
  private final Layer shortcut;

  private Residual(Layer body, Layer shortcut) {
    this.body = body;
    this.shortcut = shortcut;
  }

  /** {@code body(x) + x}. */
  public static Residual around(Layer body) {
    return new Residual(body, x -> x);
  }

  /** {@code body(x) + shortcut(x)}, for a body that changes the shape. */
  public static Residual around(Layer body, Layer shortcut) {
    return new Residual(body, shortcut);
  }

  @Override
  public Var apply(Var x) {
    Var y = body.apply(x);
    return y.add(shortcut.applyUnder("shortcut", x));
  }
}
