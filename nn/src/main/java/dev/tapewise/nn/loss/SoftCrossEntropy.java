package dev.tapewise.nn.loss;

import dev.tapewise.autodiff.Var;
import dev.tapewise.autodiff.op.SoftCrossEntropyLoss;

/**
 * The mean softmax cross-entropy of logits {@code [N, ..., classes]} against a target value per
 * class, of the same shape, see {@link SoftCrossEntropyLoss}. A trainer has class indices and no
 * such targets: this is for programs recorded by hand.
 *
 * @param op the loss with its options
 */
public record SoftCrossEntropy(SoftCrossEntropyLoss op) implements Loss {

  /** Without label smoothing. */
  public static SoftCrossEntropy plain() {
    return withSmoothing(0);
  }

  /** With label smoothing, at least 0 and below 1. */
  public static SoftCrossEntropy withSmoothing(float smoothing) {
    return new SoftCrossEntropy(new SoftCrossEntropyLoss(smoothing));
  }

  /** This loss with one weight per class; the mean divides by the number of rows. */
  public SoftCrossEntropy weights(float... classWeights) {
    return new SoftCrossEntropy(op.weights(classWeights));
  }

  @Override
  public Var record(Var logits, Var targets) {
    return logits.apply(op, targets);
  }
}
