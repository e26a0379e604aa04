package dev.tapewise.core.kernel.scalar;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tapewise.core.Scratch;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Pointwise;
import dev.tapewise.core.kernel.Reading;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The twin is the contract spelled out element by element: one chain of fma each. */
final class ScalarPointwiseTest {
  private static final int ROWS = 5;
  private static final int K = 3;
  private static final int N = 4;
  private final Pointwise kernel = new ScalarPointwise();
  private final Scratch scratch = new Scratch();
  private final float[] x = floats(1, ROWS * K);
  private final float[] w = floats(2, K * N);
  private final float[] dy = floats(3, ROWS * N);

  ScalarPointwiseTest() {
    scratch.reserve(64, 0);
  }

  @Test
  void everyOutputIsOneChainOverTheInputChannelsFromTheBias() {
    float[] bias = floats(4, N);
    float[] packed = new float[kernel.packedSize(K, N)];
    kernel.pack(packed, 0, w, 0, K, N, 0, N);
    float[] y = new float[ROWS * N];
    kernel.forward(y, 0, Reading.raw(x, 0), 0, ROWS, K, N, packed, 0, bias, 0, 0, N, scratch);
    for (int r = 0; r < ROWS; r++) {
      for (int j = 0; j < N; j++) {
        float chain = bias[j];
        for (int i = 0; i < K; i++) {
          chain = Math.fma(x[r * K + i], w[i * N + j], chain);
        }
        assertSameBits(chain, y[r * N + j]);
      }
    }
  }

  @Test
  void everyInputGradientIsOneChainOverTheOutputChannelsFromTheOldValue() {
    float[] packed = new float[kernel.packedSize(N, K)];
    kernel.packTransposed(packed, 0, w, 0, N, K, 0, K);
    float[] old = floats(5, ROWS * K);
    for (boolean add : new boolean[] {false, true}) {
      float[] dx = old.clone();
      GradientReading gradient = GradientReading.raw(dy, 0);
      kernel.backward(
          dx,
          0,
          add,
          null,
          0,
          false,
          Reading.raw(x, 0),
          gradient,
          0,
          ROWS,
          K,
          N,
          packed,
          0,
          0,
          K,
          scratch);
      for (int r = 0; r < ROWS; r++) {
        for (int i = 0; i < K; i++) {
          float chain = add ? old[r * K + i] : 0f;
          for (int j = 0; j < N; j++) {
            chain = Math.fma(dy[r * N + j], w[i * N + j], chain);
          }
          assertSameBits(chain, dx[r * K + i]);
        }
      }
    }
  }

  @Test
  void everyWeightGradientIsOneChainOverTheRows() {
    float[] partial = floats(6, kernel.partialSize(K, N));
    Reading input = Reading.raw(x, 0);
    GradientReading gradient = GradientReading.raw(dy, 0);
    float[] none = new float[0];
    kernel.backward(
        null, 0, false, partial, 0, false, input, gradient, 0, 2, K, N, none, 0, 0, K, scratch);
    kernel.backward(
        null, 0, false, partial, 0, true, input, gradient, 2, ROWS - 2, K, N, none, 0, 0, K,
        scratch);
    float[] dw = new float[K * N];
    kernel.unpackPartial(dw, 0, false, partial, 0, K, N, 0, K);
    for (int i = 0; i < K; i++) {
      for (int j = 0; j < N; j++) {
        float chain = 0f;
        for (int r = 0; r < ROWS; r++) {
          chain = Math.fma(x[r * K + i], dy[r * N + j], chain);
        }
        assertSameBits(chain, dw[i * N + j]);
      }
    }
  }

  private static void assertSameBits(float expected, float actual) {
    assertEquals(Float.floatToRawIntBits(expected), Float.floatToRawIntBits(actual));
  }

  private static float[] floats(long seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
