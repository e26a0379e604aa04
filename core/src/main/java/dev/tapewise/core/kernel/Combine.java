package dev.tapewise.core.kernel;

/**
 * Combines the partial results of chunks in a fixed binary tree over chunk numbers: neighbours 0+1,
 * 2+3, … first, then pairs of pairs, an odd one moving up unchanged. The order depends on the
 * number of chunks alone.
 */
public interface Combine {

  /**
   * Adds {@code parts} arrays of {@code stride} floats that start at {@code offset}, elements
   * {@code from} to {@code to}, in place: the sum is left in part 0.
   */
  void tree(float[] partial, int offset, int parts, int stride, int from, int to);

  /** Copies floats into doubles. */
  void widen(double[] to, int toOffset, float[] from, int fromOffset, int count);

  /** Adds doubles at {@code right} to those at {@code left}. */
  void add(double[] sums, int left, int right, int count);

  /**
   * Combines means and centred squares at {@code right} with those at {@code left}, in place: with
   * {@code δ = mean[right] - mean[left]} the mean becomes {@code mean[left] + δ * share} and the
   * centred squares {@code centred[left] + (centred[right] + δ * δ * weight)}, no product fused
   * with a sum.
   */
  void mergeMoments(
      double[] mean, double[] centred, int left, int right, int count, double share, double weight);
}
