package dev.tapewise.core.kernel;

/**
 * Passes of layer norm over one row, or a part of one: {@code count} values that lie together.
 * Their factors gamma and summands beta are vectors of the same length.
 *
 * <p>A sum is taken in 16 lanes, lane l adding values l, l + 16, … to 0 in increasing order; the
 * lanes are combined in a tree, l with l + 8, then l + 4, l + 2, l + 1. A centre is a float near
 * the mean, see {@link ChannelNorm}.
 */
public interface RowNorm {
  /** Virtual lanes of a sum. */
  int LANES = LaneTree.LANES;

  /** Floats that {@link #moments} and {@link #gradientSums} use of their {@code out}. */
  int OUT = 2 * LANES;

  /**
   * {@code out[at] = Σ (x - centre)} and {@code out[at + 16] = Σ (x - centre)²} with the centre
   * that is returned, {@code (Σ x) / count}; {@code t = x - centre} enters as {@code fma(t, t, ·)}.
   *
   * @param out {@link #OUT} floats from {@code at} on are written
   */
  float moments(float[] out, int at, float[] x, int offset, int count);

  /**
   * {@code out[at] = Σ g} and {@code out[at + 16] = Σ fma(g, x - centre, ·)} with {@code g = dy *
   * gamma}, rounded.
   *
   * @param out {@link #OUT} floats from {@code at} on are written
   */
  void gradientSums(
      float[] out,
      int at,
      float[] dy,
      int dyOffset,
      float[] gamma,
      int gammaOffset,
      float[] x,
      int xOffset,
      float centre,
      int count);

  /** {@code y = fma(fma(x - centre, scale, shift), gamma, beta)}. */
  void forward(
      float[] y,
      int yOffset,
      float[] x,
      int xOffset,
      float[] gamma,
      int gammaOffset,
      float[] beta,
      int betaOffset,
      float centre,
      float scale,
      float shift,
      int count);

  /**
   * {@code dx = fma(dy * gamma, a, fma(x - centre, b, d))}; with {@code add} that is added to the
   * old value.
   */
  void gradient(
      float[] dx,
      int dxOffset,
      float[] dy,
      int dyOffset,
      float[] gamma,
      int gammaOffset,
      float[] x,
      int xOffset,
      float centre,
      float a,
      float b,
      float d,
      int count,
      boolean add);

  /**
   * Adds a row to the sums for gamma and beta: {@code gammaSum = fma(dy, fma(x - centre, scale,
   * shift), gammaSum)} and {@code betaSum = betaSum + dy}.
   *
   * @param sums holds both vectors of sums
   */
  void parameterSums(
      float[] sums,
      int gammaSum,
      int betaSum,
      float[] dy,
      int dyOffset,
      float[] x,
      int xOffset,
      float centre,
      float scale,
      float shift,
      int count);
}
