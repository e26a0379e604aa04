package dev.tapewise.core.kernel.assembled;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Assembled rows against plain chains of fma, and the ranges that they refuse. */
final class AssembledRowsTest {
  private static final int ARGUMENTS = AssembledRows.ARGUMENTS;

  @Property(tries = 600)
  void anOutputIsOneChainOfFma(
      @ForAll boolean wide,
      @ForAll @IntRange(min = 1, max = 20) int columns,
      @ForAll @IntRange(min = 1, max = 20) int blocks,
      @ForAll @IntRange(max = 5) int height,
      @ForAll @IntRange(min = 1, max = 6) int kernel,
      @ForAll @IntRange(min = 1, max = 2) int step,
      @ForAll Random random) {
    Assume.that(AssembledRows.knows(kernel, step));
    int lanes = BothWidths.lanes(wide);
    int blockStep = ((columns - 1) * step + kernel) * lanes;
    int rowSize = blocks * blockStep;
    int yStep = blocks * lanes + 3;
    int wStep = height * kernel * lanes;
    int bias = 5 * rowSize;
    float[] ring = floats(random, bias + blocks * lanes);
    float[] w = floats(random, blocks * wStep);
    float[] y = floats(random, columns * yStep);
    int fetched = ARGUMENTS + height;
    int[] ints = new int[fetched + Ahead.INTS];
    Ahead.stretches(ints, fetched, random.nextInt(), random.nextInt(100), random.nextInt(900), 20);
    for (int r = 0; r < height; r++) {
      ints[ARGUMENTS + r] = random.nextInt(5) * rowSize;
    }
    float[] expected = y.clone();
    for (int j = 0; j < columns; j++) {
      for (int c = 0; c < blocks * lanes; c++) {
        int block = c / lanes;
        int lane = c % lanes;
        float sum = ring[bias + c];
        for (int r = 0; r < height; r++) {
          for (int k = 0; k < kernel; k++) {
            int at = ints[ARGUMENTS + r] + block * blockStep + (j * step + k) * lanes + lane;
            sum = Math.fma(ring[at], w[block * wStep + (r * kernel + k) * lanes + lane], sum);
          }
        }
        expected[j * yStep + c] = sum;
      }
    }
    BothWidths.kernels(wide)
        .rows()
        .row(
            y, 0, yStep, columns, ring, step, blockStep, blocks, w, 0, wStep, bias, w, fetched,
            ints, 0, height, kernel);
    assertArrayEquals(expected, y, 0f);
  }

  @Property(tries = 600)
  void anOutputOfRawPixelsIsOneChainOfFma(
      @ForAll boolean wide,
      @ForAll @IntRange(min = 1, max = 40) int columns,
      @ForAll @IntRange(min = 1, max = 20) int blocks,
      @ForAll @IntRange(max = 5) int height,
      @ForAll @IntRange(min = 1, max = 2) int half,
      @ForAll @IntRange(min = 1, max = 2) int step,
      @ForAll Random random) {
    int kernel = 2 * half + 1;
    int lanes = BothWidths.lanes(wide);
    AssembledRows code = BothWidths.kernels(wide).rows();
    int left = random.nextInt(half + 1);
    int right = random.nextInt(2 * half + 1) - half;
    int width = (columns - 1) * step + kernel - left - right;
    int pixelStep = blocks * lanes + 3;
    int rowSize = width * pixelStep;
    int wStep = height * kernel * lanes;
    float[] x = floats(random, 6 * rowSize);
    float[] w = floats(random, blocks * wStep);
    float[] y = floats(random, columns * pixelStep);
    int zeros = blocks * lanes;
    int zeroFloats = code.rawZeros(columns, kernel, step, pixelStep);
    float[] floats = Arrays.copyOf(floats(random, zeros), zeros + zeroFloats);
    int[] ints = new int[ARGUMENTS + height];
    for (int r = 0; r < height; r++) {
      ints[ARGUMENTS + r] = random.nextInt(3) == 0 ? -1 : random.nextInt(6) * rowSize;
    }
    float[] expected = y.clone();
    for (int j = 0; j < columns; j++) {
      for (int c = 0; c < blocks * lanes; c++) {
        float sum = floats[c];
        for (int r = 0; r < height; r++) {
          for (int k = 0; k < kernel; k++) {
            int row = ints[ARGUMENTS + r];
            int pixel = j * step + k - left;
            boolean inside = row >= 0 && pixel >= 0 && pixel < width;
            float read = inside ? x[row + pixel * pixelStep + c] : 0f;
            int weight = c / lanes * wStep + (r * kernel + k) * lanes + c % lanes;
            sum = Math.fma(read, w[weight], sum);
          }
        }
        expected[j * pixelStep + c] = sum;
      }
    }
    code.rawRow(
        y,
        0,
        columns,
        x,
        pixelStep,
        step,
        left,
        width,
        blocks,
        w,
        0,
        wStep,
        floats,
        0,
        zeros,
        random.nextInt(),
        ints,
        0,
        height,
        kernel);
    assertArrayEquals(expected, y, 0f);
  }

  @Property(tries = 400)
  void aWeightsGradientIsOneChainOfFma(
      @ForAll boolean wide,
      @ForAll @IntRange(min = 1, max = 20) int columns,
      @ForAll @IntRange(min = 1, max = 3) int blocks,
      @ForAll @IntRange(min = 1, max = 2) int step,
      @ForAll boolean runs,
      @ForAll boolean pixels,
      @ForAll Random random) {
    int lanes = BothWidths.lanes(wide);
    int dzStep = pixels ? blocks * lanes : lanes;
    int dzBlockStep = pixels ? lanes : columns * lanes;
    int blockStep = columns * step * lanes;
    int rowSize = blocks * blockStep;
    float[] ring = floats(random, 3 * rowSize + 9 * lanes);
    int dzAt = random.nextInt(9);
    float[] dz = floats(random, dzAt + blocks * columns * lanes);
    int fetched = 9 + ARGUMENTS;
    int[] ints = new int[fetched + Ahead.INTS];
    Ahead.stretches(ints, fetched, random.nextInt(), random.nextInt(100), random.nextInt(900), 20);
    for (int t = 0; t < 9; t++) {
      boolean next = runs && t % 3 > 0;
      ints[t] =
          next ? ints[t - 1] + lanes : random.nextInt(3) * rowSize + random.nextInt(7) * lanes;
    }
    float[] partial = floats(random, blocks * 9 * lanes);
    float[] expected = partial.clone();
    for (int at = 0; at < expected.length; at++) {
      int block = at / (9 * lanes);
      int t = at / lanes % 9;
      int lane = at % lanes;
      for (int j = 0; j < columns; j++) {
        expected[at] =
            Math.fma(
                dz[dzAt + block * dzBlockStep + j * dzStep + lane],
                ring[ints[t] + block * blockStep + j * step * lanes + lane],
                expected[at]);
      }
    }
    BothWidths.kernels(wide)
        .rows()
        .nineWeights(
            partial,
            0,
            ring,
            step,
            blockStep,
            dz,
            dzAt,
            dzStep,
            dzBlockStep,
            columns,
            blocks,
            dz,
            fetched,
            ints,
            0,
            9);
    assertArrayEquals(expected, partial, 0f);
  }

  @Property(tries = 600)
  void aWeightsGradientOfRawPixelsIsOneChainOfFma(
      @ForAll boolean wide,
      @ForAll @IntRange(min = 1, max = 20) int columns,
      @ForAll @IntRange(min = 1, max = 3) int blocks,
      @ForAll @IntRange(min = 1, max = 2) int step,
      @ForAll @IntRange(max = 1) int left,
      @ForAll @IntRange(min = -1, max = 1) int right,
      @ForAll boolean pixels,
      @ForAll Random random) {
    int width = (columns - 1) * step + 3 - left - right;
    int lanes = BothWidths.lanes(wide);
    int pixelStep = blocks * lanes + 3;
    int rowSize = width * pixelStep;
    AssembledRows code = BothWidths.kernels(wide).rows();
    int dzStep = pixels ? blocks * lanes : lanes;
    int dzBlockStep = pixels ? lanes : columns * lanes;
    float[] x = floats(random, 4 * rowSize);
    int dzAt = random.nextInt(9);
    float[] dz = floats(random, dzAt + blocks * columns * lanes);
    int[] ints = new int[ARGUMENTS + 3];
    for (int r = 0; r < 3; r++) {
      ints[ARGUMENTS + r] = random.nextInt(3) == 0 ? -1 : random.nextInt(4) * rowSize;
    }
    float[] partial = floats(random, blocks * 9 * lanes);
    float[] expected = partial.clone();
    for (int at = 0; at < expected.length; at++) {
      int block = at / (9 * lanes);
      int t = at / lanes % 9;
      int lane = at % lanes;
      for (int j = 0; j < columns; j++) {
        int row = ints[ARGUMENTS + t / 3];
        int pixel = j * step + t % 3 - left;
        boolean inside = row >= 0 && pixel >= 0 && pixel < width;
        float read = inside ? x[row + pixel * pixelStep + block * lanes + lane] : 0f;
        float g = dz[dzAt + block * dzBlockStep + j * dzStep + lane];
        expected[at] = Math.fma(g, read, expected[at]);
      }
    }
    float[] zeros = new float[7 + code.rawWeightZeros(columns, step, pixelStep)];
    code.rawWeights(
        partial,
        0,
        x,
        pixelStep,
        step,
        left,
        width,
        dz,
        dzAt,
        dzStep,
        dzBlockStep,
        columns,
        blocks,
        zeros,
        7,
        random.nextInt(),
        ints,
        0);
    assertArrayEquals(expected, partial, 0f);
  }

  @Property(tries = 200)
  void callsFetchEvenlyWhatTheyAreGiven(
      @ForAll boolean wide,
      @ForAll @IntRange(min = 1, max = 40) int columns,
      @ForAll @IntRange(min = 1, max = 20) int blocks,
      @ForAll @IntRange(min = 1, max = 5000) int floats) {
    AssembledRows code = BothWidths.kernels(wide).rows();
    int lanes = BothWidths.lanes(wide);
    int blockStep = (columns + 2) * lanes;
    float[] ring = new float[blocks * blockStep];
    float[] w = new float[blocks * 9 * lanes];
    int yStep = blocks * lanes;
    float[] y = new float[columns * yStep];
    int fetched = ARGUMENTS + 9;
    int[] ints = new int[fetched + Ahead.INTS];
    for (int t = 0; t < 9; t++) {
      ints[ARGUMENTS + t] = t % 3 * lanes;
    }
    long turns =
        AssembledRows.turns(columns, blocks, 3) + AssembledRows.weightTurns(columns, blocks);
    Ahead.stretches(ints, fetched, 3, 5, floats, turns);
    code.nineWeights(
        w, 0, ring, 1, blockStep, y, 0, yStep, lanes, columns, blocks, w, fetched, ints, ARGUMENTS,
        0);
    ints[ARGUMENTS + 1] = 0;
    ints[ARGUMENTS + 2] = 0;
    code.row(
        y, 0, yStep, columns, ring, 1, blockStep, blocks, w, 0, 9 * lanes, 0, w, fetched, ints, 0,
        3, 3);
    int moved = ints[fetched] - 3;
    assertEquals(moved, ints[fetched + 1] - 5);
    assertTrue(moved >= Math.min(floats, 16 * turns), moved + " of " + floats);
    assertTrue(moved < floats + turns, moved + " of " + floats);
  }

  @Property(tries = 2)
  void outputsOfSeveralChunksThatLeaveAnArrayAreRefused(@ForAll boolean wide) {
    AssembledRows code = BothWidths.kernels(wide).rows();
    int lanes = BothWidths.lanes(wide);
    int blocks = 20;
    int blockStep = 7 * lanes;
    int f = ARGUMENTS + 3;
    int[] ints = new int[f + Ahead.INTS];
    float[] ring = new float[blocks * blockStep];
    float[] w = new float[blocks * 9 * lanes];
    float[] y = new float[5 * blocks * lanes];
    int step = blocks * lanes;
    code.row(y, 0, step, 5, ring, 1, blockStep, blocks, w, 0, 9 * lanes, 0, w, f, ints, 0, 3, 3);
    float[] shorter = new float[ring.length - 1];
    refused(() ->
        code.row(
            y, 0, step, 5, shorter, 1, blockStep, blocks, w, 0, 9 * lanes, 0, w, f, ints, 0, 3, 3));
    refused(() ->
        code.row(
            y, 0, step, 5, ring, 1, blockStep, blocks, w, 1, 9 * lanes, 0, w, f, ints, 0, 3, 3));
    refused(() ->
        code.row(
            y, 1, step, 5, ring, 1, blockStep, blocks, w, 0, 9 * lanes, 0, w, f, ints, 0, 3, 3));
  }

  @Property(tries = 2)
  void anOutputThatLeavesAnArrayIsRefused(@ForAll boolean wide) {
    AssembledRows code = BothWidths.kernels(wide).rows();
    int lanes = BothWidths.lanes(wide);
    int span = 7 * lanes;
    float[] exact = new float[span];
    float[] w = new float[9 * lanes];
    float[] y = new float[5 * lanes];
    int f = ARGUMENTS + 3;
    int[] ints = new int[f + Ahead.INTS];
    code.row(y, 0, lanes, 5, exact, 1, 0, 1, w, 0, 0, 0, w, f, ints, 0, 3, 3);
    refused(() -> code.row(y, 1, lanes, 5, exact, 1, 0, 1, w, 0, 0, 0, w, f, ints, 0, 3, 3));
    refused(() -> code.row(y, 0, lanes, 6, exact, 1, 0, 1, w, 0, 0, 0, w, f, ints, 0, 3, 3));
    refused(() -> code.row(y, 0, lanes, 0, exact, 1, 0, 1, w, 0, 0, 0, w, f, ints, 0, 3, 3));
    refused(() -> code.row(y, 0, 1, 5, exact, 1, 0, 1, w, 0, 0, 0, w, f, ints, 0, 3, 3));
    refused(() -> code.row(y, 0, lanes, 5, exact, 2, 0, 1, w, 0, 0, 0, w, f, ints, 0, 3, 3));
    refused(() -> code.row(y, 0, lanes, 5, exact, 1, 0, 1, w, 1, 0, 0, w, f, ints, 0, 3, 3));
    refused(() ->
        code.row(y, 0, lanes, 5, exact, 1, 0, 1, w, 0, 0, span - lanes + 1, w, f, ints, 0, 3, 3));
    refused(() -> code.row(y, 0, lanes, 5, exact, 1, 0, 0, w, 0, 0, 0, w, f, ints, 0, 3, 3));
    refused(() -> code.row(y, 0, lanes, 5, exact, 1, 0, 1, w, 0, 0, 0, w, f, ints, f, 3, 3));
    refused(() -> code.row(y, 0, lanes, 5, exact, 1, 0, 1, w, 0, 0, 0, w, f, ints, 0, -1, 3));
    float[] two = new float[2 * 9 * lanes];
    ints[ARGUMENTS] = span;
    refused(() ->
        code.row(
            new float[10 * lanes],
            0,
            2 * lanes,
            5,
            new float[2 * span],
            1,
            -span,
            2,
            two,
            0,
            9 * lanes,
            0,
            two,
            f,
            ints,
            0,
            1,
            3));
    ints[ARGUMENTS] = 0;
    ints[ARGUMENTS + 2] = 1;
    refused(() -> code.row(y, 0, lanes, 5, exact, 1, 0, 1, w, 0, 0, 0, w, f, ints, 0, 3, 3));
    ints[ARGUMENTS + 2] = 0;
    refused(() -> code.row(y, 0, lanes, 5, exact, 1, 0, 1, w, 0, 0, 0, w, f + 1, ints, 0, 3, 3));
    refused(
        () -> code.row(y, 0, lanes, 5, exact, 1, 0, 1, w, 0, 0, 0, w, ARGUMENTS, ints, 0, 3, 3));
    refused(() -> code.row(y, 0, lanes, 5, exact, 1, 0, 1, w, 0, 0, 0, w, 1, ints, 3, 0, 3));
    ints[ARGUMENTS + 2] = -1;
    refused(() -> code.row(y, 0, lanes, 5, exact, 1, 0, 1, w, 0, 0, 0, w, f, ints, 0, 3, 3));
  }

  @Property(tries = 2)
  void stagingThatLeavesAnArrayIsRefused(@ForAll boolean wide) {
    AssembledRows code = BothWidths.kernels(wide).rows();
    int lanes = BothWidths.lanes(wide);
    float[] ring = new float[3 * lanes];
    float[] x = new float[3 * lanes];
    float[] vectors = new float[5 * lanes];
    int[] ints = new int[ARGUMENTS];
    code.copy(ring, 0, 3 * lanes, x, 0, 3, lanes, 1, ints, 0);
    refused(() -> code.copy(ring, 1, 3 * lanes, x, 0, 3, lanes, 1, ints, 0));
    refused(() -> code.copy(ring, 0, 3 * lanes, x, 1, 3, lanes, 1, ints, 0));
    refused(() -> code.copy(ring, 0, 3 * lanes, x, 0, 4, lanes, 1, ints, 0));
    refused(() -> code.copy(ring, 0, 3 * lanes, x, 0, 0, lanes, 1, ints, 0));
    refused(() -> code.copy(ring, 0, 3 * lanes, x, 0, 3, lanes, 0, ints, 0));
    refused(() -> code.copy(ring, 0, 3 * lanes, x, 0, 3, lanes, 1, ints, 1));
    code.normalise(ring, 0, 0, x, 0, 3, lanes, 1, vectors, 0, 4 * lanes, 0, 0, 6, 6, ints, 0);
    refused(() ->
        code.normalise(
            ring, 0, 0, x, 0, 3, lanes, 1, vectors, 0, 4 * lanes + 1, 0, 0, 6, 6, ints, 0));
    refused(() ->
        code.normalise(ring, 0, 0, x, 0, 3, lanes, 1, vectors, -1, 4 * lanes, 0, 0, 6, 6, ints, 0));
    hardSwish(code, ring, x, 0, vectors, 4 * lanes, ints);
    refused(() -> hardSwish(code, ring, x, 1, vectors, 4 * lanes, ints));
    refused(() -> hardSwish(code, ring, x, 0, vectors, 4 * lanes + 1, ints));
    refused(() -> hardSwish(code, ring, x, 0, vectors, -1, ints));
    gradient(code, ring, x, 0, vectors, 4 * lanes, ints);
    refused(() -> gradient(code, ring, x, 1, vectors, 4 * lanes, ints));
    refused(() -> gradient(code, ring, x, 0, vectors, 4 * lanes + 1, ints));
    hardSwishGradient(code, ring, x, 0, vectors, 4 * lanes, ints);
    refused(() -> hardSwishGradient(code, ring, x, 1, vectors, 4 * lanes, ints));
    refused(() -> hardSwishGradient(code, ring, x, 0, vectors, 4 * lanes + 1, ints));
  }

  private static void hardSwish(
      AssembledRows code, float[] ring, float[] x, int xAt, float[] vectors, int at, int[] ints) {
    int lanes = vectors.length / 5;
    code.hardSwish(ring, 0, 0, x, xAt, 3, lanes, 1, vectors, 0, at, ints, 0);
    code.hardSwish(ring, 0, 0, x, xAt, 3, lanes, 1, vectors, at, 0, ints, 0);
  }

  private static void hardSwishGradient(
      AssembledRows code, float[] ring, float[] x, int zAt, float[] vectors, int d, int[] ints) {
    int lanes = vectors.length / 5;
    code.hardSwishGradient(
        ring, 0, 0, x, 0, x, zAt, 3, lanes, 1, vectors, 0, lanes, 2 * lanes, 3 * lanes, d, ints, 0);
  }

  private static void gradient(
      AssembledRows code, float[] ring, float[] x, int zAt, float[] vectors, int d, int[] ints) {
    int lanes = vectors.length / 5;
    code.gradient(
        ring, 0, 0, x, 0, x, zAt, 3, lanes, 1, vectors, 0, lanes, 2 * lanes, 3 * lanes, d, 0, 6,
        ints, 0);
  }

  @Property(tries = 2)
  void aWeightsGradientThatLeavesAnArrayIsRefused(@ForAll boolean wide) {
    AssembledRows code = BothWidths.kernels(wide).rows();
    int lanes = BothWidths.lanes(wide);
    float[] ring = new float[5 * lanes];
    float[] partial = new float[9 * lanes];
    int f = 9 + ARGUMENTS;
    int[] ints = new int[f + Ahead.INTS];
    int l = lanes;
    code.nineWeights(partial, 0, ring, 1, 0, ring, 0, l, 0, 5, 1, ring, f, ints, 0, 9);
    refused(
        () -> code.nineWeights(partial, 1, ring, 1, 0, ring, 0, l, 0, 5, 1, ring, f, ints, 0, 9));
    refused(
        () -> code.nineWeights(partial, 0, ring, 1, 0, ring, 1, l, 0, 5, 1, ring, f, ints, 0, 9));
    refused(() ->
        code.nineWeights(partial, 0, ring, 1, 0, ring, 0, l + 1, 0, 5, 1, ring, f, ints, 0, 9));
    refused(() ->
        code.nineWeights(partial, 0, ring, 1, 0, ring, 4 * l, -l, 0, 5, 1, ring, f, ints, 0, 9));
    refused(
        () -> code.nineWeights(partial, 0, ring, 1, 0, ring, 0, l, -1, 5, 1, ring, f, ints, 0, 9));
    refused(
        () -> code.nineWeights(partial, 0, ring, 2, 0, ring, 0, l, 0, 5, 1, ring, f, ints, 0, 9));
    refused(
        () -> code.nineWeights(partial, 0, ring, 1, 0, ring, 0, l, 0, 0, 1, ring, f, ints, 0, 9));
    refused(
        () -> code.nineWeights(partial, 0, ring, 1, 0, ring, 0, l, 0, 5, 0, ring, f, ints, 0, 9));
    float[] less = new float[5 * l - 1];
    refused(
        () -> code.nineWeights(partial, 0, ring, 1, 0, less, 0, l, 0, 5, 1, ring, f, ints, 0, 9));
    float[] two = new float[18 * l];
    code.nineWeights(two, 0, ring, 1, 0, ring, 0, l, 0, 5, 2, ring, f, ints, 0, 9);
    refused(() -> code.nineWeights(two, 0, ring, 1, 0, ring, 0, l, 1, 5, 2, ring, f, ints, 0, 9));
    refused(
        () -> code.nineWeights(partial, 0, ring, 1, 0, ring, 0, l, 0, 5, 1, ring, f, ints, 0, f));
    refused(() ->
        code.nineWeights(partial, 0, ring, 1, 0, ring, 0, l, 0, 5, 1, ring, f + 1, ints, 0, 9));
    ints[8] = 1;
    refused(
        () -> code.nineWeights(partial, 0, ring, 1, 0, ring, 0, l, 0, 5, 1, ring, f, ints, 0, 9));
  }

  /** The arguments of a call on raw pixels, one of which a test spoils. */
  private static final class Raw {
    private final AssembledRows code;
    private final int lanes;
    private float[] y;
    private int yAt;
    private int columns = 5;
    private float[] x;
    private int pixelStep;
    private int step = 1;
    private int left = 1;
    private int width = 5;
    private int blocks = 1;
    private float[] w;
    private int wAt;
    private float[] zeros;
    private int zerosAt;
    private int bias;
    private int rows = 3;
    private int dzStep;
    private int dzBlockStep;
    private int at;
    private final int[] ints = new int[ARGUMENTS + 3];

    Raw(boolean wide) {
      code = BothWidths.kernels(wide).rows();
      lanes = BothWidths.lanes(wide);
      pixelStep = lanes;
      dzStep = lanes;
      y = new float[5 * lanes];
      x = new float[5 * lanes];
      w = new float[9 * lanes];
      zeros = new float[Math.max(code.rawZeros(5, 3, 1, lanes), code.rawWeightZeros(5, 1, lanes))];
      ints[ARGUMENTS] = -1;
    }

    void row() {
      code.rawRow(
          y, yAt, columns, x, pixelStep, step, left, width, blocks, w, wAt, 0, zeros, bias, zerosAt,
          0, ints, at, rows, 3);
    }

    void weights() {
      code.rawWeights(
          w,
          wAt,
          x,
          pixelStep,
          step,
          left,
          width,
          y,
          yAt,
          dzStep,
          dzBlockStep,
          columns,
          blocks,
          zeros,
          zerosAt,
          0,
          ints,
          at);
    }
  }

  private static void beginsInsideARow(Raw raw) {
    raw.left = -1;
    raw.width = 7;
    raw.x = new float[7 * raw.lanes];
  }

  private static void refusedRow(boolean wide, Consumer<Raw> spoil) {
    Raw raw = new Raw(wide);
    raw.row();
    spoil.accept(raw);
    refused(raw::row);
  }

  private static void refusedWeights(boolean wide, Consumer<Raw> spoil) {
    Raw raw = new Raw(wide);
    raw.weights();
    spoil.accept(raw);
    refused(raw::weights);
  }

  @Property(tries = 2)
  void rawPixelsThatLeaveAnArrayAreRefused(@ForAll boolean wide) {
    List<Consumer<Raw>> both =
        List.of(
            raw -> raw.yAt++,
            raw -> raw.y = new float[raw.y.length - 1],
            raw -> raw.x = new float[raw.x.length - 1],
            raw -> raw.pixelStep++,
            raw -> raw.pixelStep *= -1,
            raw -> raw.columns = 0,
            raw -> raw.columns++,
            raw -> raw.step = 2,
            AssembledRowsTest::beginsInsideARow,
            raw -> raw.left = 2,
            raw -> raw.width = 0,
            raw -> raw.width++,
            raw -> raw.width -= 2,
            raw -> raw.blocks = 0,
            raw -> raw.blocks++,
            raw -> raw.w = new float[raw.w.length - 1],
            raw -> raw.wAt++,
            raw -> raw.wAt--,
            raw -> raw.zerosAt = raw.zeros.length,
            raw -> raw.zerosAt = -1,
            raw -> raw.at++,
            raw -> raw.at--,
            raw -> raw.ints[ARGUMENTS] = -2,
            raw -> raw.ints[ARGUMENTS + 1] = 1);
    for (Consumer<Raw> spoil : both) {
      refusedRow(wide, spoil);
      refusedWeights(wide, spoil);
    }
    refusedRow(wide, raw -> raw.bias = raw.zeros.length - raw.lanes + 1);
    refusedRow(wide, raw -> raw.zerosAt = raw.zeros.length - 7 * raw.lanes + 1);
    refusedRow(wide, raw -> raw.rows = -1);
    refusedRow(wide, raw -> raw.rows = 4);
    refusedWeights(wide, raw -> raw.zerosAt = raw.zeros.length - 7 * raw.lanes + 1);
    refusedWeights(wide, raw -> raw.dzStep++);
    refusedWeights(wide, raw -> raw.dzStep *= -1);
    refusedWeights(wide, raw -> raw.dzBlockStep = -1);
    Raw even = new Raw(wide);
    assertThrows(
        IllegalArgumentException.class,
        () ->
            even.code.rawRow(
                even.y,
                0,
                5,
                even.x,
                even.lanes,
                1,
                1,
                5,
                1,
                even.w,
                0,
                0,
                even.zeros,
                0,
                0,
                0,
                even.ints,
                0,
                1,
                4));
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
