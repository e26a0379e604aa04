package dev.tapewise.core.kernel.scalar;

import dev.tapewise.core.kernel.Functions;
import dev.tapewise.core.kernel.LaneTree;
import dev.tapewise.core.kernel.Softmax;

/** The definition of {@link Softmax}. */
final class ScalarSoftmax implements Softmax {

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
      for (int c = 0; c < length; c++) {
        float e = Functions.exp(x[in + c] - max);
        y[out + c] = e;
        lanes[lanesOffset + c % LANES] += e;
      }
      float sum = LaneTree.combine(lanes, lanesOffset);
      for (int c = 0; c < length; c++) {
        y[out + c] /= sum;
      }
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
      int out = dxOffset + row * length;
      LaneTree.clear(lanes, lanesOffset);
      for (int c = 0; c < length; c++) {
        int lane = lanesOffset + c % LANES;
        lanes[lane] = Math.fma(y[value + c], dy[gradient + c], lanes[lane]);
      }
      float dot = LaneTree.combine(lanes, lanesOffset);
      for (int c = 0; c < length; c++) {
        dx[out + c] = y[value + c] * (dy[gradient + c] - dot);
      }
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
      for (int c = 0; c < length; c++) {
        lanes[lanesOffset + c % LANES] += Functions.exp(x[in + c] - max);
      }
      float log = Functions.log(LaneTree.combine(lanes, lanesOffset));
      for (int c = 0; c < length; c++) {
        y[out + c] = x[in + c] - max - log;
      }
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
      int value = yOffset + row * length;
      int gradient = dyOffset + row * length;
      int out = dxOffset + row * length;
      LaneTree.clear(lanes, lanesOffset);
      for (int c = 0; c < length; c++) {
        lanes[lanesOffset + c % LANES] += dy[gradient + c];
      }
      float sum = LaneTree.combine(lanes, lanesOffset);
      for (int c = 0; c < length; c++) {
        dx[out + c] = Math.fma(Functions.exp(y[value + c]), -sum, dy[gradient + c]);
      }
    }
  }

  private static float max(float[] x, int at, int length) {
    float max = x[at];
    for (int c = 1; c < length; c++) {
      max = Math.max(max, x[at + c]);
    }
    return max;
  }
}
