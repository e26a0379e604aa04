package dev.tapewise.core.kernel.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RowStagingTest {
  private static final int L = Lanes.COUNT;

  private static final float[] SPECIAL = {
    0f,
    -0f,
    1f,
    -1f,
    6f,
    7f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    0.5f,
    5.9999995f
  };

  private static final float[][] BOUNDS = {
    {0f, 6f},
    {-0f, 6f},
    {-1f, 0f},
    {-1f, -0f},
    {0f, Float.POSITIVE_INFINITY},
    {Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY},
    {-Float.MIN_VALUE, Float.MIN_VALUE}
  };

  @Test
  void aClampHasTheBitsOfMaxAndMinForSpecialValues() {
    for (float[] bounds : BOUNDS) {
      for (int channels : new int[] {1, 3, L, 2 * L + 1}) {
        float[] x = specials(7 * channels);
        float[] ring = ring(7, channels);
        // Scale 1 and shift -0 keep every value and the sign of zero.
        float[] coefficients = new float[2 * 48];
        Arrays.fill(coefficients, 0, 48, 1f);
        Arrays.fill(coefficients, 48, 96, -0f);
        RowStaging.normalise(
            ring, 0, 7 * L, x, 0, 7, channels, coefficients, 0, 48, bounds[0], bounds[1]);
        for (int i = 0; i < x.length; i++) {
          float expected = Math.min(Math.max(x[i], bounds[0]), bounds[1]);
          assertBits(expected, ring[place(i, channels)], x[i] + " in " + Arrays.toString(bounds));
        }
      }
    }
  }

  @Test
  void aGateIsOpenStrictlyBetweenItsBounds() {
    for (float[] bounds : BOUNDS) {
      for (int channels : new int[] {1, 3, L, 2 * L + 1}) {
        float[] z = specials(7 * channels);
        float[] g = new float[z.length];
        Arrays.fill(g, 3f);
        float[] ring = ring(7, channels);
        float[] coefficients = new float[5 * 48];
        Arrays.fill(coefficients, 0, 48, 1f); // scale
        Arrays.fill(coefficients, 48, 96, -0f); // shift
        Arrays.fill(coefficients, 96, 144, 2f); // a
        Arrays.fill(coefficients, 144, 192, 0.5f); // b
        Arrays.fill(coefficients, 192, 240, 0.25f); // d
        RowStaging.gradient(
            ring,
            0,
            7 * L,
            g,
            0,
            z,
            0,
            7,
            channels,
            coefficients,
            0,
            48,
            96,
            144,
            192,
            bounds[0],
            bounds[1]);
        for (int i = 0; i < z.length; i++) {
          float gated = bounds[0] < z[i] && z[i] < bounds[1] ? 3f : 0f;
          float expected = Math.fma(gated, 2f, Math.fma(z[i], 0.5f, 0.25f));
          assertBits(expected, ring[place(i, channels)], z[i] + " in " + Arrays.toString(bounds));
        }
      }
    }
  }

  private static float[] specials(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = SPECIAL[i % SPECIAL.length];
    }
    return values;
  }

  private static float[] ring(int width, int channels) {
    return new float[(channels + L - 1) / L * width * L];
  }

  private static int place(int element, int channels) {
    int channel = element % channels;
    return channel / L * 7 * L + element / channels * L + channel % L;
  }

  /** The same bits, where NaN is one value. */
  private static void assertBits(float expected, float actual, String what) {
    assertEquals(Float.floatToIntBits(expected), Float.floatToIntBits(actual), what);
  }
}
