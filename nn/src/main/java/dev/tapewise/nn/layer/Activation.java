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
  },
  /** {@code x · hardSigmoid(x)}. */
  HARD_SWISH {
    @Override
    public Var apply(Var x) {
      return x.hardSwish();
    }
  },
  /** {@code min(max(x + 3, 0), 6) / 6}. */
  HARD_SIGMOID {
    @Override
    public Var apply(Var x) {
      return x.hardSigmoid();
    }
  },
  /** {@code x · sigmoid(x)}, also called swish. */
  SILU {
    @Override
    public Var apply(Var x) {
      return x.silu();
    }
  },
  /** {@code 1 / (1 + e⁻ˣ)}. */
  SIGMOID {
    @Override
    public Var apply(Var x) {
      return x.sigmoid();
    }
  }
}
