package dev.tapewise.nn.loss;

import dev.tapewise.autodiff.Var;
import dev.tapewise.autodiff.op.BinaryCrossEntropyLoss;

/**
 * The mean binary cross-entropy of logits against targets from 0 to 1 of the same shape, see {@link
 * BinaryCrossEntropyLoss}: several labels per image, or masks. A trainer has class indices and no
 * such targets: this is for programs recorded by hand.
 *
 * @param op the loss with its options
 */
public record BinaryCrossEntropy(BinaryCrossEntropyLoss op) implements Loss {

  /** With positive and negative cases alike. */
  public static BinaryCrossEntropy plain() {
    return new BinaryCrossEntropy(new BinaryCrossEntropyLoss());
  }

  /** This loss with a weight of the positive case: one for all, or one per channel. */
  public BinaryCrossEntropy positiveWeights(float... weights) {
    return new BinaryCrossEntropy(op.positiveWeights(weights));
  }

  @Override
  public Var record(Var logits, Var targets) {
    return logits.apply(op, targets);
  }
}
