package dev.tapewise.core.kernel.assembled;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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

  @Property(tries = 400)
  void outerProductsAreChainsOfFma(
      @ForAll boolean wide,
      @ForAll @IntRange(min = 1, max = 20) int rows,
      @ForAll @IntRange(min = 1, max = 8) int fours,
      @ForAll @IntRange(min = 1, max = 32) int valid,
      @ForAll Random random) {
    int width = 2 * BothWidths.lanes(wide);
    int columns = Math.min(width, 4 * fours);
    float[] x = floats(random, rows * width);
    float[] dy = floats(random, rows * width);
    float[] partial = floats(random, columns * width);
    float[] expected = partial.clone();
    int summed = valid <= width / 2 ? width / 2 : width;
    for (int i = 0; i < columns; i++) {
      for (int c = 0; c < summed; c++) {
        int at = BEFORE + i * width + c;
        for (int r = 0; r < rows; r++) {
          int row = BEFORE + r * width;
          expected[at] = Math.fma(x[row + i], dy[row + c], expected[at]);
        }
      }
    }
    BothWidths.kernels(wide)
        .tiles()
        .outer(partial, BEFORE, x, BEFORE, dy, BEFORE, rows, columns, valid);
    assertArrayEquals(expected, partial, 0f);
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
    refused(() -> code.outer(y, 0, y, 0, y, 0, rows + 1, 4, width));
    refused(() -> code.outer(y, 0, y, 0, y, 0, rows, 8, width));
    refused(() -> code.outer(y, 0, y, 0, y, 0, 0, 4, width));
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
