package dev.tapewise.autodiff;

import dev.tapewise.core.Shape;

/**
 * A tensor of a compiled program: a place in an array. Reading and writing copies; nothing else
 * does.
 */
public final class TensorView {
  private final String name;
  private final float[] data;
  private final int offset;
  private final Shape shape;

  private TensorView(String name, float[] data, int offset, Shape shape) {
    this.name = name;
    this.data = data;
    this.offset = offset;
    this.shape = shape;
  }

  /** A tensor at a place in an array. */
  public static TensorView of(String name, float[] data, int offset, Shape shape) {
    return new TensorView(name, data, offset, shape);
  }

  /** The array that holds it, for loops that must not copy. */
  public float[] array() {
    return data;
  }

  /** Where it starts in {@link #array}. */
  public int offset() {
    return offset;
  }

  /** Its shape at full capacity. */
  public Shape shape() {
    return shape;
  }

  /** One element. */
  public float get(int index) {
    return data[offset + java.util.Objects.checkIndex(index, shape.intSize())];
  }

  /**
   * Sets the first {@code values.length} elements: a whole tensor, or the images of a smaller
   * batch.
   */
  public void set(float[] values) {
    if (values.length > shape.intSize()) {
      throw new IllegalArgumentException(
          "%s %s has room for %d values, got %d"
              .formatted(name, shape, shape.intSize(), values.length));
    }
    System.arraycopy(values, 0, data, offset, values.length);
  }

  /** A copy of all elements. */
  public float[] toArray() {
    return toArray(shape.intSize());
  }

  /** A copy of the first {@code count} elements. */
  public float[] toArray(int count) {
    float[] copy = new float[java.util.Objects.checkFromToIndex(0, count, shape.intSize()) + count];
    System.arraycopy(data, offset, copy, 0, count);
    return copy;
  }
}
