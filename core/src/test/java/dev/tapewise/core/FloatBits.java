package dev.tapewise.core;

import static org.assertj.core.api.Assertions.fail;

import java.util.random.RandomGenerator;

/** Arrays of floats for tests that compare bits. */
public final class FloatBits {
  private static final float[] SPECIAL = {
    Float.NaN, 0f, -0f, 6f, -6f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MIN_VALUE
  };

  private FloatBits() {}

  /** Normal numbers. */
  public static float[] normal(RandomGenerator random, int count) {
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  /**
   * Normal numbers, every fourth or so replaced by NaN, a zero of either sign, a bound, an
   * infinity.
   */
  public static float[] special(RandomGenerator random, int count) {
    float[] x = normal(random, count);
    for (int i = 0; i < count; i++) {
      if (random.nextInt(4) == 0) {
        x[i] = SPECIAL[random.nextInt(SPECIAL.length)];
      }
    }
    return x;
  }

  /** Fails at the first element whose bits differ; all NaNs count as the same. */
  public static void assertSame(float[] actual, float[] expected) {
    if (actual.length != expected.length) {
      fail("%d floats instead of %d", actual.length, expected.length);
    }
    for (int i = 0; i < expected.length; i++) {
      if (Float.floatToIntBits(actual[i]) != Float.floatToIntBits(expected[i])) {
        fail("element %d is %s instead of %s", i, actual[i], expected[i]);
      }
    }
  }
}
