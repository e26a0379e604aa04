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
  /** Floats in a row of a panel, and columns of a tile. */
  public static final int WIDTH = TileCode.WIDTH;

  /** The most rows of a product's tile. */
  private static final int TALLEST = 6;

  /** Outer products take columns of x in fours. */
  private static final int FOUR = 4;

  /** By the rows of the tile, from 1. */
  private final MemorySegment[] write;

  private final MemorySegment[] add;
  private final MemorySegment[] fetch;

  /** By the columns of x, from 4 in fours. */
  private final MemorySegment[] outer;

  AssembledTiles() {
    List<byte[]> routines = new ArrayList<>();
    for (int rows = 1; rows <= TALLEST; rows++) {
      routines.add(TileCode.product(rows, false, false));
      routines.add(TileCode.product(rows, true, false));
      routines.add(TileCode.product(rows, false, true));
    }
    for (int columns = FOUR; columns <= WIDTH; columns += FOUR) {
      routines.add(TileCode.outer(columns));
    }
    List<MemorySegment> code = NativeCode.load(routines);
    write = every(3, code.subList(0, 3 * TALLEST));
    add = every(3, code.subList(1, 3 * TALLEST));
    fetch = every(3, code.subList(2, 3 * TALLEST));
    outer = every(1, code.subList(3 * TALLEST, code.size()));
  }

  private static MemorySegment[] every(int step, List<MemorySegment> code) {
    MemorySegment[] some = new MemorySegment[(code.size() + step - 1) / step];
    Arrays.setAll(some, i -> code.get(i * step));
    return some;
  }

  /**
   * {@code y [rows, WIDTH] (+)= x [rows, reduce] · panel [reduce, WIDTH]}, strides in floats.
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
    checkRows(y, yOffset, yStride, rows, WIDTH);
    checkRows(x, xOffset, xStride, rows, reduce);
    checkRows(panel, panelOffset, WIDTH, reduce, WIDTH);
    MemorySegment[] form = add ? this.add : fetch ? this.fetch : write;
    long xBytes = NativeCode.bytes(xStride);
    long yBytes = NativeCode.bytes(yStride);
    int tall = rows / TALLEST;
    if (tall > 0) {
      MemorySegment code = form[TALLEST - 1];
      NativeCode.call(
          code, x, xOffset, panel, panelOffset, y, yOffset, xBytes, yBytes, reduce, tall);
    }
    int done = tall * TALLEST;
    if (done < rows) {
      MemorySegment code = form[rows - done - 1];
      int xAt = xOffset + done * xStride;
      int yAt = yOffset + done * yStride;
      NativeCode.call(code, x, xAt, panel, panelOffset, y, yAt, xBytes, yBytes, reduce, 1);
    }
  }

  /**
   * {@code partial [columns, WIDTH] += xPanelᵀ · dyPanel} over {@code rows} rows of two panels.
   *
   * @param columns 4, 8, 12 or 16
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
    checkRows(partial, partialOffset, WIDTH, columns, WIDTH);
    checkRows(xPanel, xOffset, WIDTH, rows, WIDTH);
    checkRows(dyPanel, dyOffset, WIDTH, rows, WIDTH);
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
