package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.geometry.PoolGeometry;
import dev.tapewise.core.kernel.Pool;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Pool} with channels as lanes. Sums run with pixels outside and channels inside, so that
 * rows are read as they lie in memory; the sums of one window are its row of y, which stays in L1.
 */
final class VectorPool implements Pool {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;

  @Override
  public void average(
      float[] y,
      int yOffset,
      float[] x,
      int xOffset,
      float[] factors,
      PoolGeometry g,
      int fromRow,
      int toRow) {
    int channels = g.channels();
    int window = fromRow * g.outWidth();
    for (int oh = fromRow; oh < toRow; oh++) {
      for (int ow = 0; ow < g.outWidth(); ow++, window++) {
        int out = yOffset + window * channels;
        int first = g.columns().first(ow);
        int columns = g.columns().end(ow) - first;
        zero(y, out, channels);
        for (int h = g.rows().first(oh); h < g.rows().end(oh); h++) {
          int row = xOffset + (h * g.width() + first) * channels;
          int column = 0;
          for (; column <= columns - 4; column += 4) {
            addFour(y, out, x, row + column * channels, channels);
          }
          for (; column < columns; column++) {
            addOne(y, out, x, row + column * channels, channels);
          }
        }
        multiply(y, out, channels, factors[window]);
      }
    }
  }

  private static void zero(float[] y, int out, int channels) {
    for (int c = 0; c < channels; c++) {
      y[out + c] = 0f;
    }
  }

  /** Adds four neighbouring pixels, one after the other. */
  private static void addFour(float[] y, int out, float[] x, int in, int channels) {
    int second = in + channels;
    int third = second + channels;
    int fourth = third + channels;
    int c = 0;
    for (; c <= channels - L; c += L) {
      FloatVector.fromArray(S, y, out + c)
          .add(FloatVector.fromArray(S, x, in + c))
          .add(FloatVector.fromArray(S, x, second + c))
          .add(FloatVector.fromArray(S, x, third + c))
          .add(FloatVector.fromArray(S, x, fourth + c))
          .intoArray(y, out + c);
    }
    for (; c < channels; c++) {
      y[out + c] = y[out + c] + x[in + c] + x[second + c] + x[third + c] + x[fourth + c];
    }
  }

  private static void addOne(float[] y, int out, float[] x, int in, int channels) {
    int c = 0;
    for (; c <= channels - L; c += L) {
      FloatVector.fromArray(S, y, out + c)
          .add(FloatVector.fromArray(S, x, in + c))
          .intoArray(y, out + c);
    }
    for (; c < channels; c++) {
      y[out + c] += x[in + c];
    }
  }

  private static void multiply(float[] y, int out, int channels, float factor) {
    int c = 0;
    for (; c <= channels - L; c += L) {
      FloatVector.fromArray(S, y, out + c).mul(factor).intoArray(y, out + c);
    }
    for (; c < channels; c++) {
      y[out + c] *= factor;
    }
  }

  @Override
  public void averageGradient(
      float[] dx,
      int dxOffset,
      float[] dy,
      int dyOffset,
      float[] factors,
      PoolGeometry g,
      int fromRow,
      int toRow,
      boolean add) {
    int channels = g.channels();
    int at = dxOffset + fromRow * g.width() * channels;
    for (int h = fromRow; h < toRow; h++) {
      int top = g.rows().firstWindow(h);
      int bottom = g.rows().endWindow(h);
      for (int w = 0; w < g.width(); w++, at += channels) {
        int left = g.columns().firstWindow(w);
        int right = g.columns().endWindow(w);
        if (bottom - top == 1 && right - left == 1) {
          int window = top * g.outWidth() + left;
          int from = dyOffset + window * channels;
          if (add) {
            addOnly(dx, at, dy, from, channels, factors[window]);
          } else {
            writeOnly(dx, at, dy, from, channels, factors[window]);
          }
        } else if (add) {
          addAll(dx, at, dy, dyOffset, factors, g, top, bottom, left, right);
        } else {
          writeAll(dx, at, dy, dyOffset, factors, g, top, bottom, left, right);
        }
      }
    }
  }

  /** A pixel that one window holds, as all of a global pool. */
  private static void writeOnly(
      float[] dx, int at, float[] dy, int window, int channels, float inverse) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector factor = FloatVector.broadcast(S, inverse);
    int c = 0;
    for (; c <= channels - L; c += L) {
      FloatVector.fromArray(S, dy, window + c).fma(factor, zero).intoArray(dx, at + c);
    }
    for (; c < channels; c++) {
      dx[at + c] = Math.fma(dy[window + c], inverse, 0f);
    }
  }

  private static void addOnly(
      float[] dx, int at, float[] dy, int window, int channels, float inverse) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector factor = FloatVector.broadcast(S, inverse);
    int c = 0;
    for (; c <= channels - L; c += L) {
      FloatVector sum = FloatVector.fromArray(S, dy, window + c).fma(factor, zero);
      FloatVector.fromArray(S, dx, at + c).add(sum).intoArray(dx, at + c);
    }
    for (; c < channels; c++) {
      dx[at + c] += Math.fma(dy[window + c], inverse, 0f);
    }
  }

  /** A pixel that several windows hold, or none. */
  private static void writeAll(
      float[] dx,
      int at,
      float[] dy,
      int dyOffset,
      float[] factors,
      PoolGeometry g,
      int top,
      int bottom,
      int left,
      int right) {
    int c = 0;
    for (; c <= g.channels() - L; c += L) {
      FloatVector sum = FloatVector.zero(S);
      for (int oh = top; oh < bottom; oh++) {
        for (int ow = left; ow < right; ow++) {
          int window = oh * g.outWidth() + ow;
          FloatVector factor = FloatVector.broadcast(S, factors[window]);
          sum = FloatVector.fromArray(S, dy, dyOffset + window * g.channels() + c).fma(factor, sum);
        }
      }
      sum.intoArray(dx, at + c);
    }
    for (; c < g.channels(); c++) {
      dx[at + c] = scalarSum(dy, dyOffset + c, factors, g, top, bottom, left, right);
    }
  }

  private static void addAll(
      float[] dx,
      int at,
      float[] dy,
      int dyOffset,
      float[] factors,
      PoolGeometry g,
      int top,
      int bottom,
      int left,
      int right) {
    int c = 0;
    for (; c <= g.channels() - L; c += L) {
      FloatVector sum = FloatVector.zero(S);
      for (int oh = top; oh < bottom; oh++) {
        for (int ow = left; ow < right; ow++) {
          int window = oh * g.outWidth() + ow;
          FloatVector factor = FloatVector.broadcast(S, factors[window]);
          sum = FloatVector.fromArray(S, dy, dyOffset + window * g.channels() + c).fma(factor, sum);
        }
      }
      FloatVector.fromArray(S, dx, at + c).add(sum).intoArray(dx, at + c);
    }
    for (; c < g.channels(); c++) {
      dx[at + c] += scalarSum(dy, dyOffset + c, factors, g, top, bottom, left, right);
    }
  }

  private static float scalarSum(
      float[] dy,
      int channel,
      float[] factors,
      PoolGeometry g,
      int top,
      int bottom,
      int left,
      int right) {
    float sum = 0f;
    for (int oh = top; oh < bottom; oh++) {
      for (int ow = left; ow < right; ow++) {
        int window = oh * g.outWidth() + ow;
        sum = Math.fma(dy[channel + window * g.channels()], factors[window], sum);
      }
    }
    return sum;
  }

  @Override
  public void max(
      float[] y,
      int yOffset,
      float[] winners,
      int winnersOffset,
      float[] x,
      int xOffset,
      PoolGeometry g,
      int fromRow,
      int toRow) {
    MaxWindows.forward(y, yOffset, winners, winnersOffset, x, xOffset, g, fromRow, toRow);
  }

  @Override
  public void maxGradient(
      float[] dx,
      int dxOffset,
      float[] dy,
      int dyOffset,
      float[] winners,
      int winnersOffset,
      PoolGeometry g,
      int fromRow,
      int toRow,
      boolean add) {
    // Two methods: a flag inside the loop would deoptimise a warm kernel when it is first seen.
    if (add) {
      MaxWindows.addGradient(dx, dxOffset, dy, dyOffset, winners, winnersOffset, g, fromRow, toRow);
    } else {
      MaxWindows.writeGradient(
          dx, dxOffset, dy, dyOffset, winners, winnersOffset, g, fromRow, toRow);
    }
  }
}
