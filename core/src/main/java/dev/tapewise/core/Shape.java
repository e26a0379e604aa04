package dev.tapewise.core;

import java.util.Arrays;

/** The sizes of a tensor's axes, each at least 1; axis 0 is the outermost in memory. Immutable. */
public final class Shape {
  private final int[] axes;

  private Shape(int[] axes) {
    this.axes = axes;
  }

  /**
   * A shape of one axis or more.
   *
   * @throws IllegalArgumentException if there is no axis or one is smaller than 1
   */
  public static Shape of(int... axes) {
    if (axes.length == 0) {
      throw new IllegalArgumentException("a shape needs an axis; a single value is [1]");
    }
    for (int axis : axes) {
      if (axis < 1) {
        throw new IllegalArgumentException(
            "every axis must be at least 1: " + Arrays.toString(axes));
      }
    }
    return new Shape(axes.clone());
  }

  /** The number of axes. */
  public int rank() {
    return axes.length;
  }

  /**
   * The size of an axis.
   *
   * @param i the axis, counted from the end where negative: -1 is the last
   * @throws IndexOutOfBoundsException if there is no such axis
   */
  public int axis(int i) {
    int at = i < 0 ? i + axes.length : i;
    if (at < 0 || at >= axes.length) {
      throw new IndexOutOfBoundsException("%s has no axis %d".formatted(this, i));
    }
    return axes[at];
  }

  /**
   * The number of elements.
   *
   * @throws ArithmeticException if it is above 2⁶³ - 1
   */
  public long size() {
    return product(0);
  }

  /**
   * The number of elements as an int.
   *
   * @throws ArithmeticException if it is above 2³¹ - 1
   */
  public int intSize() {
    return toInt(product(0));
  }

  /**
   * The number of elements of one entry of axis 0: the product of all the other axes.
   *
   * @throws ArithmeticException if it is above 2³¹ - 1
   */
  public int rest() {
    return toInt(product(1));
  }

  /** This shape with another axis 0. */
  public Shape withAxis0(int n) {
    int[] changed = axes.clone();
    changed[0] = n;
    return of(changed);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(axes, shape.axes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(axes);
  }

  /** The axes as in {@code [128, 32, 32, 24]}. */
  @Override
  public String toString() {
    return Arrays.toString(axes);
  }

  private long product(int from) {
    long n = 1;
    for (int i = from; i < axes.length; i++) {
      n = Math.multiplyExact(n, (long) axes[i]);
    }
    return n;
  }

  private int toInt(long size) {
    if (size > Integer.MAX_VALUE) {
      throw new ArithmeticException(this + " has more than 2147483647 elements");
    }
    return (int) size;
  }
}
