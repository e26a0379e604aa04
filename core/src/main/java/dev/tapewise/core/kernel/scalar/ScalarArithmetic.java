package dev.tapewise.core.kernel.scalar;

import dev.tapewise.core.kernel.Arithmetic;

/** The definition of {@link Arithmetic}. */
final class ScalarArithmetic implements Arithmetic {

  @Override
  public void add(
      float[] y,
      int yOffset,
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      int rows,
      int channels) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < channels; c++) {
        int at = yOffset + r * channels + c;
        int p = aOffset + r * aStep + c;
        int q = bOffset + r * bStep + c;
        y[at] = a[p] + b[q];
      }
    }
  }

  @Override
  public void subtract(
      float[] y,
      int yOffset,
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      int rows,
      int channels) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < channels; c++) {
        int at = yOffset + r * channels + c;
        int p = aOffset + r * aStep + c;
        int q = bOffset + r * bStep + c;
        y[at] = a[p] - b[q];
      }
    }
  }

  @Override
  public void multiply(
      float[] y,
      int yOffset,
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      int rows,
      int channels) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < channels; c++) {
        int at = yOffset + r * channels + c;
        int p = aOffset + r * aStep + c;
        int q = bOffset + r * bStep + c;
        y[at] = a[p] * b[q];
      }
    }
  }

  @Override
  public void divide(
      float[] y,
      int yOffset,
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      int rows,
      int channels) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < channels; c++) {
        int at = yOffset + r * channels + c;
        int p = aOffset + r * aStep + c;
        int q = bOffset + r * bStep + c;
        y[at] = a[p] / b[q];
      }
    }
  }

  @Override
  public void addProduct(
      float[] y,
      int yOffset,
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      int rows,
      int channels) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < channels; c++) {
        int at = yOffset + r * channels + c;
        int p = aOffset + r * aStep + c;
        int q = bOffset + r * bStep + c;
        y[at] = Math.fma(a[p], b[q], y[at]);
      }
    }
  }

  @Override
  public void sumRows(
      float[] sum, int sumOffset, float[] x, int xOffset, int rows, int step, int channels) {
    for (int c = 0; c < channels; c++) {
      float s = 0f;
      for (int r = 0; r < rows; r++) {
        s += x[xOffset + r * step + c];
      }
      sum[sumOffset + c] = s;
    }
  }

  @Override
  public void sumProducts(
      float[] sum,
      int sumOffset,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      int rows,
      int step,
      int channels) {
    for (int c = 0; c < channels; c++) {
      float s = 0f;
      for (int r = 0; r < rows; r++) {
        s = Math.fma(a[aOffset + r * step + c], b[bOffset + r * step + c], s);
      }
      sum[sumOffset + c] = s;
    }
  }

  @Override
  public void multiplyGradients(
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
      int channels) {
    sumProducts(dw, dwOffset, dy, dyOffset, x, xOffset, rows, step, channels);
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < channels; c++) {
        dx[dxOffset + r * step + c] = dy[dyOffset + r * step + c] * w[wOffset + c];
      }
    }
  }
}
