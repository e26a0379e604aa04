package dev.tapewise.core.kernel.assembled;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Register tiles of matrix products in machine code that this process assembled, with the bits of
 * every other tile. The code checks nothing: all ranges are checked here, before each call.
 *
 * <p>A call takes heap arrays where they lie and runs some microseconds, in which the collector
 * waits. Once compiled it allocates nothing.
 */
public final class AssembledTiles {
  /** Outer products take columns of x in fours. */
  private static final int FOUR = 4;

  /** Floats in a row of a panel, and columns of a tile. */
  private final int width;

  /** The most rows of a product's tile. */
  private final int tallest;

  /** By the rows of the tile, from 1. */
  private final MemorySegment[] write;

  private final MemorySegment[] add;
  private final MemorySegment[] fetch;

  /** By the columns of x, from 4 in fours. */
  private final MemorySegment[] outer;

  AssembledTiles(int lanes) {
    width = 2 * lanes;
    tallest = TileCode.tallest(lanes);
    List<byte[]> routines = new ArrayList<>();
    for (int rows = 1; rows <= tallest; rows++) {
      routines.add(TileCode.product(lanes, rows, false, false));
      routines.add(TileCode.product(lanes, rows, true, false));
      routines.add(TileCode.product(lanes, rows, false, true));
    }
    for (int columns = FOUR; columns <= width; columns += FOUR) {
      routines.add(TileCode.outer(lanes, columns));
    }
    List<MemorySegment> code = NativeCode.load(routines);
    write = every(3, code.subList(0, 3 * tallest));
    add = every(3, code.subList(1, 3 * tallest));
    fetch = every(3, code.subList(2, 3 * tallest));
    outer = every(1, code.subList(3 * tallest, code.size()));
  }

  private static MemorySegment[] every(int step, List<MemorySegment> code) {
    MemorySegment[] some = new MemorySegment[(code.size() + step - 1) / step];
    Arrays.setAll(some, i -> code.get(i * step));
    return some;
  }

  /** The most rows of a tile: what a good number of rows is a multiple of. */
  public int tallest() {
    return tallest;
  }

  /**
   * {@code y [rows, width] (+)= x [rows, reduce] · panel [reduce, width]}, strides in floats.
   *
   * @param add whether chains start from y
   * @param fetch whether rows of x that follow each other in memory are fetched ahead, when chains
   *     start from 0
   * @throws IndexOutOfBoundsException if a range leaves its array
   */
  public void product(
      float[] y,
      int yOffset,
      int yStride,
      float[] x,
      int xOffset,
      int xStride,
      float[] panel,
      int panelOffset,
      int rows,
      int reduce,
      boolean add,
      boolean fetch) {
    checkRows(y, yOffset, yStride, rows, width);
    checkRows(x, xOffset, xStride, rows, reduce);
    checkRows(panel, panelOffset, width, reduce, width);
    MemorySegment[] form = add ? this.add : fetch ? this.fetch : write;
    long xBytes = NativeCode.bytes(xStride);
    long yBytes = NativeCode.bytes(yStride);
    int tall = rows / tallest;
    if (tall > 0) {
      MemorySegment code = form[tallest - 1];
      NativeCode.call(
          code, x, xOffset, panel, panelOffset, y, yOffset, xBytes, yBytes, reduce, tall);
    }
    int done = tall * tallest;
    if (done < rows) {
      MemorySegment code = form[rows - done - 1];
      int xAt = xOffset + done * xStride;
      int yAt = yOffset + done * yStride;
      NativeCode.call(code, x, xAt, panel, panelOffset, y, yAt, xBytes, yBytes, reduce, 1);
    }
  }

  /**
   * {@code partial [columns, width] += xPanelᵀ · dyPanel} over {@code rows} rows of two panels.
   *
   * @param columns a multiple of 4 up to width
   * @throws IndexOutOfBoundsException if a range leaves its array
   */
  public void outer(
      float[] partial,
      int partialOffset,
      float[] xPanel,
      int xOffset,
      float[] dyPanel,
      int dyOffset,
      int rows,
      int columns) {
    checkRows(partial, partialOffset, width, columns, width);
    checkRows(xPanel, xOffset, width, rows, width);
    checkRows(dyPanel, dyOffset, width, rows, width);
    MemorySegment code = outer[columns / FOUR - 1];
    NativeCode.call(
        code, xPanel, xOffset, dyPanel, dyOffset, partial, partialOffset, rows, 0, 0, 0);
  }

  /**
   * Checks {@code rows} rows of {@code length} floats; at least one row, since the code runs one.
   */
  private static void checkRows(float[] array, int offset, int stride, int rows, int length) {
    if (rows < 1 || stride < length) {
      throw new IndexOutOfBoundsException(
          "%d rows of %d floats, %d apart".formatted(rows, length, stride));
    }
    Objects.checkFromIndexSize(offset, (rows - 1L) * stride + length, array.length);
  }
}
