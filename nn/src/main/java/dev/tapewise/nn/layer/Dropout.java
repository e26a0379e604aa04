package dev.tapewise.nn.layer;

import dev.tapewise.autodiff.Var;

/**
 * Dropout in training, nothing in evaluation, see {@link dev.tapewise.autodiff.op.DropoutOp}.
 *
 * @param probability the share that is dropped, at least 0 and below 1
 */
public record Dropout(float probability) implements Layer {

  /** Checks the probability. */
  public Dropout {
    if (!(probability >= 0 && probability < 1)) {
      throw new IllegalArgumentException(
          "the dropout probability must be at least 0 and below 1 but is "
              + probability
              + "; 0.2 is usual");
    }
  }

  @Override
  public Var apply(Var x) {
    return x.dropout(probability);
  }
}
