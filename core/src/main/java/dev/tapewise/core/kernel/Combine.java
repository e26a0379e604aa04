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
}
