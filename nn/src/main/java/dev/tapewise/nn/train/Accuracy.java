package dev.tapewise.nn.train;

/**
 * The share of images whose largest logit is the labelled class (top-1). Of equal logits the first
 * counts; a row with NaN is wrong.
 */
public final class Accuracy {
  private long right;
  private long images;

  /** Empty. */
  public Accuracy() {}

  /** Forgets everything. */
  public void reset() {
    right = 0;
    images = 0;
  }

  /**
   * Adds a batch: logits {@code [count, classes]} against class indices {@code [count]}. Allocates
   * nothing.
   *
   * @return how many of the batch were right
   */
  public int add(
      float[] logits, int logitsOffset, float[] labels, int labelsOffset, int count, int classes) {
    int hits = 0;
    for (int i = 0; i < count; i++) {
      if (top(logits, logitsOffset + i * classes, classes) == (int) labels[labelsOffset + i]) {
        hits++;
      }
    }
    right += hits;
    images += count;
    return hits;
  }

  /** The share of right answers so far, from 0 to 1; NaN before the first image. */
  public double value() {
    return images == 0 ? Double.NaN : (double) right / images;
  }

  /** Images so far. */
  public long images() {
    return images;
  }

  /** The index of the largest of {@code classes} values, the first of equal ones; -1 with NaN. */
  static int top(float[] values, int offset, int classes) {
    int best = 0;
    for (int i = 0; i < classes; i++) {
      float value = values[offset + i];
      if (Float.isNaN(value)) {
        return -1;
      }
      if (value > values[offset + best]) {
        best = i;
      }
    }
    return best;
  }
}
