package dev.tapewise.core.kernel.scalar;

import dev.tapewise.core.kernel.Functions;
import dev.tapewise.core.kernel.Softmax;
import java.util.Arrays;

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
      clear(lanes, lanesOffset);
      for (int c = 0; c < length; c++) {
        float e = Functions.exp(x[in + c] - max);
        y[out + c] = e;
        lanes[lanesOffset + c % LANES] += e;
      }
      float sum = tree(lanes, lanesOffset);
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
      clear(lanes, lanesOffset);
      for (int c = 0; c < length; c++) {
        int lane = lanesOffset + c % LANES;
        lanes[lane] = Math.fma(y[value + c], dy[gradient + c], lanes[lane]);
      }
      float dot = tree(lanes, lanesOffset);
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
      clear(lanes, lanesOffset);
      for (int c = 0; c < length; c++) {
        lanes[lanesOffset + c % LANES] += Functions.exp(x[in + c] - max);
      }
      float log = Functions.log(tree(lanes, lanesOffset));
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
      clear(lanes, lanesOffset);
      for (int c = 0; c < length; c++) {
        lanes[lanesOffset + c % LANES] += dy[gradient + c];
      }
      float sum = tree(lanes, lanesOffset);
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

  private static void clear(float[] lanes, int at) {
    Arrays.fill(lanes, at, at + LANES, 0f);
  }

  private static float tree(float[] lanes, int at) {
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int l = 0; l < half; l++) {
        lanes[at + l] += lanes[at + l + half];
      }
    }
    return lanes[at];
  }
}
