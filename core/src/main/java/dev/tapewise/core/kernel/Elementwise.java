package dev.tapewise.core.kernel;

/**
 * Passes over ranges of floats, element by element; source and destination may be the same place.
 */
public interface Elementwise {

  /** {@code y = min(max(x, low), high)}; NaN passes. */
  void clamp(float[] y, int yOffset, float[] x, int xOffset, int count, float low, float high);

  /**
   * {@code dx (+)= low < x < high ? dy : 0}: the gradient of clamp with the gate closed at the
   * bounds, as PyTorch has it for ReLU at 0 and ReLU6 at 0 and 6. x may be clamp's input or its
   * output: the gate is the same.
   */
  void clampGradient(
      float[] dx,
      int dxOffset,
      float[] dy,
      int dyOffset,
      float[] x,
      int xOffset,
      int count,
      float low,
      float high,
      boolean add);

  /** {@code y = a + b}. */
  void add(float[] y, int yOffset, float[] a, int aOffset, float[] b, int bOffset, int count);

  /** {@code y = factor * x}. */
  void scale(float[] y, int yOffset, float[] x, int xOffset, int count, float factor);

  /** {@code y = fma(factor, x, y)}. */
  void addScaled(float[] y, int yOffset, float[] x, int xOffset, int count, float factor);
}
