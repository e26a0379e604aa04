package dev.tapewise.autodiff;

import dev.tapewise.core.Shape;

/**
 * A named tensor that outlives programs: a weight, or state such as a running mean. Made by {@link
 * ParameterStore}.
 */
public final class Parameter {
  private final ParameterStore store;
  private final String name;
  private final Shape shape;
  private final Role role;
  private final Initializer initializer;
  private final int offset;

  Parameter(
      ParameterStore store,
      String name,
      Shape shape,
      Role role,
      Initializer initializer,
      int offset) {
    this.store = store;
    this.name = name;
    this.shape = shape;
    this.role = role;
    this.initializer = initializer;
    this.offset = offset;
  }

  /** The full name, such as {@code features.3.conv.0.0.weight}. */
  public String name() {
    return name;
  }

  /** The shape, in Tapewise's own order of axes. */
  public Shape shape() {
    return shape;
  }

  /** What it is to its layer. */
  public Role role() {
    return role;
  }

  /** Whether a gradient is computed for it. */
  public boolean trainable() {
    return role != Role.BUFFER;
  }

  /** How it is filled by {@link ParameterStore#initialize}. */
  public Initializer initializer() {
    return initializer;
  }

  /** The number of floats. */
  public int size() {
    return shape.intSize();
  }

  /** The array of the values. */
  public float[] values() {
    return store.values(role).array();
  }

  /** Where the values start in {@link #values}. */
  public int valueOffset() {
    return store.values(role).base() + offset;
  }

  /** The array of the gradients. */
  public float[] gradients() {
    return store.gradients().array();
  }

  /**
   * Where the gradient starts in {@link #gradients}; the same distance from the base as the values.
   */
  public int gradientOffset() {
    return store.gradients().base() + offset;
  }

  /** Where this parameter lies in its slab, counted from the base. */
  public int slabOffset() {
    return offset;
  }

  /** A copy of the values. */
  public float[] toArray() {
    float[] copy = new float[size()];
    System.arraycopy(values(), valueOffset(), copy, 0, copy.length);
    return copy;
  }

  /** Sets the values, one float per element in the order of {@link #shape}. */
  public void set(float[] source) {
    if (source.length != size()) {
      throw new IllegalArgumentException(
          "parameter \"%s\" %s takes %d values, got %d"
              .formatted(name, shape, size(), source.length));
    }
    System.arraycopy(source, 0, values(), valueOffset(), source.length);
  }

  @Override
  public String toString() {
    return name + " " + shape;
  }
}
