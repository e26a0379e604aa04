package dev.tapewise.core.geometry;

/**
 * The options of a windowed pool, before it knows its image. Immutable: every method gives a
 * changed copy.
 *
 * @param height rows of a window
 * @param width columns of a window
 * @param strideHeight rows from one window to the next
 * @param strideWidth columns from one window to the next
 * @param dilationHeight rows from one row of a window to its next
 * @param dilationWidth columns from one column of a window to its next
 * @param padding what is added around the image: minus infinity for a maximum, zeros for an average
 * @param ceilMode whether the number of windows is rounded up, see {@link PoolAxis#windows}
 */
public record PoolWindows(
    int height,
    int width,
    int strideHeight,
    int strideWidth,
    int dilationHeight,
    int dilationWidth,
    Padding padding,
    boolean ceilMode) {

  /** Square windows side by side, without padding. */
  public static PoolWindows of(int size) {
    return of(size, size);
  }

  /** Windows side by side, without padding. */
  public static PoolWindows of(int height, int width) {
    return new PoolWindows(height, width, height, width, 1, 1, Padding.valid(), false);
  }

  /** Windows that start every {@code stride} rows and columns. */
  public PoolWindows withStride(int stride) {
    return withStride(stride, stride);
  }

  /** Windows that start every {@code vertical} rows and {@code horizontal} columns. */
  public PoolWindows withStride(int vertical, int horizontal) {
    return new PoolWindows(
        height, width, vertical, horizontal, dilationHeight, dilationWidth, padding, ceilMode);
  }

  /** Windows of every {@code vertical}-th row and {@code horizontal}-th column. */
  public PoolWindows withDilation(int vertical, int horizontal) {
    return new PoolWindows(
        height, width, strideHeight, strideWidth, vertical, horizontal, padding, ceilMode);
  }

  /** Windows over a padded image. */
  public PoolWindows withPadding(Padding around) {
    return new PoolWindows(
        height, width, strideHeight, strideWidth, dilationHeight, dilationWidth, around, ceilMode);
  }

  /** As many windows as it takes to reach the last row and column. */
  public PoolWindows withCeilMode() {
    return new PoolWindows(
        height, width, strideHeight, strideWidth, dilationHeight, dilationWidth, padding, true);
  }

  /**
   * These windows over images of {@code [rows, columns, channels]}.
   *
   * @throws IllegalArgumentException if they do not fit, naming the axis, the rule and the values
   */
  public PoolGeometry over(int rows, int columns, int channels) {
    return new PoolGeometry(
        axis("rows", rows, height, strideHeight, dilationHeight, true),
        axis("columns", columns, width, strideWidth, dilationWidth, false),
        channels);
  }

  private PoolAxis axis(
      String name, int size, int window, int stride, int dilation, boolean vertical) {
    try {
      Padding.Amount p =
          vertical
              ? padding.vertical(size, window, stride, dilation)
              : padding.horizontal(size, window, stride, dilation);
      return PoolAxis.windows(size, window, stride, dilation, p.before(), p.after(), ceilMode);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }
}
