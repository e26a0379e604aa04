package dev.tapewise.core.kernel.vector;

import static dev.tapewise.core.kernel.vector.TestReadings.assertSameBits;

import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Statistics;
import dev.tapewise.core.kernel.scalar.ScalarKernels;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Sums per channel equal their scalar twin bit for bit and write nothing but their channels. */
final class VectorStatisticsTest {
  private final Statistics twin = new ScalarKernels().statistics();
  private final Statistics fast = new VectorStatistics();

  @Property(tries = 80)
  void momentsAndColumnSumsMatchTheirTwin(
      @ForAll @IntRange(min = 1, max = 12) int rows,
      @ForAll @IntRange(min = 1, max = 80) int channels,
      @ForAll long seed) {
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

  @Property(tries = 80)
  void gradientSumsMatchTheirTwin(
      @ForAll @IntRange(min = 1, max = 12) int rows,
      @ForAll @IntRange(min = 1, max = 80) int channels,
      @ForAll boolean odd,
      @ForAll long seed) {
    TestReadings data = new TestReadings(seed);
    int count = (rows + 1) * channels;
    float[] z = odd ? data.odd(count) : data.floats(count);
    GradientReading dy = data.gradient(data.floats(count), 0, z, 0, channels, data.activation());
    float[] mean = data.floats(2 + channels);
    float[] expected = new float[2 * channels + 3];
    twin.gradientSums(expected, 1, expected, channels + 2, dy, mean, 2, 1, rows, channels);
    float[] sums = new float[2 * channels + 3];
    fast.gradientSums(sums, 1, sums, channels + 2, dy, mean, 2, 1, rows, channels);
    assertSameBits(expected, sums, "gradient sums");
  }
}
