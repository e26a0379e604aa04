package dev.tapewise.core.kernel.assembled;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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

  @Property(tries = 600)
  void productsAreChainsOfFma(
      @ForAll boolean wide,
      @ForAll @IntRange(min = 1, max = 40) int rows,
      @ForAll @IntRange(min = 1, max = 20) int reduce,
      @ForAll @IntRange(max = 3) int gap,
      @ForAll @IntRange(min = 1, max = 32) int most,
      @ForAll boolean add,
      @ForAll boolean fetch,
      @ForAll Random random) {
    int width = 2 * BothWidths.lanes(wide);
    int xStride = reduce + gap;
    int columns = Math.min(width, most);
    AssembledTiles tiles = BothWidths.kernels(wide).tiles();
    Assume.that(tiles.writes(columns));
    int yStride = columns + gap;
    float[] x = floats(random, rows * xStride);
    float[] panel = floats(random, reduce * width);
    float[] y = floats(random, rows * yStride);
    float[] expected = y.clone();
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        int at = BEFORE + r * yStride + c;
        float sum = add ? y[at] : 0f;
        for (int k = 0; k < reduce; k++) {
          sum = Math.fma(x[BEFORE + r * xStride + k], panel[BEFORE + k * width + c], sum);
        }
        expected[at] = sum;
      }
    }
    tiles.product(
        y, BEFORE, yStride, x, BEFORE, xStride, panel, BEFORE, columns, rows, reduce, add, fetch);
    assertArrayEquals(expected, y, 0f);
  }

  @Property(tries = 600)
  void productsOfBlocksAreTheSame(
      @ForAll boolean wide,
      @ForAll @IntRange(min = 1, max = 40) int rows,
      @ForAll @IntRange(min = 1, max = 70) int reduce,
      @ForAll @IntRange(max = 3) int gap,
      @ForAll @IntRange(min = 1, max = 32) int most,
      @ForAll boolean add,
      @ForAll Random random) {
    int lanes = BothWidths.lanes(wide);
    int width = 2 * lanes;
    int columns = Math.min(width, most);
    AssembledTiles tiles = BothWidths.kernels(wide).tiles();
    Assume.that(tiles.writes(columns));
    float[] x = floats(random, rows * reduce);
    int step = (rows + gap) * lanes;
    float[] blocks = blocks(x, rows, reduce, lanes, step);
    float[] panel = floats(random, reduce * width);
    float[] y = floats(random, rows * columns);
    float[] expected = y.clone();
    tiles.product(
        expected, 0, columns, x, BEFORE, reduce, panel, 0, columns, rows, reduce, add, false);
    tiles.productOfBlocks(
        y, 0, columns, blocks, BEFORE, step, panel, 0, columns, rows, reduce, add);
    assertArrayEquals(expected, y, 0f);
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
            partial, BEFORE, xBlocks, BEFORE, step, dyBlocks, BEFORE, step, rows, columns, valid,
            add);
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
    code.product(y, 0, width, x, 0, reduce, panel, 0, width, rows, reduce, false, false);
    refused(
        () -> code.product(y, 1, width, x, 0, reduce, panel, 0, width, rows, reduce, false, false));
    refused(
        () -> code.product(y, 0, width, x, 1, reduce, panel, 0, width, rows, reduce, false, false));
    refused(
        () -> code.product(y, 0, width, x, 0, reduce, panel, 1, width, rows, reduce, false, false));
    refused(() ->
        code.product(y, 0, width, x, -1, reduce, panel, 0, width, rows, reduce, false, false));
    refused(() -> code.product(y, 0, width, x, 0, 1, panel, 0, width, rows, reduce, false, false));
    refused(
        () -> code.product(y, 0, width, x, 0, reduce, panel, 0, width, 0, reduce, false, false));
    refused(() -> code.product(y, 0, width, x, 0, reduce, panel, 0, width, rows, 0, false, false));
    refused(() -> code.product(y, 0, width, x, 0, reduce, panel, 0, 0, rows, reduce, false, false));
    refused(
        () -> code.product(y, 0, width, x, 0, reduce, panel, 0, 40, rows, reduce, false, false));
    int lanes = width / 2;
    int step = rows * lanes;
    float[] blocks = new float[step];
    code.productOfBlocks(y, 0, width, blocks, 0, step, panel, 0, width, rows, reduce, false);
    refused(() -> blocks(code, y, blocks, 1, step, panel, width, rows, reduce));
    refused(() -> blocks(code, y, blocks, 0, step, panel, width, rows + 1, reduce));
    refused(() -> blocks(code, y, blocks, 0, step, new float[99 * width], width, rows, lanes + 1));
    refused(() -> blocks(code, y, blocks, 0, step, panel, width, (1 << 28) + 1, reduce));
    float[] partial = new float[4 * width];
    code.outer(partial, 0, blocks, 0, step, blocks, 0, step, rows, 4, lanes, false);
    refused(() -> code.outer(partial, 1, blocks, 0, step, blocks, 0, step, rows, 4, lanes, false));
    refused(() -> code.outer(partial, 0, blocks, 1, step, blocks, 0, step, rows, 4, lanes, false));
    refused(() -> code.outer(partial, 0, blocks, 0, step, blocks, 1, step, rows, 4, lanes, false));
    refused(() -> code.outer(partial, 0, blocks, 0, step, blocks, 0, step, rows, 4, width, false));
    refused(() -> code.outer(partial, 0, blocks, 0, step, blocks, 0, step, 0, 4, lanes, false));
    refused(() -> code.outer(partial, 0, blocks, 0, step, blocks, 0, step, rows, 8, lanes, false));
    refused(() -> code.outer(partial, 0, blocks, 0, step, blocks, 0, step, rows, 6, lanes, false));
    int more = width + 4;
    float[] tall = new float[more * width];
    float[] threeBlocks = new float[2 * step + rows * lanes];
    code.outer(tall, 0, threeBlocks, 0, step, blocks, 0, step, rows, more, lanes, false);
    refused(
        () -> code.outer(tall, 1, threeBlocks, 0, step, blocks, 0, step, rows, more, lanes, false));
    refused(
        () -> code.outer(tall, 0, threeBlocks, 1, step, blocks, 0, step, rows, more, lanes, false));
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
    code.productOfBlocks(y, 0, width, x, at, step, panel, 0, width, rows, reduce, false);
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
