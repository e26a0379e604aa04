package dev.tapewise.nn.loss;

import dev.tapewise.autodiff.Var;

/**
 * Softmax cross-entropy, see {@link dev.tapewise.autodiff.op.CrossEntropyLoss}.
 *
 * @param smoothing label smoothing, at least 0 and below 1
 */
public record CrossEntropy(float smoothing) implements Loss {

  /** Checks the smoothing. */
  public CrossEntropy {
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new IllegalArgumentException(
          "label smoothing must be at least 0 and below 1 but is " + smoothing + "; 0.1 is usual");
    }
  }

  /** Without label smoothing. */
  public static CrossEntropy plain() {
    return new CrossEntropy(0);
  }

  /** With label smoothing. */
  public static CrossEntropy withSmoothing(float smoothing) {
    return new CrossEntropy(smoothing);
  }

  @Override
  public Var record(Var logits, Var labels) {
    return logits.crossEntropy(labels, smoothing);
  }
}
