package dev.tapewise.core.geometry;

/**
 * The geometry of a windowed pool of one image.
 *
 * @param height input rows
 * @param width input columns
 * @param channels channels
 * @param windowHeight rows of the window
 * @param windowWidth columns of the window
 * @param strideHeight input rows from one window to the next
 * @param strideWidth input columns from one window to the next
 * @param padTop zero rows above the image
 * @param padBottom zero rows below
 * @param padLeft zero columns on the left
 * @param padRight zero columns on the right
 * @param countPadding whether an average divides by the whole window, padding included
 */
public record PoolGeometry(
    int height,
    int width,
    int channels,
    int windowHeight,
    int windowWidth,
    int strideHeight,
    int strideWidth,
    int padTop,
    int padBottom,
    int padLeft,
    int padRight,
    boolean countPadding) {

  /** Checks every rule. */
  public PoolGeometry {
    if (height < 1 || width < 1 || channels < 1) {
      throw new IllegalArgumentException(
          "a pool needs an image, got %d x %d x %d".formatted(height, width, channels));
    }
    if (windowHeight < 1 || windowWidth < 1 || strideHeight < 1 || strideWidth < 1) {
      throw new IllegalArgumentException(
          "window and stride must be at least 1: window %d x %d, stride %d x %d"
              .formatted(windowHeight, windowWidth, strideHeight, strideWidth));
    }
    if (padTop < 0 || padBottom < 0 || padLeft < 0 || padRight < 0) {
      throw new IllegalArgumentException(
          "padding must not be negative: top=%d bottom=%d left=%d right=%d"
              .formatted(padTop, padBottom, padLeft, padRight));
    }
    if (padTop >= windowHeight
        || padBottom >= windowHeight
        || padLeft >= windowWidth
        || padRight >= windowWidth) {
      throw new IllegalArgumentException(
          "padding must be smaller than the window of %d x %d: top=%d bottom=%d left=%d right=%d"
              .formatted(windowHeight, windowWidth, padTop, padBottom, padLeft, padRight));
    }
    if ((long) height + padTop + padBottom < windowHeight
        || (long) width + padLeft + padRight < windowWidth) {
      throw new IllegalArgumentException(
          "a window of %d x %d does not fit into %d x %d"
                  .formatted(windowHeight, windowWidth, height, width)
              + ", padded by top=%d bottom=%d left=%d right=%d"
                  .formatted(padTop, padBottom, padLeft, padRight));
    }
  }

  /** Output rows. */
  public int outHeight() {
    return (height + padTop + padBottom - windowHeight) / strideHeight + 1;
  }

  /** Output columns. */
  public int outWidth() {
    return (width + padLeft + padRight - windowWidth) / strideWidth + 1;
  }

  /** Floats of one input image. */
  public int inSize() {
    return Math.multiplyExact(Math.multiplyExact(height, width), channels);
  }

  /** Floats of one output image. */
  public int outSize() {
    return Math.multiplyExact(Math.multiplyExact(outHeight(), outWidth()), channels);
  }

  /** What the average over a window divides by. */
  public int count(int outRow, int outColumn) {
    return countPadding
        ? windowHeight * windowWidth
        : (endRow(outRow) - firstRow(outRow)) * (endColumn(outColumn) - firstColumn(outColumn));
  }

  /** The first row of the image that a window holds. */
  public int firstRow(int outRow) {
    return Math.max(outRow * strideHeight - padTop, 0);
  }

  /** The row behind the last that a window holds. */
  public int endRow(int outRow) {
    return Math.min(outRow * strideHeight - padTop + windowHeight, height);
  }

  /** The first column of the image that a window holds. */
  public int firstColumn(int outColumn) {
    return Math.max(outColumn * strideWidth - padLeft, 0);
  }

  /** The column behind the last that a window holds. */
  public int endColumn(int outColumn) {
    return Math.min(outColumn * strideWidth - padLeft + windowWidth, width);
  }

  /** The first row of windows that holds a row of the image. */
  public int firstWindowRow(int row) {
    return Math.max(Math.ceilDiv(row + padTop - windowHeight + 1, strideHeight), 0);
  }

  /** The row of windows behind the last that holds a row of the image. */
  public int endWindowRow(int row) {
    return Math.min((row + padTop) / strideHeight + 1, outHeight());
  }

  /** The first column of windows that holds a column of the image. */
  public int firstWindowColumn(int column) {
    return Math.max(Math.ceilDiv(column + padLeft - windowWidth + 1, strideWidth), 0);
  }

  /** The column of windows behind the last that holds a column of the image. */
  public int endWindowColumn(int column) {
    return Math.min((column + padLeft) / strideWidth + 1, outWidth());
  }
}
