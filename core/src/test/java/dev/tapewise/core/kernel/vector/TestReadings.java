package dev.tapewise.core.kernel.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tapewise.core.Scratch;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Reading;
import java.util.Arrays;
import java.util.Random;

/**
 * Random readings whose tensors end at the very end of their arrays, so that a read behind them
 * fails, and comparison of bits.
 */
final class TestReadings {
  private final Random random;

  TestReadings(long seed) {
    random = new Random(seed);
  }

  float[] floats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Values at which clamps and gates decide: zeros of both signs, bounds, infinities, NaN. */
  float[] odd(int count) {
    float[] choice = {
      0f,
      -0f,
      6f,
      -6f,
      1f,
      Float.MIN_VALUE,
      -Float.MIN_VALUE,
      Float.NaN,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY
    };
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = choice[random.nextInt(choice.length)];
    }
    return values;
  }

  int offset() {
    return random.nextInt(3) * 7;
  }

  Reading raw(int rows, int channels) {
    int offset = offset();
    return Reading.raw(floats(offset + rows * channels), offset);
  }

  Reading normalised(int rows, int channels) {
    int offset = offset();
    return normalised(floats(offset + rows * channels), offset, channels, 0f, 1f);
  }

  Reading normalised(float[] data, int offset, int channels, float low, float high) {
    int padded = Scratch.roundUp(channels);
    return new Reading(data, offset, coefficients(2, channels), padded, 0, low, high);
  }

  GradientReading rawGradient(int rows, int channels) {
    int offset = offset();
    return GradientReading.raw(floats(offset + rows * channels), offset);
  }

  GradientReading gradient(int rows, int channels) {
    int g = offset();
    int z = offset();
    return gradient(
        floats(g + rows * channels), g, floats(z + rows * channels), z, channels, 0f, 1f);
  }

  GradientReading gradient(
      float[] g, int gOffset, float[] z, int zOffset, int channels, float low, float high) {
    int padded = Scratch.roundUp(channels);
    return new GradientReading(
        g,
        gOffset,
        z,
        zOffset,
        coefficients(5, channels),
        2 * padded,
        0,
        padded,
        4 * padded,
        3 * padded,
        low,
        high);
  }

  /** Coefficient vectors as the contract has them: each padded with zeros to a multiple of 16. */
  private float[] coefficients(int vectors, int channels) {
    int padded = Scratch.roundUp(channels);
    float[] values = new float[vectors * padded];
    for (int v = 0; v < vectors; v++) {
      System.arraycopy(floats(channels), 0, values, v * padded, channels);
    }
    return values;
  }

  /** Scratch of exactly so many floats, full of NaN. */
  static Scratch scratch(int floats) {
    return scratch(floats, 0);
  }

  static Scratch scratch(int floats, int ints) {
    Scratch scratch = new Scratch();
    scratch.reserve(floats, ints);
    Arrays.fill(scratch.floats(), Float.NaN);
    return scratch;
  }

  static void assertSameBits(float[] expected, float[] actual, String what) {
    assertEquals(expected.length, actual.length, what);
    for (int i = 0; i < expected.length; i++) {
      if (Float.floatToRawIntBits(expected[i]) != Float.floatToRawIntBits(actual[i])) {
        throw new AssertionError(
            what + ": element " + i + " is " + actual[i] + ", its twin " + expected[i]);
      }
    }
  }
}
