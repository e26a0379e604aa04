package dev.tapewise.core.kernel.vector;

import static dev.tapewise.core.kernel.vector.TestReadings.assertSameBits;

import dev.tapewise.core.kernel.Activation;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Reading;
import dev.tapewise.core.kernel.Staging;
import dev.tapewise.core.kernel.scalar.ScalarKernels;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Staged rows equal their scalar twin bit for bit, in place too, and NaN passes. */
final class VectorStagingTest {
  private final Staging twin = new ScalarKernels().staging();
  private final Staging fast = new VectorStaging();

  @Property(tries = 80)
  void rowsMatchTheirTwin(
      @ForAll @IntRange(min = 1, max = 9) int rows,
      @ForAll @IntRange(min = 1, max = 150) int channels,
      @ForAll boolean raw,
      @ForAll boolean odd,
      @ForAll boolean swish,
      @ForAll long seed) {
    TestReadings data = new TestReadings(seed);
    int offset = data.offset();
    int count = offset + (rows + 1) * channels;
    float[] x = odd ? data.odd(count) : data.floats(count);
    Activation activation =
        swish ? Activation.HARD_SWISH : new Activation.Clamp(odd ? -0f : 0f, 6f);
    Reading reading =
        raw ? Reading.raw(x, offset) : data.normalised(x, offset, channels, activation);
    float[] expected = new float[3 + rows * channels + 3];
    twin.rows(expected, 3, reading, 1, rows, channels);
    float[] out = new float[3 + rows * channels + 3];
    fast.rows(out, 3, reading, 1, rows, channels);
    assertSameBits(expected, out, "rows");
    fast.rows(x, offset + channels, reading, 1, rows, channels);
    System.arraycopy(x, offset + channels, out, 3, rows * channels);
    assertSameBits(expected, out, "rows in place");
  }

  @Property(tries = 80)
  void gradientRowsMatchTheirTwin(
      @ForAll @IntRange(min = 1, max = 9) int rows,
      @ForAll @IntRange(min = 1, max = 50) int channels,
      @ForAll boolean raw,
      @ForAll boolean odd,
      @ForAll long seed) {
    TestReadings data = new TestReadings(seed);
    int offset = data.offset();
    int count = offset + (rows + 1) * channels;
    float[] g = data.floats(count);
    float[] z = odd ? data.odd(count) : data.floats(count);
    GradientReading reading =
        raw
            ? GradientReading.raw(g, offset)
            : data.gradient(g, offset, z, offset, channels, data.activation());
    float[] expected = new float[3 + rows * channels + 3];
    twin.gradientRows(expected, 3, reading, 1, rows, channels);
    float[] out = new float[3 + rows * channels + 3];
    fast.gradientRows(out, 3, reading, 1, rows, channels);
    assertSameBits(expected, out, "gradient rows");
    fast.gradientRows(g, offset + channels, reading, 1, rows, channels);
    System.arraycopy(g, offset + channels, out, 3, rows * channels);
    assertSameBits(expected, out, "gradient rows in place");
  }
}
