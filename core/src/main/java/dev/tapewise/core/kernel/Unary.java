package dev.tapewise.core.kernel;

/**
 * Passes of one {@link UnaryFunction} over ranges of floats. Source and destination may be the same
 * place; the scratch lies elsewhere.
 */
public interface Unary {

  /** The floats of scratch that both passes need. */
  int SCRATCH = 1024;

  /** {@code y = f(x)}. */
  void value(
      float[] y,
      int yOffset,
      float[] x,
      int xOffset,
      int count,
      float[] scratch,
      int scratchOffset);

  /**
   * {@code dx = dy * f'}, a plain product: where f' is 0, a NaN or an infinity in dy gives NaN.
   *
   * @param v f's input, or its output where {@link UnaryFunction#slopeReadsOutput} says so
   */
  void gradient(
      float[] dx,
      int dxOffset,
      float[] dy,
      int dyOffset,
      float[] v,
      int vOffset,
      int count,
      float[] scratch,
      int scratchOffset);
}
