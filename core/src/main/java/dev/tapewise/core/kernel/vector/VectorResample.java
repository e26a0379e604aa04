package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.geometry.ResizeAxis;
import dev.tapewise.core.geometry.ResizeGeometry;
import dev.tapewise.core.kernel.Resample;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link Resample} with channels as lanes and the last few one by one. */
final class VectorResample implements Resample {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;

  @Override
  public void bilinear(float[] y, int yOffset, float[] x, int xOffset, ResizeGeometry g, int row) {
    ResizeAxis columns = g.columns();
    int channels = g.channels();
    int top = xOffset + g.rows().first(row) * g.inRow();
    int bottom = xOffset + g.rows().second(row) * g.inRow();
    float h1 = g.rows().secondWeight(row);
    for (int column = 0; column < columns.out(); column++) {
      int left = columns.first(column) * channels;
      int right = columns.second(column) * channels;
      pixel(
          y,
          yOffset + column * channels,
          x,
          top + left,
          top + right,
          bottom + left,
          bottom + right,
          channels,
          columns.secondWeight(column),
          h1);
    }
  }

  private static void pixel(
      float[] y,
      int at,
      float[] x,
      int topLeft,
      int topRight,
      int bottomLeft,
      int bottomRight,
      int channels,
      float w1,
      float h1) {
    float w0 = 1 - w1;
    float h0 = 1 - h1;
    FloatVector left = FloatVector.broadcast(S, w0);
    FloatVector right = FloatVector.broadcast(S, w1);
    FloatVector upper = FloatVector.broadcast(S, h0);
    FloatVector lower = FloatVector.broadcast(S, h1);
    int c = 0;
    for (; c <= channels - L; c += L) {
      FloatVector above =
          FloatVector.fromArray(S, x, topRight + c)
              .fma(right, FloatVector.fromArray(S, x, topLeft + c).mul(left));
      FloatVector below =
          FloatVector.fromArray(S, x, bottomRight + c)
              .fma(right, FloatVector.fromArray(S, x, bottomLeft + c).mul(left));
      below.fma(lower, above.mul(upper)).intoArray(y, at + c);
    }
    for (; c < channels; c++) {
      float above = Math.fma(x[topRight + c], w1, x[topLeft + c] * w0);
      float below = Math.fma(x[bottomRight + c], w1, x[bottomLeft + c] * w0);
      y[at + c] = Math.fma(below, h1, above * h0);
    }
  }

  @Override
  public void gradient(
      float[] dx, int dxOffset, float[] dy, int dyOffset, ResizeGeometry g, int row, boolean add) {
    int at = dxOffset;
    for (int column = 0; column < g.columns().in(); column++, at += g.channels()) {
      if (add) {
        addPixel(dx, at, dy, dyOffset, g, row, column);
      } else {
        writePixel(dx, at, dy, dyOffset, g, row, column);
      }
    }
  }

  private static void writePixel(
      float[] dx, int at, float[] dy, int dyOffset, ResizeGeometry g, int row, int column) {
    ResizeAxis rows = g.rows();
    ResizeAxis columns = g.columns();
    int endRow = rows.start(row + 1);
    int endColumn = columns.start(column + 1);
    int c = 0;
    for (; c <= g.channels() - L; c += L) {
      FloatVector sum = FloatVector.zero(S);
      for (int i = rows.start(row); i < endRow; i++) {
        int line = dyOffset + rows.output(i) * g.outRow() + c;
        for (int j = columns.start(column); j < endColumn; j++) {
          FloatVector weight = FloatVector.broadcast(S, rows.weight(i) * columns.weight(j));
          sum =
              FloatVector.fromArray(S, dy, line + columns.output(j) * g.channels())
                  .fma(weight, sum);
        }
      }
      sum.intoArray(dx, at + c);
    }
    for (; c < g.channels(); c++) {
      dx[at + c] = channel(dy, dyOffset + c, g, row, column);
    }
  }

  private static void addPixel(
      float[] dx, int at, float[] dy, int dyOffset, ResizeGeometry g, int row, int column) {
    ResizeAxis rows = g.rows();
    ResizeAxis columns = g.columns();
    int endRow = rows.start(row + 1);
    int endColumn = columns.start(column + 1);
    int c = 0;
    for (; c <= g.channels() - L; c += L) {
      FloatVector sum = FloatVector.zero(S);
      for (int i = rows.start(row); i < endRow; i++) {
        int line = dyOffset + rows.output(i) * g.outRow() + c;
        for (int j = columns.start(column); j < endColumn; j++) {
          FloatVector weight = FloatVector.broadcast(S, rows.weight(i) * columns.weight(j));
          sum =
              FloatVector.fromArray(S, dy, line + columns.output(j) * g.channels())
                  .fma(weight, sum);
        }
      }
      FloatVector.fromArray(S, dx, at + c).add(sum).intoArray(dx, at + c);
    }
    for (; c < g.channels(); c++) {
      dx[at + c] += channel(dy, dyOffset + c, g, row, column);
    }
  }

  private static float channel(float[] dy, int channel, ResizeGeometry g, int row, int column) {
    ResizeAxis rows = g.rows();
    ResizeAxis columns = g.columns();
    float sum = 0f;
    for (int i = rows.start(row); i < rows.start(row + 1); i++) {
      int line = channel + rows.output(i) * g.outRow();
      for (int j = columns.start(column); j < columns.start(column + 1); j++) {
        float value = dy[line + columns.output(j) * g.channels()];
        sum = Math.fma(value, rows.weight(i) * columns.weight(j), sum);
      }
    }
    return sum;
  }
}
