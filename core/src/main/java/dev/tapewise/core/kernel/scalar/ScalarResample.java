package dev.tapewise.core.kernel.scalar;

import dev.tapewise.core.geometry.ResizeAxis;
import dev.tapewise.core.geometry.ResizeGeometry;
import dev.tapewise.core.kernel.Resample;

/** The definition of {@link Resample}. */
final class ScalarResample implements Resample {

  @Override
  public void bilinear(float[] y, int yOffset, float[] x, int xOffset, ResizeGeometry g, int row) {
    ResizeAxis columns = g.columns();
    int channels = g.channels();
    int top = xOffset + g.rows().first(row) * g.inRow();
    int bottom = xOffset + g.rows().second(row) * g.inRow();
    float h1 = g.rows().secondWeight(row);
    float h0 = 1 - h1;
    for (int column = 0; column < columns.out(); column++) {
      int left = columns.first(column) * channels;
      int right = columns.second(column) * channels;
      float w1 = columns.secondWeight(column);
      float w0 = 1 - w1;
      int at = yOffset + column * channels;
      for (int c = 0; c < channels; c++) {
        float above = Math.fma(x[top + right + c], w1, x[top + left + c] * w0);
        float below = Math.fma(x[bottom + right + c], w1, x[bottom + left + c] * w0);
        y[at + c] = Math.fma(below, h1, above * h0);
      }
    }
  }

  @Override
  public void gradient(
      float[] dx, int dxOffset, float[] dy, int dyOffset, ResizeGeometry g, int row, boolean add) {
    ResizeAxis rows = g.rows();
    ResizeAxis columns = g.columns();
    int at = dxOffset;
    for (int column = 0; column < columns.in(); column++) {
      for (int c = 0; c < g.channels(); c++, at++) {
        float sum = 0f;
        for (int i = rows.start(row); i < rows.start(row + 1); i++) {
          for (int j = columns.start(column); j < columns.start(column + 1); j++) {
            int from = rows.output(i) * g.outRow() + columns.output(j) * g.channels() + c;
            sum = Math.fma(dy[dyOffset + from], rows.weight(i) * columns.weight(j), sum);
          }
        }
        dx[at] = add ? dx[at] + sum : sum;
      }
    }
  }
}
