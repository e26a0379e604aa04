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
  public void average(float[] y, int yOffset, float[] x, int xOffset, PoolGeometry g) {
    int channels = g.channels();
    int out = yOffset;
    for (int oh = 0; oh < g.outHeight(); oh++) {
      for (int ow = 0; ow < g.outWidth(); ow++, out += channels) {
        int columns = g.endColumn(ow) - g.firstColumn(ow);
        zero(y, out, channels);
        for (int h = g.firstRow(oh); h < g.endRow(oh); h++) {
          int row = xOffset + (h * g.width() + g.firstColumn(ow)) * channels;
          int column = 0;
          for (; column <= columns - 4; column += 4) {
            addFour(y, out, x, row + column * channels, channels);
          }
          for (; column < columns; column++) {
            addOne(y, out, x, row + column * channels, channels);
          }
        }
        multiply(y, out, channels, 1f / g.count(oh, ow));
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
      float[] dx, int dxOffset, float[] dy, int dyOffset, PoolGeometry g, boolean add) {
    int channels = g.channels();
    int at = dxOffset;
    for (int h = 0; h < g.height(); h++) {
      int fromRow = g.firstWindowRow(h);
      int toRow = g.endWindowRow(h);
      for (int w = 0; w < g.width(); w++, at += channels) {
        int from = g.firstWindowColumn(w);
        int to = g.endWindowColumn(w);
        if (toRow - fromRow == 1 && to - from == 1) {
          int window = dyOffset + (fromRow * g.outWidth() + from) * channels;
          float inverse = 1f / g.count(fromRow, from);
          if (add) {
            addOnly(dx, at, dy, window, channels, inverse);
          } else {
            writeOnly(dx, at, dy, window, channels, inverse);
          }
        } else if (add) {
          addAll(dx, at, dy, dyOffset, g, fromRow, toRow, from, to);
        } else {
          writeAll(dx, at, dy, dyOffset, g, fromRow, toRow, from, to);
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
      PoolGeometry g,
      int fromRow,
      int toRow,
      int from,
      int to) {
    int c = 0;
    for (; c <= g.channels() - L; c += L) {
      FloatVector sum = FloatVector.zero(S);
      for (int oh = fromRow; oh < toRow; oh++) {
        for (int ow = from; ow < to; ow++) {
          int window = dyOffset + (oh * g.outWidth() + ow) * g.channels() + c;
          FloatVector factor = FloatVector.broadcast(S, 1f / g.count(oh, ow));
          sum = FloatVector.fromArray(S, dy, window).fma(factor, sum);
        }
      }
      sum.intoArray(dx, at + c);
    }
    for (; c < g.channels(); c++) {
      dx[at + c] = scalarSum(dy, dyOffset + c, g, fromRow, toRow, from, to);
    }
  }

  private static void addAll(
      float[] dx,
      int at,
      float[] dy,
      int dyOffset,
      PoolGeometry g,
      int fromRow,
      int toRow,
      int from,
      int to) {
    int c = 0;
    for (; c <= g.channels() - L; c += L) {
      FloatVector sum = FloatVector.zero(S);
      for (int oh = fromRow; oh < toRow; oh++) {
        for (int ow = from; ow < to; ow++) {
          int window = dyOffset + (oh * g.outWidth() + ow) * g.channels() + c;
          FloatVector factor = FloatVector.broadcast(S, 1f / g.count(oh, ow));
          sum = FloatVector.fromArray(S, dy, window).fma(factor, sum);
        }
      }
      FloatVector.fromArray(S, dx, at + c).add(sum).intoArray(dx, at + c);
    }
    for (; c < g.channels(); c++) {
      dx[at + c] += scalarSum(dy, dyOffset + c, g, fromRow, toRow, from, to);
    }
  }

  private static float scalarSum(
      float[] dy, int channel, PoolGeometry g, int fromRow, int toRow, int from, int to) {
    float sum = 0f;
    for (int oh = fromRow; oh < toRow; oh++) {
      for (int ow = from; ow < to; ow++) {
        float value = dy[channel + (oh * g.outWidth() + ow) * g.channels()];
        sum = Math.fma(value, 1f / g.count(oh, ow), sum);
      }
    }
    return sum;
  }
}
