package dev.tapewise.core.kernel;

/**
 * Sums, differences, products and quotients of rows, and the sums over rows that their gradients
 * need. A row has {@code channels} elements without gaps; the rows of y follow each other, and from
 * one row of an operand to the next is its step: 0 where the same row is used for all.
 *
 * <p>Except where it says otherwise the destination may be one of the operands.
 */
public interface Arithmetic {

  /** {@code y = a + b}. */
  void add(
      float[] y,
      int yOffset,
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      int rows,
      int channels);

  /** {@code y = a - b}. */
  void subtract(
      float[] y,
      int yOffset,
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      int rows,
      int channels);

  /** {@code y = a * b}. */
  void multiply(
      float[] y,
      int yOffset,
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      int rows,
      int channels);

  /** {@code y = a / b}. */
  void divide(
      float[] y,
      int yOffset,
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      int rows,
      int channels);

  /** {@code y = fma(a, b, y)}. */
  void addProduct(
      float[] y,
      int yOffset,
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      int rows,
      int channels);

  /**
   * {@code sum[c] = Σ x[r, c]}: one chain in row order from 0.
   *
   * @param step from one row of x to the next, at least {@code channels}
   */
  void sumRows(
      float[] sum, int sumOffset, float[] x, int xOffset, int rows, int step, int channels);

  /**
   * {@code sum[c] = Σ a[r, c] * b[r, c]}: one chain of fma in row order from 0.
   *
   * @param step from one row of a and b to the next, at least {@code channels}
   */
  void sumProducts(
      float[] sum,
      int sumOffset,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      int rows,
      int step,
      int channels);

  /**
   * Both gradients of {@code y[r, c] = x[r, c] * w[c]} in one pass: {@code dx = dy * w} and the sum
   * {@code dw[c] = Σ dy[r, c] * x[r, c]} as {@link #sumProducts} has it. Nothing may be the same
   * place.
   *
   * @param step from one row of dx, dy and x to the next, at least {@code channels}
   */
  void multiplyGradients(
      float[] dx,
      int dxOffset,
      float[] dw,
      int dwOffset,
      float[] dy,
      int dyOffset,
      float[] x,
      int xOffset,
      float[] w,
      int wOffset,
      int rows,
      int step,
      int channels);
}
