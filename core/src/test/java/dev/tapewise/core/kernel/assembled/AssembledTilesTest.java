package dev.tapewise.core.kernel.assembled;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Assembled tiles against plain chains of fma, and the ranges that they refuse. */
final class AssembledTilesTest {
  private static final int BEFORE = 3;
  private static final int BEHIND = 5;
  private static final int[] NOTHING = new int[Ahead.INTS];

  @Property(tries = 600)
  void productsAreChainsOfFma(
      @ForAll boolean wide,
      @ForAll @IntRange(min = 1, max = 40) int rows,
      @ForAll @IntRange(min = 1, max = 20) int reduce,
      @ForAll @IntRange(max = 3) int gap,
      @ForAll @IntRange(min = 1, max = 80) int columns,
      @ForAll boolean add,
      @ForAll Random random) {
    int width = 2 * BothWidths.lanes(wide);
    int xStride = reduce + gap;
    AssembledTiles tiles = BothWidths.kernels(wide).tiles();
    Assume.that(tiles.writes(columns % width));
    int yStride = columns + gap;
    float[] x = floats(random, rows * xStride);
    float[] panels = panels(random, reduce, columns, width);
    float[] y = floats(random, rows * yStride);
    float[] expected = y.clone();
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        int at = BEFORE + r * yStride + c;
        float sum = add ? y[at] : 0f;
        int panel = BEFORE + c / width * reduce * width + c % width;
        for (int k = 0; k < reduce; k++) {
          sum = Math.fma(x[BEFORE + r * xStride + k], panels[panel + k * width], sum);
        }
        expected[at] = sum;
      }
    }
    tiles.product(
        y,
        BEFORE,
        yStride,
        x,
        BEFORE,
        xStride,
        panels,
        BEFORE,
        columns,
        rows,
        reduce,
        add,
        x,
        anything(random),
        BEFORE);
    assertArrayEquals(expected, y, 0f);
  }

  @Property(tries = 600)
  void productsOfBlocksAreTheSame(
      @ForAll boolean wide,
      @ForAll @IntRange(min = 1, max = 40) int rows,
      @ForAll @IntRange(min = 1, max = 70) int reduce,
      @ForAll @IntRange(max = 3) int gap,
      @ForAll @IntRange(min = 1, max = 80) int columns,
      @ForAll boolean add,
      @ForAll Random random) {
    int lanes = BothWidths.lanes(wide);
    int width = 2 * lanes;
    AssembledTiles tiles = BothWidths.kernels(wide).tiles();
    Assume.that(tiles.writes(columns % width));
    float[] x = floats(random, rows * reduce);
    int step = (rows + gap) * lanes;
    float[] blocks = blocks(x, rows, reduce, lanes, step);
    float[] panels = panels(random, reduce, columns, width);
    float[] y = floats(random, rows * columns);
    float[] expected = y.clone();
    tiles.product(
        expected, 0, columns, x, BEFORE, reduce, panels, 0, columns, rows, reduce, add, x, NOTHING,
        0);
    tiles.productOfBlocks(
        y,
        0,
        columns,
        blocks,
        BEFORE,
        step,
        panels,
        0,
        columns,
        rows,
        reduce,
        add,
        x,
        anything(random),
        BEFORE);
    assertArrayEquals(expected, y, 0f);
  }

  /** Panels {@code [reduce, width]} of so many columns. */
  private static float[] panels(Random random, int reduce, int columns, int width) {
    return floats(random, Math.ceilDiv(columns, width) * reduce * width);
  }

  /** Ints by which places inside and far outside an array are fetched. */
  private static int[] anything(Random random) {
    int[] ints = new int[BEFORE + Ahead.INTS];
    int first = random.nextBoolean() ? random.nextInt() : random.nextInt(100);
    Ahead.stretches(ints, BEFORE, first, random.nextInt(), random.nextInt(2000), 100);
    return ints;
  }

  @Property(tries = 200)
  void callsFetchEvenlyWhatTheyAreGiven(
      @ForAll boolean wide,
      @ForAll @IntRange(min = 1, max = 40) int rows,
      @ForAll @IntRange(min = 4, max = 40) int reduce,
      @ForAll @IntRange(min = 1, max = 5) int panels,
      @ForAll @IntRange(min = 1, max = 5000) int floats) {
    AssembledTiles tiles = BothWidths.kernels(wide).tiles();
    int lanes = BothWidths.lanes(wide);
    int width = 2 * lanes;
    int columns = panels * width;
    float[] data = new float[Math.max(rows, columns) * Math.max(reduce, columns) + columns];
    int step = rows * lanes;
    float[] blocks = new float[Math.ceilDiv(Math.max(reduce, columns), lanes) * step];
    int outer = Math.ceilDiv(reduce, 4) * 4;
    float[] partial = new float[outer * width];
    long products = 2 * tiles.turns(rows, columns, reduce);
    long turns = products + tiles.outerTurns(rows, outer);
    int[] ints = new int[Ahead.INTS];
    Ahead.stretches(ints, 0, 3, 5, floats, turns);
    tiles.product(
        data, 0, columns, data, 0, reduce, data, 0, columns, rows, reduce, false, data, ints, 0);
    tiles.productOfBlocks(
        data, 0, columns, blocks, 0, step, data, 0, columns, rows, reduce, false, data, ints, 0);
    tiles.outer(
        partial, 0, blocks, 0, step, blocks, 0, step, rows, outer, width, false, data, ints, 0);
    int fetched = ints[0] - 3;
    assertEquals(fetched, ints[1] - 5);
    assertTrue(fetched >= Math.min(floats, 16 * turns), fetched + " of " + floats);
    assertTrue(fetched < floats + turns, fetched + " of " + floats);
  }

  @Property(tries = 400)
  void outerProductsAreChainsOfFma(
      @ForAll boolean wide,
      @ForAll @IntRange(min = 1, max = 20) int rows,
      @ForAll @IntRange(min = 1, max = 20) int fours,
      @ForAll @IntRange(min = 1, max = 32) int valid,
      @ForAll @IntRange(max = 3) int gap,
      @ForAll boolean add,
      @ForAll Random random) {
    int lanes = BothWidths.lanes(wide);
    int width = 2 * lanes;
    int columns = 4 * fours;
    int summed = valid <= lanes ? lanes : width;
    float[] x = floats(random, rows * columns);
    float[] dy = floats(random, rows * summed);
    int step = (rows + gap) * lanes;
    float[] xBlocks = blocks(x, rows, columns, lanes, step);
    float[] dyBlocks = blocks(dy, rows, summed, lanes, step);
    float[] partial = floats(random, columns * width);
    float[] expected = partial.clone();
    if (!add) {
      Arrays.fill(expected, BEFORE, BEFORE + columns * width, 0f);
    }
    for (int i = 0; i < columns; i++) {
      for (int c = 0; c < summed; c++) {
        int at = BEFORE + i * width + c;
        for (int r = 0; r < rows; r++) {
          expected[at] =
              Math.fma(x[BEFORE + r * columns + i], dy[BEFORE + r * summed + c], expected[at]);
        }
      }
    }
    BothWidths.kernels(wide)
        .tiles()
        .outer(
            partial,
            BEFORE,
            xBlocks,
            BEFORE,
            step,
            dyBlocks,
            BEFORE,
            step,
            rows,
            columns,
            valid,
            add,
            x,
            anything(random),
            BEFORE);
    assertArrayEquals(expected, partial, 0f);
  }

  @Property(tries = 100)
  void transposesPutEveryElementInItsPlace(
      @ForAll boolean wide,
      @ForAll @IntRange(min = 1, max = 5) int vectors,
      @ForAll @IntRange(max = 3) int gap,
      @ForAll Random random) {
    int lanes = BothWidths.lanes(wide);
    int width = 2 * lanes;
    int columns = vectors * lanes;
    int stride = columns + gap;
    float[] x = floats(random, width * stride);
    float[] panel = floats(random, columns * width);
    float[] expected = panel.clone();
    for (int i = 0; i < columns; i++) {
      for (int j = 0; j < width; j++) {
        expected[BEFORE + i * width + j] = x[BEFORE + j * stride + i];
      }
    }
    BothWidths.kernels(wide).tiles().transpose(panel, BEFORE, x, BEFORE, stride, columns);
    assertArrayEquals(expected, panel, 0f);
  }

  /** Rows {@code [rows, columns]} as blocks of lanes, NaN where nothing lies. */
  private static float[] blocks(float[] x, int rows, int columns, int lanes, int step) {
    float[] blocks = new float[BEFORE + (columns + lanes - 1) / lanes * step];
    Arrays.fill(blocks, Float.NaN);
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        blocks[BEFORE + c / lanes * step + r * lanes + c % lanes] = x[BEFORE + r * columns + c];
      }
    }
    return blocks;
  }

  @Property(tries = 2)
  void rangesThatLeaveAnArrayAreRefused(@ForAll boolean wide) {
    AssembledTiles code = BothWidths.kernels(wide).tiles();
    int width = 2 * BothWidths.lanes(wide);
    int rows = 7;
    int reduce = 5;
    float[] x = new float[rows * reduce];
    float[] panel = new float[reduce * width];
    float[] y = new float[rows * width];
    code.product(y, 0, width, x, 0, reduce, panel, 0, width, rows, reduce, false, x, NOTHING, 0);
    refused(() ->
        code.product(
            y, 1, width, x, 0, reduce, panel, 0, width, rows, reduce, false, x, NOTHING, 0));
    refused(() ->
        code.product(
            y, 0, width, x, 1, reduce, panel, 0, width, rows, reduce, false, x, NOTHING, 0));
    refused(() ->
        code.product(
            y, 0, width, x, 0, reduce, panel, 1, width, rows, reduce, false, x, NOTHING, 0));
    refused(() ->
        code.product(
            y, 0, width, x, -1, reduce, panel, 0, width, rows, reduce, false, x, NOTHING, 0));
    refused(() ->
        code.product(y, 0, width, x, 0, 1, panel, 0, width, rows, reduce, false, x, NOTHING, 0));
    refused(() ->
        code.product(y, 0, width, x, 0, reduce, panel, 0, width, 0, reduce, false, x, NOTHING, 0));
    refused(() ->
        code.product(y, 0, width, x, 0, reduce, panel, 0, width, rows, 0, false, x, NOTHING, 0));
    int[] two = new int[2];
    refused(() ->
        code.product(y, 0, width, x, 0, reduce, panel, 0, width, rows, reduce, false, x, two, 0));
    refused(() ->
        code.product(y, 0, width, x, 0, reduce, panel, 0, 0, rows, reduce, false, x, NOTHING, 0));
    refused(() ->
        code.product(y, 0, width, x, 0, reduce, panel, 0, 40, rows, reduce, false, x, NOTHING, 0));
    int lanes = width / 2;
    int both = 2 * width;
    float[] y2 = new float[rows * both];
    float[] panels = new float[2 * reduce * width];
    float[] less = new float[2 * reduce * width - 1];
    for (int columns : new int[] {both, width + lanes}) {
      code.product(
          y2, 0, both, x, 0, reduce, panels, 0, columns, rows, reduce, false, x, NOTHING, 0);
      refused(() ->
          code.product(
              y2, 0, both, x, 0, reduce, less, 0, columns, rows, reduce, false, x, NOTHING, 0));
    }
    int step = rows * lanes;
    float[] blocks = new float[step];
    refused(() ->
        code.productOfBlocks(
            y, 0, width, blocks, 0, step, panel, 0, width, rows, reduce, false, x, two, 0));
    code.productOfBlocks(
        y, 0, width, blocks, 0, step, panel, 0, width, rows, reduce, false, x, NOTHING, 0);
    refused(() -> blocks(code, y, blocks, 1, step, panel, width, rows, reduce));
    refused(() -> blocks(code, y, blocks, 0, step, panel, width, rows + 1, reduce));
    refused(() -> blocks(code, y, blocks, 0, step, new float[99 * width], width, rows, lanes + 1));
    refused(() -> blocks(code, y, blocks, 0, step, panel, width, (1 << 28) + 1, reduce));
    float[] partial = new float[4 * width];
    refused(() ->
        code.outer(partial, 0, blocks, 0, step, blocks, 0, step, rows, 4, lanes, false, x, two, 0));
    code.outer(partial, 0, blocks, 0, step, blocks, 0, step, rows, 4, lanes, false, x, NOTHING, 0);
    refused(() ->
        code.outer(
            partial, 1, blocks, 0, step, blocks, 0, step, rows, 4, lanes, false, x, NOTHING, 0));
    refused(() ->
        code.outer(
            partial, 0, blocks, 1, step, blocks, 0, step, rows, 4, lanes, false, x, NOTHING, 0));
    refused(() ->
        code.outer(
            partial, 0, blocks, 0, step, blocks, 1, step, rows, 4, lanes, false, x, NOTHING, 0));
    refused(() ->
        code.outer(
            partial, 0, blocks, 0, step, blocks, 0, step, rows, 4, width, false, x, NOTHING, 0));
    refused(() ->
        code.outer(
            partial, 0, blocks, 0, step, blocks, 0, step, 0, 4, lanes, false, x, NOTHING, 0));
    refused(() ->
        code.outer(
            partial, 0, blocks, 0, step, blocks, 0, step, rows, 8, lanes, false, x, NOTHING, 0));
    refused(() ->
        code.outer(
            partial, 0, blocks, 0, step, blocks, 0, step, rows, 6, lanes, false, x, NOTHING, 0));
    int more = width + 4;
    float[] tall = new float[more * width];
    float[] threeBlocks = new float[2 * step + rows * lanes];
    code.outer(
        tall, 0, threeBlocks, 0, step, blocks, 0, step, rows, more, lanes, false, x, NOTHING, 0);
    refused(() ->
        code.outer(
            tall,
            1,
            threeBlocks,
            0,
            step,
            blocks,
            0,
            step,
            rows,
            more,
            lanes,
            false,
            x,
            NOTHING,
            0));
    refused(() ->
        code.outer(
            tall,
            0,
            threeBlocks,
            1,
            step,
            blocks,
            0,
            step,
            rows,
            more,
            lanes,
            false,
            x,
            NOTHING,
            0));
    float[] square = new float[width * width];
    float[] other = new float[width * width];
    code.transpose(other, 0, square, 0, width, width);
    refused(() -> code.transpose(other, 1, square, 0, width, width));
    refused(() -> code.transpose(other, 0, square, 1, width, width));
    refused(() -> code.transpose(other, 0, square, 0, width - 1, width));
    refused(() -> code.transpose(other, 0, square, 0, width, width - 1));
    refused(() -> code.transpose(other, 0, square, 0, width, 0));
  }

  private static void blocks(
      AssembledTiles code,
      float[] y,
      float[] x,
      int at,
      int step,
      float[] panel,
      int width,
      int rows,
      int reduce) {
    code.productOfBlocks(
        y, 0, width, x, at, step, panel, 0, width, rows, reduce, false, x, NOTHING, 0);
  }

  private static void refused(Runnable call) {
    assertThrows(IndexOutOfBoundsException.class, call::run);
  }

  private static float[] floats(Random random, int count) {
    float[] values = new float[BEFORE + count + BEHIND];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
