package dev.tapewise.core.kernel.assembled;

import java.util.Objects;

/** What is checked before code runs that checks nothing. */
final class Ranges {
  private Ranges() {}

  /**
   * Checks {@code rows} rows of {@code length} floats; at least one of each, since the code runs
   * one.
   */
  static void checkRows(float[] array, int offset, int stride, int rows, long length) {
    if (rows < 1 || length < 1 || (stride < length && rows > 1)) {
      throw new IndexOutOfBoundsException(
          "%d rows of %d floats, %d apart".formatted(rows, length, stride));
    }
    Objects.checkFromIndexSize(offset, (rows - 1L) * stride + length, array.length);
  }
}
