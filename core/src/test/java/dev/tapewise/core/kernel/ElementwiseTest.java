package dev.tapewise.core.kernel;

import dev.tapewise.core.FloatBits;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ElementwiseTest {
  private static final int[] COUNTS = {0, 1, 3, 4, 7, 8, 9, 15, 16, 17, 33, 64, 100};
  private static final float INFINITY = Float.POSITIVE_INFINITY;
  private static final float[][] BOUNDS = {
    {0f, 6f}, {0f, INFINITY}, {-INFINITY, INFINITY}, {-0f, 0f}, {-1f, 1f}
  };

  private final Random random = new Random(1);
  private final Elementwise vector = Kernels.preferred().elementwise();
  private final Elementwise scalar = Kernels.scalar().elementwise();

  @Test
  void clampHasTheSameBitsInBothTwins() {
    for (int count : COUNTS) {
      for (float[] bounds : BOUNDS) {
        float[] x = FloatBits.special(random, count + 3);
        float[] expected = new float[count + 2];
        float[] actual = new float[count + 2];
        scalar.clamp(expected, 2, x, 3, count, bounds[0], bounds[1]);
        vector.clamp(actual, 2, x, 3, count, bounds[0], bounds[1]);
        FloatBits.assertSame(actual, expected);
        float[] inPlace = x.clone();
        vector.clamp(inPlace, 3, inPlace, 3, count, bounds[0], bounds[1]);
        System.arraycopy(expected, 2, x, 3, count);
        FloatBits.assertSame(inPlace, x);
      }
    }
  }

  @Test
  void clampLetsNanThroughAndStopsAtItsBounds() {
    float[] x = {Float.NaN, -1f, -0f, 0f, 3f, 6f, 7f, INFINITY, -INFINITY};
    for (Elementwise kernel : new Elementwise[] {scalar, vector}) {
      float[] y = new float[9];
      kernel.clamp(y, 0, x, 0, 9, 0f, 6f);
      FloatBits.assertSame(y, new float[] {Float.NaN, 0f, 0f, 0f, 3f, 6f, 6f, 6f, 0f});
    }
  }

  @Test
  void clampGradientHasTheSameBitsInBothTwins() {
    for (int count : COUNTS) {
      for (float[] bounds : BOUNDS) {
        for (boolean add : new boolean[] {false, true}) {
          float[] x = FloatBits.special(random, count + 3);
          float[] dy = FloatBits.special(random, count + 1);
          float[] expected = FloatBits.special(random, count + 2);
          float[] actual = expected.clone();
          scalar.clampGradient(expected, 2, dy, 1, x, 3, count, bounds[0], bounds[1], add);
          vector.clampGradient(actual, 2, dy, 1, x, 3, count, bounds[0], bounds[1], add);
          FloatBits.assertSame(actual, expected);
        }
      }
    }
  }

  @Test
  void theGateIsClosedAtItsBoundsAndForNan() {
    float[] x = {Float.NaN, -1f, -0f, 0f, Float.MIN_VALUE, 5f, 6f, 7f, 1f};
    float[] dy = {1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f, Float.NaN};
    for (Elementwise kernel : new Elementwise[] {scalar, vector}) {
      float[] dx = new float[9];
      kernel.clampGradient(dx, 0, dy, 0, x, 0, 9, 0f, 6f, false);
      FloatBits.assertSame(dx, new float[] {0f, 0f, 0f, 0f, 5f, 6f, 0f, 0f, Float.NaN});
      kernel.clampGradient(dx, 0, dy, 0, x, 0, 8, 0f, 6f, true);
      FloatBits.assertSame(dx, new float[] {0f, 0f, 0f, 0f, 10f, 12f, 0f, 0f, Float.NaN});
    }
  }

  @Test
  void addHasTheSameBitsInBothTwins() {
    for (int count : COUNTS) {
      float[] a = FloatBits.special(random, count + 1);
      float[] b = FloatBits.special(random, count + 2);
      float[] expected = a.clone();
      float[] actual = a.clone();
      scalar.add(expected, 1, expected, 1, b, 2, count);
      vector.add(actual, 1, actual, 1, b, 2, count);
      FloatBits.assertSame(actual, expected);
    }
  }

  @Test
  void scaleHasTheSameBitsInBothTwins() {
    for (int count : COUNTS) {
      float[] x = FloatBits.special(random, count + 1);
      float[] expected = new float[count];
      float[] actual = new float[count];
      scalar.scale(expected, 0, x, 1, count, -0.3f);
      vector.scale(actual, 0, x, 1, count, -0.3f);
      FloatBits.assertSame(actual, expected);
    }
  }

  @Test
  void addScaledIsFusedInBothTwins() {
    float[] fused = {-1f};
    float[] y = {1f + 0x1p-12f};
    scalar.addScaled(fused, 0, y, 0, 1, 1f - 0x1p-12f); // unfused it would be 0
    FloatBits.assertSame(fused, new float[] {-0x1p-24f});
    for (int count : COUNTS) {
      float[] x = FloatBits.special(random, count + 1);
      float[] expected = FloatBits.special(random, count + 2);
      float[] actual = expected.clone();
      scalar.addScaled(expected, 2, x, 1, count, 1.7f);
      vector.addScaled(actual, 2, x, 1, count, 1.7f);
      FloatBits.assertSame(actual, expected);
    }
  }
}
