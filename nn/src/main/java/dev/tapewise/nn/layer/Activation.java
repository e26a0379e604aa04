package dev.tapewise.nn.layer;

import dev.tapewise.autodiff.Var;

/** A function of each element. */
public enum Activation implements Layer {
  /** {@code max(x, 0)}. */
  RELU {
    @Override
    public Var apply(Var x) {
      return x.relu();
    }
  },
  /** {@code min(max(x, 0), 6)}. */
  RELU6 {
    @Override
    public Var apply(Var x) {
      return x.relu6();
    }
  }
}
