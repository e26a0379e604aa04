package dev.tapewise.core.kernel;

/**
 * Softmax and its logarithm over rows that lie together, {@code [rows, length]}.
 *
 * <p>Bits: every row is shifted by its maximum, so that nothing overflows. A sum over a row is
 * taken in 16 lanes, lane l adding elements l, l + 16, … to 0 in increasing order; the lanes are
 * combined in a tree, l with l + 8, then l + 4, l + 2, l + 1. exp and log are those of {@link
 * Functions}. An element of -Infinity has probability 0; a row that is -Infinity throughout, or
 * holds +Infinity or NaN, becomes NaN.
 */
public interface Softmax {
  /** The floats of working memory that every method takes: the lanes of a sum. */
  int LANES = LaneTree.LANES;

  /** {@code y = exp(x - max) / sum of exp(x - max)}. */
  void softmax(
      float[] y,
      int yOffset,
      float[] x,
      int xOffset,
      int rows,
      int length,
      float[] lanes,
      int lanesOffset);

  /**
   * The gradient of {@link #softmax}: {@code dx = y * (dy - d)}, d the sum of {@code y * dy} over
   * the row by {@code fma}.
   */
  void softmaxGradient(
      float[] dx,
      int dxOffset,
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      int rows,
      int length,
      float[] lanes,
      int lanesOffset);

  /** {@code y = (x - max) - log(sum of exp(x - max))}; y is a place of its own. */
  void logSoftmax(
      float[] y,
      int yOffset,
      float[] x,
      int xOffset,
      int rows,
      int length,
      float[] lanes,
      int lanesOffset);

  /**
   * The gradient of {@link #logSoftmax}: {@code dx = fma(exp(y), -(sum of dy), dy)}; dx is a place
   * of its own.
   */
  void logSoftmaxGradient(
      float[] dx,
      int dxOffset,
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      int rows,
      int length,
      float[] lanes,
      int lanesOffset);
}
