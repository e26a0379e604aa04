package dev.tapewise.core.kernel;

/**
 * Sums per channel over the rows of one chunk, in increasing row order, float32. Chunks are
 * combined by {@link Combine}.
 */
public interface Statistics {

  /**
   * {@code mean[c] = sum(x[r, c]) / rows}, then {@code centred[c] = sum((x[r, c] - mean[c])²)}: two
   * passes over rows that are still in cache, since a plain sum of squares loses the variance when
   * the mean is large. The sum is divided (not multiplied by a reciprocal); a square enters as
   * {@code fma(t, t, sum)}.
   */
  void moments(
      float[] mean,
      int meanOffset,
      float[] centred,
      int centredOffset,
      float[] x,
      int offset,
      int rows,
      int channels);

  /**
   * The two sums that a batch norm's backward pass needs: {@code sum[c] = Σ g'} and {@code
   * product[c] = Σ fma(g', z - mean[c], ·)}, with g' as {@link GradientReading} defines it.
   *
   * @param dy g, z, scale, shift and the activation; its a, b and d are not read. Not raw
   * @param meanArray holds the mean of z per channel from {@code mean} on
   * @param row the first row that is summed
   */
  void gradientSums(
      float[] sum,
      int sumOffset,
      float[] product,
      int productOffset,
      GradientReading dy,
      float[] meanArray,
      int mean,
      int row,
      int rows,
      int channels);

  /** {@code sum[c] = Σ x[r, c]}. */
  void columnSums(float[] sum, int sumOffset, float[] x, int offset, int rows, int channels);
}
