package dev.tapewise.core.kernel.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tapewise.core.Scratch;
import dev.tapewise.core.kernel.Activation;
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

  /** A clamp, hard swish or nothing. */
  Activation activation() {
    return switch (random.nextInt(3)) {
      case 0 -> Activation.NONE;
      case 1 -> Activation.HARD_SWISH;
      default -> new Activation.Clamp(0f, 1f);
    };
  }

  /** Values at which activations decide: zeros of both signs, bounds, overflow, NaN. */
  float[] odd(int count) {
    float[] choice = {
      0f,
      -0f,
      6f,
      -6f,
      1f,
      3f,
      -3f,
      3.0000002f,
      -3.0000002f,
      Float.MIN_VALUE,
      -Float.MIN_VALUE,
      Float.MAX_VALUE,
      -Float.MAX_VALUE,
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
    return normalised(floats(offset + rows * channels), offset, channels, activation());
  }

  Reading normalised(float[] data, int offset, int channels, Activation activation) {
    int padded = Scratch.roundUp(channels);
    return new Reading(data, offset, coefficients(2, channels), padded, 0, activation);
  }

  GradientReading rawGradient(int rows, int channels) {
    int offset = offset();
    return GradientReading.raw(floats(offset + rows * channels), offset);
  }

  GradientReading gradient(int rows, int channels) {
    int g = offset();
    int z = offset();
    float[] gs = floats(g + rows * channels);
    return gradient(gs, g, floats(z + rows * channels), z, channels, activation());
  }

  GradientReading gradient(
      float[] g, int gOffset, float[] z, int zOffset, int channels, Activation activation) {
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
        activation);
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
