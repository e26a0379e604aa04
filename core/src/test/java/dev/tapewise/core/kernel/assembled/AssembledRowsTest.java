package dev.tapewise.core.kernel.assembled;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tapewise.core.kernel.GradientReading;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Assembled rows against plain chains of fma, and the ranges that they refuse. */
final class AssembledRowsTest {
  private static final int L = AssembledRows.LANES;
  private static final int ARGUMENTS = AssembledRows.ARGUMENTS;

  private final Optional<AssembledRows> rows =
      AssembledKernels.ifSupported(L).map(AssembledKernels::rows);

  private AssembledRows rows() {
    Assume.that(rows.isPresent());
    return rows.orElseThrow();
  }

  @Property(tries = 300)
  void anOutputIsOneChainOfFma(
      @ForAll @IntRange(min = 1, max = 20) int columns,
      @ForAll @IntRange(min = 1, max = 3) int blocks,
      @ForAll @IntRange(max = 5) int height,
      @ForAll @IntRange(min = 1, max = 5) int kernel,
      @ForAll @IntRange(min = 1, max = 2) int step,
      @ForAll Random random) {
    Assume.that(AssembledRows.knows(kernel, step));
    int blockStep = ((columns - 1) * step + kernel) * L;
    int rowSize = blocks * blockStep;
    int yStep = blocks * L + 3;
    int wStep = height * kernel * L;
    float[] ring = floats(random, 5 * rowSize);
    float[] w = floats(random, blocks * wStep);
    float[] bias = floats(random, blocks * L);
    float[] y = floats(random, columns * yStep);
    int[] ints = new int[ARGUMENTS + height];
    for (int r = 0; r < height; r++) {
      ints[ARGUMENTS + r] = random.nextInt(5) * rowSize;
    }
    float[] expected = y.clone();
    for (int j = 0; j < columns; j++) {
      for (int c = 0; c < blocks * L; c++) {
        int block = c / L;
        int lane = c % L;
        float sum = bias[c];
        for (int r = 0; r < height; r++) {
          for (int k = 0; k < kernel; k++) {
            int at = ints[ARGUMENTS + r] + block * blockStep + (j * step + k) * L + lane;
            sum = Math.fma(ring[at], w[block * wStep + (r * kernel + k) * L + lane], sum);
          }
        }
        expected[j * yStep + c] = sum;
      }
    }
    rows()
        .row(
            y, 0, yStep, columns, ring, step, blockStep, blocks, w, 0, wStep, bias, 0, ints, 0,
            height, kernel);
    assertArrayEquals(expected, y, 0f);
  }

  @Property(tries = 200)
  void aWeightsGradientIsOneChainOfFma(
      @ForAll @IntRange(min = 1, max = 20) int columns,
      @ForAll @IntRange(min = 1, max = 3) int blocks,
      @ForAll @IntRange(min = 1, max = 2) int step,
      @ForAll Random random) {
    int dzStep = columns * L;
    int blockStep = columns * step * L;
    int rowSize = blocks * blockStep;
    float[] ring = floats(random, 4 * rowSize + 9 * L);
    int dz = 3 * rowSize + 9 * L;
    int[] ints = new int[9 + ARGUMENTS];
    for (int t = 0; t < 9; t++) {
      ints[t] = random.nextInt(3) * rowSize + random.nextInt(9) * L;
    }
    float[] partial = floats(random, blocks * 9 * L);
    float[] expected = partial.clone();
    for (int at = 0; at < expected.length; at++) {
      int block = at / (9 * L);
      int t = at / L % 9;
      int lane = at % L;
      for (int j = 0; j < columns; j++) {
        expected[at] =
            Math.fma(
                ring[dz + block * dzStep + j * L + lane],
                ring[ints[t] + block * blockStep + j * step * L + lane],
                expected[at]);
      }
    }
    rows().nineWeights(partial, 0, ring, step, blockStep, dz, dzStep, columns, blocks, ints, 0, 9);
    assertArrayEquals(expected, partial, 0f);
  }

  @Example
  void anOutputThatLeavesAnArrayIsRefused() {
    AssembledRows code = rows();
    int span = 7 * L;
    float[] exact = new float[span];
    float[] w = new float[9 * L];
    float[] b = new float[L];
    float[] y = new float[5 * L];
    int[] ints = new int[ARGUMENTS + 3];
    code.row(y, 0, L, 5, exact, 1, 0, 1, w, 0, 0, b, 0, ints, 0, 3, 3);
    refused(() -> code.row(y, 1, L, 5, exact, 1, 0, 1, w, 0, 0, b, 0, ints, 0, 3, 3));
    refused(() -> code.row(y, 0, L, 6, exact, 1, 0, 1, w, 0, 0, b, 0, ints, 0, 3, 3));
    refused(() -> code.row(y, 0, L, 0, exact, 1, 0, 1, w, 0, 0, b, 0, ints, 0, 3, 3));
    refused(() -> code.row(y, 0, 1, 5, exact, 1, 0, 1, w, 0, 0, b, 0, ints, 0, 3, 3));
    refused(() -> code.row(y, 0, L, 5, exact, 2, 0, 1, w, 0, 0, b, 0, ints, 0, 3, 3));
    refused(() -> code.row(y, 0, L, 5, exact, 1, 0, 1, w, 1, 0, b, 0, ints, 0, 3, 3));
    refused(() -> code.row(y, 0, L, 5, exact, 1, 0, 1, w, 0, 0, b, 1, ints, 0, 3, 3));
    refused(() -> code.row(y, 0, L, 5, exact, 1, 0, 0, w, 0, 0, b, 0, ints, 0, 3, 3));
    refused(() -> code.row(y, 0, L, 5, exact, 1, 0, 1, w, 0, 0, b, 0, ints, 1, 3, 3));
    ints[ARGUMENTS + 2] = 1;
    refused(() -> code.row(y, 0, L, 5, exact, 1, 0, 1, w, 0, 0, b, 0, ints, 0, 3, 3));
    ints[ARGUMENTS + 2] = -1;
    refused(() -> code.row(y, 0, L, 5, exact, 1, 0, 1, w, 0, 0, b, 0, ints, 0, 3, 3));
  }

  @Example
  void stagingThatLeavesAnArrayIsRefused() {
    AssembledRows code = rows();
    float[] ring = new float[3 * L];
    float[] x = new float[3 * L];
    float[] vectors = new float[5 * L];
    int[] ints = new int[ARGUMENTS];
    code.copy(ring, 0, 3 * L, x, 0, 3, L, 1, ints, 0);
    refused(() -> code.copy(ring, 1, 3 * L, x, 0, 3, L, 1, ints, 0));
    refused(() -> code.copy(ring, 0, 3 * L, x, 1, 3, L, 1, ints, 0));
    refused(() -> code.copy(ring, 0, 3 * L, x, 0, 4, L, 1, ints, 0));
    refused(() -> code.copy(ring, 0, 3 * L, x, 0, 0, L, 1, ints, 0));
    refused(() -> code.copy(ring, 0, 3 * L, x, 0, 3, L, 0, ints, 0));
    refused(() -> code.copy(ring, 0, 3 * L, x, 0, 3, L, 1, ints, 1));
    code.normalise(ring, 0, 0, x, 0, 3, L, 1, vectors, 0, 4 * L, 0, 0, 6, 6, ints, 0);
    refused(() ->
        code.normalise(ring, 0, 0, x, 0, 3, L, 1, vectors, 0, 4 * L + 1, 0, 0, 6, 6, ints, 0));
    refused(
        () -> code.normalise(ring, 0, 0, x, 0, 3, L, 1, vectors, -1, 4 * L, 0, 0, 6, 6, ints, 0));
    code.gradient(ring, 0, 0, gradient(x, vectors, 0, 4 * L), 0, 3, L, 1, ints, 0);
    refused(() -> code.gradient(ring, 0, 0, gradient(x, vectors, 1, 4 * L), 0, 3, L, 1, ints, 0));
    refused(
        () -> code.gradient(ring, 0, 0, gradient(x, vectors, 0, 4 * L + 1), 0, 3, L, 1, ints, 0));
  }

  private static GradientReading gradient(float[] x, float[] vectors, int zAt, int d) {
    return new GradientReading(x, 0, x, zAt, vectors, 0, L, 2 * L, 3 * L, d, 0, 6);
  }

  @Example
  void aWeightsGradientThatLeavesAnArrayIsRefused() {
    AssembledRows code = rows();
    float[] ring = new float[5 * L];
    float[] partial = new float[9 * L];
    int[] ints = new int[9 + ARGUMENTS];
    code.nineWeights(partial, 0, ring, 1, 0, 0, 0, 5, 1, ints, 0, 9);
    refused(() -> code.nineWeights(partial, 1, ring, 1, 0, 0, 0, 5, 1, ints, 0, 9));
    refused(() -> code.nineWeights(partial, 0, ring, 1, 0, 1, 0, 5, 1, ints, 0, 9));
    refused(() -> code.nineWeights(partial, 0, ring, 2, 0, 0, 0, 5, 1, ints, 0, 9));
    refused(() -> code.nineWeights(partial, 0, ring, 1, 0, 0, 0, 0, 1, ints, 0, 9));
    refused(() -> code.nineWeights(partial, 0, ring, 1, 0, 0, 0, 5, 1, ints, 0, 10));
    ints[8] = 1;
    refused(() -> code.nineWeights(partial, 0, ring, 1, 0, 0, 0, 5, 1, ints, 0, 9));
  }

  private static void refused(Runnable call) {
    assertThrows(IndexOutOfBoundsException.class, call::run);
  }

  private static float[] floats(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
