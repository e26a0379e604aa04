package dev.tapewise.nn.model;

import com.google.common.primitives.ImmutableDoubleArray;

/**
 * What a model says about an image.
 *
 * @param probabilities one per class, which sum to 1
 */
public record Prediction(ImmutableDoubleArray probabilities) {

  /**
   * By softmax, in double precision.
   *
   * @param logits one per class, from {@code offset} on
   */
  static Prediction of(float[] logits, int offset, int classes) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < classes; i++) {
      largest = Math.max(largest, logits[offset + i]);
    }
    double[] terms = new double[classes];
    double sum = 0;
    for (int i = 0; i < classes; i++) {
      terms[i] = StrictMath.exp(logits[offset + i] - largest);
      sum += terms[i];
    }
    ImmutableDoubleArray.Builder probabilities = ImmutableDoubleArray.builder(classes);
    for (double term : terms) {
      probabilities.add(term / sum);
    }
    return new Prediction(probabilities.build());
  }

  /** The probability of a class. */
  public double probability(int label) {
    return probabilities.get(label);
  }

  /** The most likely class, the first of equally likely ones. */
  public int top() {
    int best = 0;
    for (int i = 1; i < probabilities.length(); i++) {
      if (probabilities.get(i) > probabilities.get(best)) {
        best = i;
      }
    }
    return best;
  }
}
