package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.kernel.Arithmetic;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The elementwise part of {@link Arithmetic} with channels as lanes, one row after the other and
 * the last few channels one by one. Sums over rows are in {@link VectorRowSums}.
 */
final class VectorArithmetic implements Arithmetic {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;

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
      addRow(y, yOffset + r * channels, a, aOffset + r * aStep, b, bOffset + r * bStep, channels);
    }
  }

  private static void addRow(float[] y, int at, float[] a, int p, float[] b, int q, int channels) {
    int c = 0;
    for (; c <= channels - L; c += L) {
      FloatVector.fromArray(S, a, p + c)
          .add(FloatVector.fromArray(S, b, q + c))
          .intoArray(y, at + c);
    }
    for (; c < channels; c++) {
      y[at + c] = a[p + c] + b[q + c];
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
      subtractRow(
          y, yOffset + r * channels, a, aOffset + r * aStep, b, bOffset + r * bStep, channels);
    }
  }

  private static void subtractRow(
      float[] y, int at, float[] a, int p, float[] b, int q, int channels) {
    int c = 0;
    for (; c <= channels - L; c += L) {
      FloatVector.fromArray(S, a, p + c)
          .sub(FloatVector.fromArray(S, b, q + c))
          .intoArray(y, at + c);
    }
    for (; c < channels; c++) {
      y[at + c] = a[p + c] - b[q + c];
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
      multiplyRow(
          y, yOffset + r * channels, a, aOffset + r * aStep, b, bOffset + r * bStep, channels);
    }
  }

  private static void multiplyRow(
      float[] y, int at, float[] a, int p, float[] b, int q, int channels) {
    int c = 0;
    for (; c <= channels - L; c += L) {
      FloatVector.fromArray(S, a, p + c)
          .mul(FloatVector.fromArray(S, b, q + c))
          .intoArray(y, at + c);
    }
    for (; c < channels; c++) {
      y[at + c] = a[p + c] * b[q + c];
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
      divideRow(
          y, yOffset + r * channels, a, aOffset + r * aStep, b, bOffset + r * bStep, channels);
    }
  }

  private static void divideRow(
      float[] y, int at, float[] a, int p, float[] b, int q, int channels) {
    int c = 0;
    for (; c <= channels - L; c += L) {
      FloatVector.fromArray(S, a, p + c)
          .div(FloatVector.fromArray(S, b, q + c))
          .intoArray(y, at + c);
    }
    for (; c < channels; c++) {
      y[at + c] = a[p + c] / b[q + c];
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
      addProductRow(
          y, yOffset + r * channels, a, aOffset + r * aStep, b, bOffset + r * bStep, channels);
    }
  }

  private static void addProductRow(
      float[] y, int at, float[] a, int p, float[] b, int q, int channels) {
    int c = 0;
    for (; c <= channels - L; c += L) {
      FloatVector.fromArray(S, a, p + c)
          .fma(FloatVector.fromArray(S, b, q + c), FloatVector.fromArray(S, y, at + c))
          .intoArray(y, at + c);
    }
    for (; c < channels; c++) {
      y[at + c] = Math.fma(a[p + c], b[q + c], y[at + c]);
    }
  }

  @Override
  public void sumRows(
      float[] sum, int sumOffset, float[] x, int xOffset, int rows, int step, int channels) {
    VectorRowSums.sum(sum, sumOffset, x, xOffset, rows, step, channels);
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
    VectorRowSums.products(sum, sumOffset, a, aOffset, b, bOffset, rows, step, channels);
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
    VectorRowSums.multiplyGradients(
        dx, dxOffset, dw, dwOffset, dy, dyOffset, x, xOffset, w, wOffset, rows, step, channels);
  }
}
