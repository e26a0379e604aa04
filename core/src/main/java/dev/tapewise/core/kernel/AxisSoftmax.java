package dev.tapewise.core.kernel;

/**
 * Softmax and its logarithm over an axis that is not the last: {@code [length, inner]}, over the
 * first of the two, for some of the columns. Both providers use it as it is: images have their
 * channels last, so a network hardly ever asks for it.
 *
 * <p>Bits: a column is one chain in increasing order, from 0; infinities and NaN as in {@link
 * Softmax}. Columns are taken in blocks of 16, so that memory is read in runs.
 */
public final class AxisSoftmax {
  /** The floats of working memory that every method takes: a maximum and a sum per column. */
  public static final int WORK = 32;

  private static final int BLOCK = 16;

  private AxisSoftmax() {}

  /** {@link Softmax#softmax} of columns {@code from} to {@code to}. */
  public static void softmax(
      float[] y,
      int yOffset,
      float[] x,
      int xOffset,
      int length,
      int inner,
      int from,
      int to,
      float[] work,
      int workOffset) {
    for (int first = from; first < to; first += BLOCK) {
      int columns = Math.min(BLOCK, to - first);
      int sum = workOffset + BLOCK;
      maxima(work, workOffset, x, xOffset + first, length, inner, columns);
      for (int k = 0; k < length; k++) {
        int at = k * inner + first;
        for (int j = 0; j < columns; j++) {
          float e = Functions.exp(x[xOffset + at + j] - work[workOffset + j]);
          y[yOffset + at + j] = e;
          work[sum + j] += e;
        }
      }
      for (int k = 0; k < length; k++) {
        int at = yOffset + k * inner + first;
        for (int j = 0; j < columns; j++) {
          y[at + j] /= work[sum + j];
        }
      }
    }
  }

  /** {@link Softmax#softmaxGradient} of columns {@code from} to {@code to}. */
  public static void softmaxGradient(
      float[] dx,
      int dxOffset,
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      int length,
      int inner,
      int from,
      int to,
      float[] work,
      int workOffset) {
    for (int first = from; first < to; first += BLOCK) {
      int columns = Math.min(BLOCK, to - first);
      clear(work, workOffset, columns);
      for (int k = 0; k < length; k++) {
        int at = k * inner + first;
        for (int j = 0; j < columns; j++) {
          work[workOffset + j] =
              Math.fma(y[yOffset + at + j], dy[dyOffset + at + j], work[workOffset + j]);
        }
      }
      for (int k = 0; k < length; k++) {
        int at = k * inner + first;
        for (int j = 0; j < columns; j++) {
          dx[dxOffset + at + j] =
              y[yOffset + at + j] * (dy[dyOffset + at + j] - work[workOffset + j]);
        }
      }
    }
  }

  /** {@link Softmax#logSoftmax} of columns {@code from} to {@code to}. */
  public static void logSoftmax(
      float[] y,
      int yOffset,
      float[] x,
      int xOffset,
      int length,
      int inner,
      int from,
      int to,
      float[] work,
      int workOffset) {
    for (int first = from; first < to; first += BLOCK) {
      int columns = Math.min(BLOCK, to - first);
      int sum = workOffset + BLOCK;
      maxima(work, workOffset, x, xOffset + first, length, inner, columns);
      for (int k = 0; k < length; k++) {
        int at = xOffset + k * inner + first;
        for (int j = 0; j < columns; j++) {
          work[sum + j] += Functions.exp(x[at + j] - work[workOffset + j]);
        }
      }
      for (int j = 0; j < columns; j++) {
        work[sum + j] = Functions.log(work[sum + j]);
      }
      for (int k = 0; k < length; k++) {
        int at = k * inner + first;
        for (int j = 0; j < columns; j++) {
          y[yOffset + at + j] = x[xOffset + at + j] - work[workOffset + j] - work[sum + j];
        }
      }
    }
  }

  /** {@link Softmax#logSoftmaxGradient} of columns {@code from} to {@code to}. */
  public static void logSoftmaxGradient(
      float[] dx,
      int dxOffset,
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      int length,
      int inner,
      int from,
      int to,
      float[] work,
      int workOffset) {
    for (int first = from; first < to; first += BLOCK) {
      int columns = Math.min(BLOCK, to - first);
      clear(work, workOffset, columns);
      for (int k = 0; k < length; k++) {
        int at = dyOffset + k * inner + first;
        for (int j = 0; j < columns; j++) {
          work[workOffset + j] += dy[at + j];
        }
      }
      for (int k = 0; k < length; k++) {
        int at = k * inner + first;
        for (int j = 0; j < columns; j++) {
          dx[dxOffset + at + j] =
              Math.fma(
                  Functions.exp(y[yOffset + at + j]), -work[workOffset + j], dy[dyOffset + at + j]);
        }
      }
    }
  }

  /** The maximum of each column, and 0 for its sum. */
  private static void maxima(
      float[] work, int workOffset, float[] x, int xOffset, int length, int inner, int columns) {
    clear(work, workOffset + BLOCK, columns);
    System.arraycopy(x, xOffset, work, workOffset, columns);
    for (int k = 1; k < length; k++) {
      int at = xOffset + k * inner;
      for (int j = 0; j < columns; j++) {
        work[workOffset + j] = Math.max(work[workOffset + j], x[at + j]);
      }
    }
  }

  private static void clear(float[] work, int at, int columns) {
    for (int j = 0; j < columns; j++) {
      work[at + j] = 0f;
    }
  }
}
