package dev.tapewise.core.geometry;

/**
 * The windows of a pool along one axis: which elements each holds, and which windows hold an
 * element. Immutable; everything is worked out once, so that kernels only look up.
 */
public final class PoolAxis {
  private final int size;
  private final int dilation;
  private final int[] first;
  private final int[] end;
  private final int[] padded;
  private final int[] firstWindow;
  private final int[] endWindow;
  private final String text;

  /** The starts are those of the windows with their padding; they never fall, as the ends. */
  private PoolAxis(
      int size, int dilation, int[] starts, int[] first, int[] end, int[] padded, String text) {
    this.size = size;
    this.dilation = dilation;
    this.first = first;
    this.end = end;
    this.padded = padded;
    this.text = text;
    this.firstWindow = new int[size];
    this.endWindow = new int[size];
    int from = 0;
    int to = 0;
    for (int i = 0; i < size; i++) {
      while (from < first.length && end[from] <= i) {
        from++;
      }
      while (to < starts.length && starts[to] <= i) {
        to++;
      }
      firstWindow[i] = from;
      endWindow[i] = to;
    }
  }

  /**
   * Windows of {@code window} elements, {@code dilation} apart, one every {@code stride} elements.
   *
   * <p>Their number is {@code (size + before + after - extent) / stride + 1} with {@code extent =
   * (window - 1) * dilation + 1}, rounded down, or in ceil mode up, less a last window that would
   * start behind the elements and the padding before them (PyTorch's rule).
   *
   * @param size the elements of the axis
   * @param before padding before the first element
   * @param after padding behind the last
   * @throws IllegalArgumentException if the windows do not fit, or one would hold only padding
   */
  public static PoolAxis windows(
      int size, int window, int stride, int dilation, int before, int after, boolean ceilMode) {
    long extent = extent(size, window, stride, dilation, before, after);
    long last = size + (long) before + after - extent;
    long count = (ceilMode ? Math.ceilDiv(last, stride) : last / stride) + 1;
    if (ceilMode && (count - 1) * stride >= size + (long) before) {
      count--;
    }
    int windows = Math.toIntExact(count);
    int[] starts = new int[windows];
    int[] first = new int[windows];
    int[] end = new int[windows];
    int[] padded = new int[windows];
    for (int o = 0; o < windows; o++) {
      long start = (long) o * stride - before;
      starts[o] = (int) start;
      first[o] = (int) (start < 0 ? start + Math.ceilDiv(-start, dilation) * dilation : start);
      end[o] = (int) Math.min(start + extent, size);
      padded[o] = (int) (Math.min(start + extent, size + (long) after) - start);
      if (first[o] >= end[o]) {
        throw new IllegalArgumentException(
            "window %d of %d, dilated by %d, holds only padding of %d elements padded by %d and %d"
                .formatted(o, window, dilation, size, before, after));
      }
    }
    String text =
        "%d in windows of %d every %d, padded by %d and %d%s%s"
            .formatted(
                size,
                window,
                stride,
                before,
                after,
                dilation == 1 ? "" : ", dilated by " + dilation,
                ceilMode ? ", ceil mode" : "");
    return new PoolAxis(size, dilation, starts, first, end, padded, text);
  }

  private static long extent(
      int size, int window, int stride, int dilation, int before, int after) {
    if (size < 1) {
      throw new IllegalArgumentException("a pool needs an image, got an axis of " + size);
    }
    if (window < 1 || stride < 1 || dilation < 1) {
      throw new IllegalArgumentException(
          "window, stride and dilation must be at least 1: window %d, stride %d, dilation %d"
              .formatted(window, stride, dilation));
    }
    if (before < 0 || after < 0) {
      throw new IllegalArgumentException(
          "padding must not be negative: %d before, %d after".formatted(before, after));
    }
    long extent = (window - 1L) * dilation + 1;
    if (before >= extent || after >= extent) {
      throw new IllegalArgumentException(
          "padding must be smaller than the window of %d: %d before, %d after"
              .formatted(extent, before, after));
    }
    if (size + (long) before + after < extent) {
      throw new IllegalArgumentException(
          "a window of %d does not fit into %d, padded by %d and %d"
              .formatted(extent, size, before, after));
    }
    return extent;
  }

  /** One window over the whole axis. */
  public static PoolAxis whole(int size) {
    return windows(size, size, 1, 1, 0, 0, false);
  }

  /**
   * {@code count} windows that together hold every element: window i holds {@code floor(i * size /
   * count)} up to {@code ceil((i + 1) * size / count)}, as in PyTorch's adaptive pools. They
   * overlap where {@code count} does not divide the size.
   */
  public static PoolAxis adaptive(int size, int count) {
    if (size < 1 || count < 1) {
      throw new IllegalArgumentException(
          "an adaptive pool needs sizes of at least 1, got %d to %d".formatted(size, count));
    }
    int[] first = new int[count];
    int[] end = new int[count];
    int[] padded = new int[count];
    for (int o = 0; o < count; o++) {
      first[o] = (int) ((long) o * size / count);
      end[o] = (int) Math.ceilDiv((o + 1L) * size, (long) count);
      padded[o] = end[o] - first[o];
    }
    return new PoolAxis(size, 1, first, first, end, padded, size + " to " + count);
  }

  /** The elements of the axis. */
  public int size() {
    return size;
  }

  /** The windows. */
  public int windows() {
    return first.length;
  }

  /** The distance between neighbours in a window. */
  public int dilation() {
    return dilation;
  }

  /** The first element that a window holds. */
  public int first(int window) {
    return first[window];
  }

  /** The element behind the last that a window holds. */
  public int end(int window) {
    return end[window];
  }

  /** The elements of a window with its padding; what ceil mode adds beyond that does not count. */
  public int padded(int window) {
    return padded[window];
  }

  /** The first window that ends behind an element: with dilation it may step over it. */
  public int firstWindow(int element) {
    return firstWindow[element];
  }

  /** The window behind the last that starts at or before an element. */
  public int endWindow(int element) {
    return endWindow[element];
  }

  @Override
  public String toString() {
    return text;
  }
}
