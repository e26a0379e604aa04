package dev.tapewise.core.kernel;

/**
 * Softmax cross-entropy of one row of logits against any row of target values: {@code -sum of
 * target[c] * log p[c]}. Both providers use it as it is, like {@link CrossEntropy}, whose order of
 * sums it has; the products of the loss are added by {@code fma}. A class whose target is 0 adds
 * nothing, even where its logit is -Infinity.
 */
public final class SoftCrossEntropy {
  private SoftCrossEntropy() {}

  /**
   * The target row of a class index: {@code weights[c] * s / classes}, and {@code weights[c] * (1 -
   * s)} more at the label.
   *
   * @param row the number of the row, for the error
   * @param weights one per class
   * @return the weight of the label's class
   * @throws IllegalArgumentException if the label is no class
   */
  public static float ofLabel(
      float[] target, int at, float label, int row, float[] weights, float smoothing) {
    int own = CrossEntropy.label(label, row, weights.length);
    float other = smoothing / weights.length;
    for (int c = 0; c < weights.length; c++) {
      target[at + c] = weights[c] * other;
    }
    target[at + own] = weights[own] * (1f - smoothing + other);
    return weights[own];
  }

  /** The target row of given values t: {@code weights[c] * fma(1 - s, t[c], s / classes)}. */
  public static void ofValues(
      float[] target, int at, float[] t, int tAt, float[] weights, float smoothing) {
    float other = smoothing / weights.length;
    for (int c = 0; c < weights.length; c++) {
      target[at + c] = weights[c] * Math.fma(1f - smoothing, t[tAt + c], other);
    }
  }

  /** The loss of a row. */
  public static float loss(float[] logits, int at, float[] target, int targetAt, int classes) {
    float max = CrossEntropy.max(logits, at, classes);
    float log = Functions.log(CrossEntropy.sumOfExp(logits, at, classes, max, 0, 1));
    return losses(logits, at, target, targetAt, classes, max, log, 0, 1);
  }

  /** The gradient of a row's logits: {@code factor * (softmax * sum of target - target)}. */
  public static void gradient(
      float[] dlogits,
      int out,
      float[] logits,
      int at,
      float[] target,
      int targetAt,
      int classes,
      float factor,
      boolean add) {
    float max = CrossEntropy.max(logits, at, classes);
    float sum = CrossEntropy.sumOfExp(logits, at, classes, max, 0, 1);
    float all = targets(target, targetAt, classes, 0, 1);
    for (int c = 0; c < classes; c++) {
      float p = Functions.exp(logits[at + c] - max) / sum;
      float d = factor * Math.fma(p, all, -target[targetAt + c]);
      dlogits[out + c] = add ? dlogits[out + c] + d : d;
    }
  }

  /** The gradient of the values t of {@link #ofValues}: {@code factor * weights * -log p}. */
  public static void valueGradient(
      float[] dt,
      int out,
      float[] logits,
      int at,
      float[] weights,
      float smoothing,
      float factor,
      boolean add) {
    int classes = weights.length;
    float max = CrossEntropy.max(logits, at, classes);
    float log = Functions.log(CrossEntropy.sumOfExp(logits, at, classes, max, 0, 1));
    float own = factor * (1f - smoothing);
    for (int c = 0; c < classes; c++) {
      float d = own * weights[c] * (log - (logits[at + c] - max));
      dt[out + c] = add ? dt[out + c] + d : d;
    }
  }

  private static float losses(
      float[] x,
      int at,
      float[] t,
      int tAt,
      int classes,
      float max,
      float log,
      int lane,
      int span) {
    if (span < LaneTree.LANES) {
      return losses(x, at, t, tAt, classes, max, log, lane, 2 * span)
          + losses(x, at, t, tAt, classes, max, log, lane + span, 2 * span);
    }
    float sum = 0f;
    for (int c = lane; c < classes; c += LaneTree.LANES) {
      if (t[tAt + c] != 0f) {
        sum = Math.fma(t[tAt + c], log - (x[at + c] - max), sum);
      }
    }
    return sum;
  }

  private static float targets(float[] t, int at, int classes, int lane, int span) {
    if (span < LaneTree.LANES) {
      return targets(t, at, classes, lane, 2 * span)
          + targets(t, at, classes, lane + span, 2 * span);
    }
    float sum = 0f;
    for (int c = lane; c < classes; c += LaneTree.LANES) {
      sum += t[at + c];
    }
    return sum;
  }
}
