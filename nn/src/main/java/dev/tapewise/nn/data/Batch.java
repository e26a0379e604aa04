package dev.tapewise.nn.data;

/**
 * Images and labels that a {@link DataLoader} hands out. The object belongs to the loader: it is
 * valid until the next call of {@code next}, {@code start} or {@code close}, and its arrays are the
 * same whenever the object is. Only the first {@link #count} images and labels mean anything.
 */
public final class Batch {
  private final float[] images;
  private final int[] labels;
  private final int[] indices;
  private int count;
  private int number;

  Batch(int capacity, int imageFloats) {
    images = new float[Math.multiplyExact(capacity, imageFloats)];
    labels = new int[capacity];
    indices = new int[capacity];
  }

  void describe(int newNumber, int newCount) {
    number = newNumber;
    count = newCount;
  }

  /**
   * The normalised images, not copied.
   *
   * @return {@code [capacity, height, width, channels]}
   */
  public float[] images() {
    return images;
  }

  /**
   * The labels, not copied.
   *
   * @return {@code [capacity]}
   */
  public int[] labels() {
    return labels;
  }

  /**
   * Which images of the data set these are, not copied.
   *
   * @return {@code [capacity]}
   */
  public int[] indices() {
    return indices;
  }

  /**
   * The images in this batch.
   *
   * @return the loader's batch size, or less in an epoch's last batch
   */
  public int count() {
    return count;
  }

  /**
   * The batch's place in its epoch.
   *
   * @return from 0 to {@code batches() - 1}
   */
  public int number() {
    return number;
  }
}
