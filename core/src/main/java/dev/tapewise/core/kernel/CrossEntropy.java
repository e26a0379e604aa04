package dev.tapewise.core.kernel;

/**
 * Softmax cross-entropy of rows of logits against class indices, with label smoothing. Both
 * providers use it as it is: it runs over {@code [batch, classes]} once per step, which is not a
 * hot spot.
 *
 * <p>Bits: a sum over classes is taken in 16 lanes, lane l adding classes l, l + 16, … to 0 in
 * increasing order; the lanes are combined in a tree, l with l + 8, then l + 4, l + 2, l + 1. exp
 * and log are those of {@link Functions}. A NaN among the logits gives a NaN loss and NaN
 * gradients.
 */
public final class CrossEntropy {
  private CrossEntropy() {}

  /**
   * The loss of rows {@code from} to {@code to}: {@code (1 - s) * -log p[label] + s * mean of -log
   * p over all classes}, as PyTorch has it. It is computed as {@code log sum exp(x - max)} less the
   * logit or the mean logit.
   *
   * @param rowLoss receives one loss per row; {@code offset} is where row 0 lies
   * @param labels class indices, whole numbers from 0 to {@code classes - 1}
   * @param smoothing s, from 0 to 1
   * @throws IllegalArgumentException if a label is no class
   */
  public static void forward(
      float[] rowLoss,
      int offset,
      float[] logits,
      int logitsOffset,
      float[] labels,
      int labelsOffset,
      int from,
      int to,
      int classes,
      float smoothing) {
    for (int row = from; row < to; row++) {
      int at = logitsOffset + row * classes;
      int label = label(labels[labelsOffset + row], row, classes);
      float max = max(logits, at, classes);
      float log = Functions.log(sumOfExp(logits, at, classes, max, 0, 1));
      float loss = log - (logits[at + label] - max);
      if (smoothing != 0f) {
        float mean = log - sum(logits, at, classes, max, 0, 1) / classes;
        loss = Math.fma(smoothing, mean, (1f - smoothing) * loss);
      }
      rowLoss[offset + row] = loss;
    }
  }

  /**
   * The gradient of rows {@code from} to {@code to}: {@code factor * (softmax - target)} with
   * {@code target = s / classes}, and {@code 1 - s} more at the label.
   *
   * @param dlogits receives the gradient; {@code offset} is where row 0 starts
   * @param factor the gradient of every row's loss, such as upstream / batch
   * @param add whether dlogits is added to
   */
  public static void gradient(
      float[] dlogits,
      int offset,
      float[] logits,
      int logitsOffset,
      float[] labels,
      int labelsOffset,
      int from,
      int to,
      int classes,
      float smoothing,
      float factor,
      boolean add) {
    float other = smoothing / classes;
    float target = 1f - smoothing + other;
    for (int row = from; row < to; row++) {
      int at = logitsOffset + row * classes;
      int out = offset + row * classes;
      int label = label(labels[labelsOffset + row], row, classes);
      float max = max(logits, at, classes);
      float sum = sumOfExp(logits, at, classes, max, 0, 1);
      for (int c = 0; c < classes; c++) {
        float p = Functions.exp(logits[at + c] - max) / sum;
        float d = factor * (p - (c == label ? target : other));
        dlogits[out + c] = add ? dlogits[out + c] + d : d;
      }
    }
  }

  static int label(float value, int row, int classes) {
    int label = (int) value;
    if (label != value || label < 0 || label >= classes) {
      throw new IllegalArgumentException(
          "label %s of row %d is no class: labels are whole numbers from 0 to %d"
              .formatted(value, row, classes - 1));
    }
    return label;
  }

  static float max(float[] x, int at, int classes) {
    float max = x[at];
    for (int c = 1; c < classes; c++) {
      max = Math.max(max, x[at + c]); // NaN wins
    }
    return max;
  }

  /**
   * The tree over lanes: node {@code (lane, span)} holds lanes lane, lane + span, lane + 2 span, ….
   */
  static float sumOfExp(float[] x, int at, int classes, float max, int lane, int span) {
    if (span < LaneTree.LANES) {
      return sumOfExp(x, at, classes, max, lane, 2 * span)
          + sumOfExp(x, at, classes, max, lane + span, 2 * span);
    }
    float sum = 0f;
    for (int c = lane; c < classes; c += LaneTree.LANES) {
      sum += Functions.exp(x[at + c] - max);
    }
    return sum;
  }

  /** The sum of {@code x - max}, likewise. */
  private static float sum(float[] x, int at, int classes, float max, int lane, int span) {
    if (span < LaneTree.LANES) {
      return sum(x, at, classes, max, lane, 2 * span)
          + sum(x, at, classes, max, lane + span, 2 * span);
    }
    float sum = 0f;
    for (int c = lane; c < classes; c += LaneTree.LANES) {
      sum += x[at + c] - max;
    }
    return sum;
  }
}
