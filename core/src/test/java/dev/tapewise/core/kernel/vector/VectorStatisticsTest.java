package dev.tapewise.core.kernel.vector;

import static dev.tapewise.core.kernel.vector.TestReadings.assertSameBits;

import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Statistics;
import dev.tapewise.core.kernel.assembled.AssembledKernels;
import dev.tapewise.core.kernel.scalar.ScalarKernels;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Sums per channel equal their scalar twin bit for bit and write nothing but their channels. */
final class VectorStatisticsTest {
  private final Statistics twin = new ScalarKernels().statistics();
  private final Statistics vectors = new VectorStatistics(null);
  private final Optional<Statistics> assembled =
      AssembledKernels.ifSupported(Lanes.COUNT)
          .map(kernels -> new VectorStatistics(kernels.sums()));

  private Statistics kernel(boolean code) {
    Assume.that(!code || assembled.isPresent());
    return code ? assembled.orElseThrow() : vectors;
  }

  @Property(tries = 160)
  void momentsAndColumnSumsMatchTheirTwin(
      @ForAll boolean code,
      @ForAll @IntRange(min = 1, max = 12) int rows,
      @ForAll @IntRange(min = 1, max = 300) int channels,
      @ForAll long seed) {
    Statistics fast = kernel(code);
    TestReadings data = new TestReadings(seed);
    int offset = data.offset();
    float[] x = data.floats(offset + rows * channels);
    float[] expected = new float[2 * channels + 3];
    twin.moments(expected, 1, expected, channels + 2, x, offset, rows, channels);
    float[] sums = new float[2 * channels + 3];
    fast.moments(sums, 1, sums, channels + 2, x, offset, rows, channels);
    assertSameBits(expected, sums, "moments");
    twin.columnSums(expected, 1, x, offset, rows, channels);
    fast.columnSums(sums, 1, x, offset, rows, channels);
    assertSameBits(expected, sums, "column sums");
  }

  @Property(tries = 240)
  void gradientSumsMatchTheirTwin(
      @ForAll boolean code,
      @ForAll @IntRange(min = 1, max = 12) int rows,
      @ForAll @IntRange(min = 1, max = 200) int channels,
      @ForAll boolean odd,
      @ForAll boolean meanApart,
      @ForAll long seed) {
    Statistics fast = kernel(code);
    TestReadings data = new TestReadings(seed);
    int count = (rows + 1) * channels;
    float[] z = odd ? data.odd(count) : data.floats(count);
    GradientReading dy = data.gradient(data.floats(count), 0, z, 0, channels, data.activation());
    float[] own = Objects.requireNonNull(dy.coefficients());
    float[] mean =
        meanApart ? data.floats(own.length + channels) : behind(own, data.floats(channels));
    dy = meanApart ? dy : with(dy, mean);
    float[] expected = new float[2 * channels + 3];
    twin.gradientSums(expected, 1, expected, channels + 2, dy, mean, own.length, 1, rows, channels);
    float[] sums = new float[2 * channels + 3];
    fast.gradientSums(sums, 1, sums, channels + 2, dy, mean, own.length, 1, rows, channels);
    assertSameBits(expected, sums, "gradient sums");
  }

  private static float[] behind(float[] first, float[] second) {
    float[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static GradientReading with(GradientReading dy, float[] coefficients) {
    return new GradientReading(
        dy.data(),
        dy.offset(),
        dy.input(),
        dy.inputOffset(),
        coefficients,
        dy.scale(),
        dy.shift(),
        dy.a(),
        dy.b(),
        dy.d(),
        dy.activation());
  }
}
