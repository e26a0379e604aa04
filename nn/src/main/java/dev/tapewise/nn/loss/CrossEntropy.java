package dev.tapewise.nn.loss;

import dev.tapewise.autodiff.Var;
import dev.tapewise.autodiff.op.CrossEntropyLoss;

/**
 * The mean softmax cross-entropy of logits {@code [N, ..., classes]} against class indices {@code
 * [N, ...]}, see {@link CrossEntropyLoss}.
 *
 * @param op the loss with its options
 */
public record CrossEntropy(CrossEntropyLoss op) implements Loss {

  /** Without label smoothing. */
  public static CrossEntropy plain() {
    return withSmoothing(0);
  }

  /**
   * With label smoothing.
   *
   * @param smoothing at least 0 and below 1
   */
  public static CrossEntropy withSmoothing(float smoothing) {
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new IllegalArgumentException(
          "label smoothing must be at least 0 and below 1 but is " + smoothing + "; 0.1 is usual");
    }
    return new CrossEntropy(new CrossEntropyLoss(smoothing));
  }

  /** This loss with one weight per class: the mean divides by the weights of the labels. */
  public CrossEntropy weights(float... classWeights) {
    return new CrossEntropy(op.weights(classWeights));
  }

  /** This loss without the rows that have this label. */
  public CrossEntropy ignoring(int label) {
    return new CrossEntropy(op.ignoring(label));
  }

  @Override
  public Var record(Var logits, Var labels) {
    return logits.apply(op, labels);
  }
}
