package dev.tapewise.core.kernel.scalar;

import dev.tapewise.core.geometry.PoolGeometry;
import dev.tapewise.core.kernel.Pool;

/** The definition of {@link Pool}: every window by itself, taps outside the image left out. */
final class ScalarPool implements Pool {

  @Override
  public void average(float[] y, int yOffset, float[] x, int xOffset, PoolGeometry g) {
    for (int oh = 0; oh < g.outHeight(); oh++) {
      for (int ow = 0; ow < g.outWidth(); ow++) {
        float inverse = 1f / count(g, oh, ow);
        int out = yOffset + (oh * g.outWidth() + ow) * g.channels();
        for (int c = 0; c < g.channels(); c++) {
          float sum = 0f;
          for (int h = firstRow(g, oh); h < endRow(g, oh); h++) {
            for (int w = firstColumn(g, ow); w < endColumn(g, ow); w++) {
              sum += x[xOffset + (h * g.width() + w) * g.channels() + c];
            }
          }
          y[out + c] = sum * inverse;
        }
      }
    }
  }

  @Override
  public void averageGradient(
      float[] dx, int dxOffset, float[] dy, int dyOffset, PoolGeometry g, boolean add) {
    for (int h = 0; h < g.height(); h++) {
      for (int w = 0; w < g.width(); w++) {
        for (int c = 0; c < g.channels(); c++) {
          float sum = 0f;
          for (int oh = firstWindow(h + g.padTop(), g.windowHeight(), g.strideHeight());
              oh < endWindow(h + g.padTop(), g.strideHeight(), g.outHeight());
              oh++) {
            for (int ow = firstWindow(w + g.padLeft(), g.windowWidth(), g.strideWidth());
                ow < endWindow(w + g.padLeft(), g.strideWidth(), g.outWidth());
                ow++) {
              float from = dy[dyOffset + (oh * g.outWidth() + ow) * g.channels() + c];
              sum = Math.fma(from, 1f / count(g, oh, ow), sum);
            }
          }
          int at = dxOffset + (h * g.width() + w) * g.channels() + c;
          dx[at] = add ? dx[at] + sum : sum;
        }
      }
    }
  }

  private static int count(PoolGeometry g, int oh, int ow) {
    return g.countPadding()
        ? g.windowHeight() * g.windowWidth()
        : (endRow(g, oh) - firstRow(g, oh)) * (endColumn(g, ow) - firstColumn(g, ow));
  }

  private static int firstRow(PoolGeometry g, int oh) {
    return Math.max(oh * g.strideHeight() - g.padTop(), 0);
  }

  private static int endRow(PoolGeometry g, int oh) {
    return Math.min(oh * g.strideHeight() - g.padTop() + g.windowHeight(), g.height());
  }

  private static int firstColumn(PoolGeometry g, int ow) {
    return Math.max(ow * g.strideWidth() - g.padLeft(), 0);
  }

  private static int endColumn(PoolGeometry g, int ow) {
    return Math.min(ow * g.strideWidth() - g.padLeft() + g.windowWidth(), g.width());
  }

  /** The first window that holds a row or column, counted with the padding before it. */
  private static int firstWindow(int padded, int window, int stride) {
    return Math.max(Math.ceilDiv(padded - window + 1, stride), 0);
  }

  /** The end of the windows that hold it. */
  private static int endWindow(int padded, int stride, int windows) {
    return Math.min(padded / stride + 1, windows);
  }
}
