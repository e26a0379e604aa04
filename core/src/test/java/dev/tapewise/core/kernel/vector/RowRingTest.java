package dev.tapewise.core.kernel.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tapewise.core.Scratch;
import dev.tapewise.core.kernel.Activation;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Reading;
import dev.tapewise.core.kernel.assembled.AssembledKernels;
import dev.tapewise.core.kernel.assembled.AssembledRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Staging with values that an activation can get wrong, on the Vector API and assembled. */
final class RowRingTest {
  private static final int L = Lanes.COUNT;
  private static final int WIDTH = 7;

  /** Floats from one vector by channel to the next. */
  private static final int VECTOR = 64;

  private static final float[] SPECIAL = {
    0f,
    -0f,
    1f,
    -1f,
    6f,
    7f,
    3f,
    -3f,
    3.0000002f,
    -3.0000002f,
    2.9999998f,
    -2.9999998f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    0.5f,
    5.9999995f
  };

  private static final List<Activation> ACTIVATIONS =
      List.of(
          new Activation.Clamp(0f, 6f),
          new Activation.Clamp(-0f, 6f),
          new Activation.Clamp(-1f, 0f),
          new Activation.Clamp(-1f, -0f),
          new Activation.Clamp(0f, Float.POSITIVE_INFINITY),
          Activation.NONE,
          new Activation.Clamp(-Float.MIN_VALUE, Float.MIN_VALUE),
          Activation.HARD_SWISH);

  /** A check for every kind of staging, number of channels and activation. */
  private interface Check {
    void run(@Nullable AssembledRows rows, int channels, Activation activation);
  }

  private static void forAll(Check check) {
    List<@Nullable AssembledRows> stagings = new ArrayList<>();
    stagings.add(null);
    Optional<AssembledKernels> assembled = AssembledKernels.ifSupported(L);
    assembled.ifPresent(kernels -> stagings.add(kernels.rows()));
    for (AssembledRows rows : stagings) {
      for (Activation activation : ACTIVATIONS) {
        for (int channels : new int[] {1, 3, L, 2 * L + 1}) {
          check.run(rows, channels, activation);
        }
      }
    }
  }

  @Test
  void aRawRowIsCopied() {
    forAll((rows, channels, _) -> {
      float[] x = specials(WIDTH * channels);
      Staged staged = new Staged(rows, channels);
      staged.ring.stage(staged.at, Reading.raw(x, 0), 0, 0, staged.scratch);
      for (int i = 0; i < x.length; i++) {
        staged.assertAt(i, x[i]);
      }
    });
  }

  @Test
  void anActivationHasItsBitsForSpecialValues() {
    forAll((rows, channels, activation) -> {
      float[] x = specials(WIDTH * channels);
      // Scale 1 and shift -0 keep every value and the sign of zero.
      float[] coefficients = vectors(1f, -0f);
      Reading reading = new Reading(x, 0, coefficients, 0, VECTOR, activation);
      Staged staged = new Staged(rows, channels);
      staged.ring.stage(staged.at, reading, 0, 0, staged.scratch);
      for (int i = 0; i < x.length; i++) {
        staged.assertAt(i, activation.value(x[i]));
      }
    });
  }

  @Test
  void aGradientHasItsBitsForSpecialValues() {
    forAll((rows, channels, activation) -> {
      float[] z = specials(WIDTH * channels);
      float[] g = new float[z.length];
      Arrays.fill(g, 3f);
      float[] coefficients = vectors(1f, -0f, 2f, 0.5f, 0.25f);
      GradientReading reading =
          new GradientReading(
              g, 0, z, 0, coefficients, 0, VECTOR, 2 * VECTOR, 3 * VECTOR, 4 * VECTOR, activation);
      Staged staged = new Staged(rows, channels);
      staged.ring.stage(staged.at, reading, 0, 0, staged.scratch);
      for (int i = 0; i < z.length; i++) {
        float gradient = activation.gradient(3f, z[i]);
        staged.assertAt(i, Math.fma(gradient, 2f, Math.fma(z[i], 0.5f, 0.25f)));
      }
    });
  }

  @Test
  void aGradientIsZeroWhereTheNormOverflows() {
    forAll((rows, channels, activation) -> {
      float[] z = new float[WIDTH * channels];
      for (int i = 0; i < z.length; i++) {
        z[i] = i % 2 == 0 ? Float.MAX_VALUE : -Float.MAX_VALUE;
      }
      float[] g = new float[z.length];
      Arrays.fill(g, Float.POSITIVE_INFINITY);
      float[] coefficients = vectors(2f, 0f, 3f, 0f, 0.25f);
      GradientReading reading =
          new GradientReading(
              g, 0, z, 0, coefficients, 0, VECTOR, 2 * VECTOR, 3 * VECTOR, 4 * VECTOR, activation);
      Staged staged = new Staged(rows, channels);
      staged.ring.stage(staged.at, reading, 0, 0, staged.scratch);
      for (int i = 0; i < z.length; i++) {
        staged.assertAt(i, 0.25f);
      }
    });
  }

  /** A ring of one row, without columns of zeros. */
  private static final class Staged {
    final Scratch scratch = new Scratch();
    final RowRing ring;
    final int at;
    private final int channels;

    Staged(@Nullable AssembledRows rows, int channels) {
      this.channels = channels;
      ring = new RowRing(1, WIDTH, channels, 1, 0, WIDTH, rows);
      scratch.reserve(ring.size(), BlockStaging.scratchInts());
      at = scratch.take(ring.size());
    }

    /** The same bits, where NaN is one value. */
    void assertAt(int element, float expected) {
      int channel = element % channels;
      int place = channel / L * ring.blockStep + element / channels * L + channel % L;
      float actual = scratch.floats()[ring.image(at, 0) + place];
      assertEquals(
          Float.floatToIntBits(expected),
          Float.floatToIntBits(actual),
          "element " + element + " of " + channels + " channels");
    }
  }

  private static float[] specials(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = SPECIAL[i % SPECIAL.length];
    }
    return values;
  }

  /** Vectors by channel, one value each. */
  private static float[] vectors(float... values) {
    float[] vectors = new float[values.length * VECTOR];
    for (int i = 0; i < values.length; i++) {
      Arrays.fill(vectors, i * VECTOR, (i + 1) * VECTOR, values[i]);
    }
    return vectors;
  }
}
