package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.kernel.Functions;
import dev.tapewise.core.kernel.LaneTree;
import dev.tapewise.core.kernel.Softmax;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Softmax} with consecutive elements of a row as lanes and the last few one by one. The 16
 * lanes of a sum stay in memory, which is the same at every width.
 */
final class VectorSoftmax implements Softmax {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;

  @Override
  public void softmax(
      float[] y,
      int yOffset,
      float[] x,
      int xOffset,
      int rows,
      int length,
      float[] lanes,
      int lanesOffset) {
    for (int row = 0; row < rows; row++) {
      int in = xOffset + row * length;
      int out = yOffset + row * length;
      float max = max(x, in, length);
      LaneTree.clear(lanes, lanesOffset);
      writeExp(y, out, x, in, length, max);
      sum(y, out, length, lanes, lanesOffset);
      divide(y, out, length, LaneTree.combine(lanes, lanesOffset));
    }
  }

  /** {@code y = exp(x - max)}. */
  private static void writeExp(float[] y, int out, float[] x, int in, int length, float max) {
    int c = 0;
    for (; c <= length - L; c += L) {
      FloatVector.fromArray(S, x, in + c).sub(max).intoArray(y, out + c);
    }
    VectorFunctions.exp(y, out, c);
    for (; c < length; c++) {
      y[out + c] = Functions.exp(x[in + c] - max);
    }
  }

  private static void divide(float[] y, int out, int length, float sum) {
    int c = 0;
    for (; c <= length - L; c += L) {
      FloatVector.fromArray(S, y, out + c).div(sum).intoArray(y, out + c);
    }
    for (; c < length; c++) {
      y[out + c] /= sum;
    }
  }

  @Override
  public void softmaxGradient(
      float[] dx,
      int dxOffset,
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      int rows,
      int length,
      float[] lanes,
      int lanesOffset) {
    for (int row = 0; row < rows; row++) {
      int value = yOffset + row * length;
      int gradient = dyOffset + row * length;
      LaneTree.clear(lanes, lanesOffset);
      dot(y, value, dy, gradient, length, lanes, lanesOffset);
      float dot = LaneTree.combine(lanes, lanesOffset);
      writeGradient(dx, dxOffset + row * length, y, value, dy, gradient, length, dot);
    }
  }

  private static void dot(
      float[] y, int value, float[] dy, int gradient, int length, float[] lanes, int lanesOffset) {
    int c = 0;
    for (; c <= length - L; c += L) {
      int lane = lanesOffset + c % LANES;
      FloatVector.fromArray(S, y, value + c)
          .fma(FloatVector.fromArray(S, dy, gradient + c), FloatVector.fromArray(S, lanes, lane))
          .intoArray(lanes, lane);
    }
    for (; c < length; c++) {
      int lane = lanesOffset + c % LANES;
      lanes[lane] = Math.fma(y[value + c], dy[gradient + c], lanes[lane]);
    }
  }

  private static void writeGradient(
      float[] dx, int out, float[] y, int value, float[] dy, int gradient, int length, float dot) {
    int c = 0;
    for (; c <= length - L; c += L) {
      FloatVector.fromArray(S, dy, gradient + c)
          .sub(dot)
          .mul(FloatVector.fromArray(S, y, value + c))
          .intoArray(dx, out + c);
    }
    for (; c < length; c++) {
      dx[out + c] = y[value + c] * (dy[gradient + c] - dot);
    }
  }

  @Override
  public void logSoftmax(
      float[] y,
      int yOffset,
      float[] x,
      int xOffset,
      int rows,
      int length,
      float[] lanes,
      int lanesOffset) {
    for (int row = 0; row < rows; row++) {
      int in = xOffset + row * length;
      int out = yOffset + row * length;
      float max = max(x, in, length);
      LaneTree.clear(lanes, lanesOffset);
      writeExp(y, out, x, in, length, max);
      sum(y, out, length, lanes, lanesOffset);
      float log = Functions.log(LaneTree.combine(lanes, lanesOffset));
      shift(y, out, x, in, length, max, log);
    }
  }

  private static void shift(
      float[] y, int out, float[] x, int in, int length, float max, float log) {
    int c = 0;
    for (; c <= length - L; c += L) {
      FloatVector.fromArray(S, x, in + c).sub(max).sub(log).intoArray(y, out + c);
    }
    for (; c < length; c++) {
      y[out + c] = x[in + c] - max - log;
    }
  }

  @Override
  public void logSoftmaxGradient(
      float[] dx,
      int dxOffset,
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      int rows,
      int length,
      float[] lanes,
      int lanesOffset) {
    for (int row = 0; row < rows; row++) {
      int gradient = dyOffset + row * length;
      LaneTree.clear(lanes, lanesOffset);
      sum(dy, gradient, length, lanes, lanesOffset);
      float sum = LaneTree.combine(lanes, lanesOffset);
      writeLogGradient(
          dx, dxOffset + row * length, y, yOffset + row * length, dy, gradient, length, sum);
    }
  }

  private static void sum(float[] x, int at, int length, float[] lanes, int lanesOffset) {
    int c = 0;
    for (; c <= length - L; c += L) {
      int lane = lanesOffset + c % LANES;
      FloatVector.fromArray(S, lanes, lane)
          .add(FloatVector.fromArray(S, x, at + c))
          .intoArray(lanes, lane);
    }
    for (; c < length; c++) {
      lanes[lanesOffset + c % LANES] += x[at + c];
    }
  }

  private static void writeLogGradient(
      float[] dx, int out, float[] y, int value, float[] dy, int gradient, int length, float sum) {
    FloatVector down = FloatVector.broadcast(S, -sum);
    int whole = length / L * L;
    System.arraycopy(y, value, dx, out, whole);
    VectorFunctions.exp(dx, out, whole);
    int c = 0;
    for (; c <= length - L; c += L) {
      FloatVector.fromArray(S, dx, out + c)
          .fma(down, FloatVector.fromArray(S, dy, gradient + c))
          .intoArray(dx, out + c);
    }
    for (; c < length; c++) {
      dx[out + c] = Math.fma(Functions.exp(y[value + c]), -sum, dy[gradient + c]);
    }
  }

  private static float max(float[] x, int at, int length) {
    float max = x[at];
    int c = 0;
    if (length >= L) {
      FloatVector most = FloatVector.fromArray(S, x, at);
      for (c = L; c <= length - L; c += L) {
        most = most.max(FloatVector.fromArray(S, x, at + c));
      }
      max = most.reduceLanes(VectorOperators.MAX);
    }
    for (; c < length; c++) {
      max = Math.max(max, x[at + c]);
    }
    return max;
  }
}
