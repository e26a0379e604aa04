package dev.tapewise.core.kernel.assembled;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tapewise.core.kernel.Activation;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Assembled sums against plain sums, at both widths, and the ranges that they refuse. */
final class AssembledSumsTest {

  @Property(tries = 300)
  void momentsAreSumsInTheOrderOfRows(
      @ForAll boolean wide,
      @ForAll @IntRange(min = 1, max = 9) int rows,
      @ForAll @IntRange(min = 1, max = 300) int channels,
      @ForAll boolean odd,
      @ForAll Random random) {
    AssembledSums code = BothWidths.kernels(wide).sums();
    int summed = code.channels(channels);
    Assume.that(summed > 0);
    float[] x = values(random, odd, 3 + rows * channels - (channels - summed));
    float[] sums = floats(random, 2 * summed + 2);
    float[] expected = sums.clone();
    for (int c = 0; c < summed; c++) {
      float sum = 0f;
      for (int r = 0; r < rows; r++) {
        sum += x[3 + r * channels + c];
      }
      float mean = sum / rows;
      float squares = 0f;
      for (int r = 0; r < rows; r++) {
        float t = x[3 + r * channels + c] - mean;
        squares = Math.fma(t, t, squares);
      }
      expected[1 + c] = mean;
      expected[1 + summed + c] = squares;
    }
    code.moments(sums, 1, sums, 1 + summed, x, 3, rows, channels);
    assertArrayEquals(expected, sums);
  }

  @Property(tries = 300)
  void gradientSumsAreSumsInTheOrderOfRows(
      @ForAll boolean wide,
      @ForAll boolean hardSwish,
      @ForAll @IntRange(min = 1, max = 9) int rows,
      @ForAll @IntRange(min = 1, max = 200) int channels,
      @ForAll boolean odd,
      @ForAll Random random) {
    AssembledSums code = BothWidths.kernels(wide).sums();
    int summed = code.channels(channels);
    Assume.that(summed > 0);
    Activation activation = hardSwish ? Activation.HARD_SWISH : new Activation.Clamp(-0.5f, 1f);
    int size = rows * channels - (channels - summed);
    float[] g = values(random, odd, size);
    float[] z = values(random, odd, size);
    float[] coefficients = floats(random, 3 * summed);
    float[] sums = floats(random, 2 * summed + 2);
    float[] expected = sums.clone();
    for (int c = 0; c < summed; c++) {
      float sum = 0f;
      float product = 0f;
      for (int r = 0; r < rows; r++) {
        int at = r * channels + c;
        float t = Math.fma(z[at], coefficients[2 * summed + c], coefficients[c]);
        float gated = activation.gradient(g[at], t);
        sum += gated;
        product = Math.fma(gated, z[at] - coefficients[summed + c], product);
      }
      expected[1 + summed + c] = sum;
      expected[1 + c] = product;
    }
    if (hardSwish) {
      code.hardSwishSums(
          sums, 1 + summed, 1, g, 0, z, 0, coefficients, 2 * summed, 0, summed, rows, channels);
    } else {
      code.gradientSums(
          sums,
          1 + summed,
          1,
          g,
          0,
          z,
          0,
          coefficients,
          2 * summed,
          0,
          summed,
          -0.5f,
          1f,
          rows,
          channels);
    }
    assertArrayEquals(expected, sums);
  }

  @Property(tries = 2)
  void sumsThatLeaveAnArrayAreRefused(@ForAll boolean wide) {
    AssembledSums code = BothWidths.kernels(wide).sums();
    int n = BothWidths.lanes(wide);
    float[] x = new float[3 * n];
    float[] one = new float[n];
    code.moments(one, 0, one, 0, x, 0, 3, n);
    refused(() -> code.moments(one, 0, one, 0, x, 0, 4, n));
    refused(() -> code.moments(one, 0, one, 0, x, 1, 3, n));
    refused(() -> code.moments(one, 0, one, 0, x, 0, 0, n));
    refused(() -> code.moments(one, 1, one, 0, x, 0, 3, n));
    refused(() -> code.moments(one, 0, one, 1, x, 0, 3, n));
    float[] two = new float[2 * n];
    code.gradientSums(two, n, 0, x, 0, x, 0, x, 0, n, 2 * n, 0f, 6f, 3, n);
    refused(() -> code.gradientSums(two, n + 1, 0, x, 0, x, 0, x, 0, n, 2 * n, 0f, 6f, 3, n));
    refused(() -> code.gradientSums(two, 0, n + 1, x, 0, x, 0, x, 0, n, 2 * n, 0f, 6f, 3, n));
    refused(() -> code.gradientSums(two, n, 0, x, 1, x, 0, x, 0, n, 2 * n, 0f, 6f, 3, n));
    refused(() -> code.gradientSums(two, n, 0, x, 0, x, 1, x, 0, n, 2 * n, 0f, 6f, 3, n));
    refused(() -> code.gradientSums(two, n, 0, x, 0, x, 0, x, -1, n, 2 * n, 0f, 6f, 3, n));
    refused(() -> code.gradientSums(two, n, 0, x, 0, x, 0, x, 0, 2 * n + 1, 0, 0f, 6f, 3, n));
    refused(() -> code.gradientSums(two, n, 0, x, 0, x, 0, x, 0, n, 2 * n + 1, 0f, 6f, 3, n));
    refused(() -> code.hardSwishSums(two, n, 0, x, 0, x, 0, x, 0, n, 2 * n, 4, n));
  }

  private static void refused(Runnable call) {
    assertThrows(IndexOutOfBoundsException.class, call::run);
  }

  /** Normal values, or those at which gates decide. */
  private static float[] values(Random random, boolean odd, int count) {
    float[] values = floats(random, count);
    float[] choice = {
      0f,
      -0f,
      1f,
      -0.5f,
      3f,
      -3f,
      Float.MIN_VALUE,
      Float.MAX_VALUE,
      Float.NaN,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY
    };
    for (int i = 0; odd && i < count; i += 1 + random.nextInt(4)) {
      values[i] = choice[random.nextInt(choice.length)];
    }
    return values;
  }

  private static float[] floats(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
