package dev.tapewise.core.kernel;

/**
 * Passes of norms whose statistics are gathered per channel of one image: instance norm and group
 * norm. All work on {@code [rows, channels]}; a channel's values lie {@code channels} apart. Sums
 * run in row order from 0.
 *
 * <p>A centre is a float near the mean. Values are taken relative to it, so that a mean of many
 * standard deviations costs no digits; what it is off the mean is known from {@code Σ (x -
 * centre)}.
 */
public interface ChannelNorm {

  /**
   * {@code centre[c] = (Σ x[r, c]) / rows}, {@code sum[c] = Σ (x - centre)} and {@code squares[c] =
   * Σ (x - centre)²}, where {@code t = x - centre} enters as {@code fma(t, t, ·)}.
   *
   * @param out receives the three vectors
   */
  void moments(
      float[] out, int centre, int sum, int squares, float[] x, int offset, int rows, int channels);

  /**
   * {@code sum[c] = Σ dy} and {@code product[c] = Σ fma(dy, x - centre[c], ·)}.
   *
   * @param out receives the two vectors
   */
  void gradientSums(
      float[] out,
      int sum,
      int product,
      float[] dy,
      int dyOffset,
      float[] x,
      int xOffset,
      float[] centres,
      int centre,
      int rows,
      int channels);

  /** {@code y = fma(x - centre[c], scale[c], shift[c])}. */
  void forward(
      float[] y,
      int yOffset,
      float[] x,
      int xOffset,
      float[] centres,
      int centre,
      float[] coefficients,
      int scale,
      int shift,
      int rows,
      int channels);

  /**
   * {@code dx = fma(dy, a[c], fma(x - centre[c], b[c], d[c]))}; with {@code add} that is added to
   * the old value.
   */
  void gradient(
      float[] dx,
      int dxOffset,
      float[] dy,
      int dyOffset,
      float[] x,
      int xOffset,
      float[] centres,
      int centre,
      float[] coefficients,
      int a,
      int b,
      int d,
      int rows,
      int channels,
      boolean add);
}
