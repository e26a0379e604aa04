package dev.tapewise.core.geometry;

/**
 * The geometry of a pool of one image: windows along both axes.
 *
 * @param rows the windows along the rows
 * @param columns the windows along the columns
 * @param channels channels
 */
public record PoolGeometry(PoolAxis rows, PoolAxis columns, int channels) {

  /** Checks the channels; the axes are checked when they are made. */
  public PoolGeometry {
    if (channels < 1) {
      throw new IllegalArgumentException("a pool needs channels, got " + channels);
    }
  }

  /** One window over a whole image. */
  public static PoolGeometry global(int height, int width, int channels) {
    return new PoolGeometry(PoolAxis.whole(height), PoolAxis.whole(width), channels);
  }

  /** PyTorch's adaptive bins, see {@link PoolAxis#adaptive}. */
  public static PoolGeometry adaptive(
      int height, int width, int channels, int outHeight, int outWidth) {
    return new PoolGeometry(
        PoolAxis.adaptive(height, outHeight), PoolAxis.adaptive(width, outWidth), channels);
  }

  /** Input rows. */
  public int height() {
    return rows.size();
  }

  /** Input columns. */
  public int width() {
    return columns.size();
  }

  /** Output rows. */
  public int outHeight() {
    return rows.windows();
  }

  /** Output columns. */
  public int outWidth() {
    return columns.windows();
  }

  /** Floats of one input image. */
  public int inSize() {
    return Math.multiplyExact(Math.multiplyExact(height(), width()), channels);
  }

  /** Floats of one output image. */
  public int outSize() {
    return Math.multiplyExact(Math.multiplyExact(outHeight(), outWidth()), channels);
  }

  /** Whether a window holds elements that are not neighbours. */
  public boolean dilated() {
    return rows.dilation() > 1 || columns.dilation() > 1;
  }
}
