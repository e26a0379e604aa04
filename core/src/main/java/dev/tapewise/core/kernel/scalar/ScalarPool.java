package dev.tapewise.core.kernel.scalar;

import dev.tapewise.core.geometry.PoolGeometry;
import dev.tapewise.core.kernel.Pool;

/** The definition of {@link Pool}: every window by itself, taps outside the image left out. */
final class ScalarPool implements Pool {

  @Override
  public void average(float[] y, int yOffset, float[] x, int xOffset, PoolGeometry g) {
    for (int oh = 0; oh < g.outHeight(); oh++) {
      for (int ow = 0; ow < g.outWidth(); ow++) {
        float inverse = 1f / g.count(oh, ow);
        int out = yOffset + (oh * g.outWidth() + ow) * g.channels();
        for (int c = 0; c < g.channels(); c++) {
          float sum = 0f;
          for (int h = g.firstRow(oh); h < g.endRow(oh); h++) {
            for (int w = g.firstColumn(ow); w < g.endColumn(ow); w++) {
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
          for (int oh = g.firstWindowRow(h); oh < g.endWindowRow(h); oh++) {
            for (int ow = g.firstWindowColumn(w); ow < g.endWindowColumn(w); ow++) {
              float from = dy[dyOffset + (oh * g.outWidth() + ow) * g.channels() + c];
              sum = Math.fma(from, 1f / g.count(oh, ow), sum);
            }
          }
          int at = dxOffset + (h * g.width() + w) * g.channels() + c;
          dx[at] = add ? dx[at] + sum : sum;
        }
      }
    }
  }
}
