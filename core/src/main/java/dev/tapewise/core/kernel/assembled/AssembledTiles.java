package dev.tapewise.core.kernel.assembled;

import dev.tapewise.core.kernel.assembled.TileCode.Rows;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

  private final int lanes;

  /** Floats in a row of a panel, and the most columns of a tile. */
  private final int width;

  /** The most rows of a product's tile. */
  private final int tallest;

  /** Whether a tile's last vector can be written in part. */
  private final boolean masks;

  /** Whole vectors of y: two of them, or one. */
  private final Products two;

  private final Products one;

  /** The same, the last vector in part. */
  private final @Nullable Products twoMasked;

  private final @Nullable Products oneMasked;

  /** Outer products, which write or add, by the vectors of dy and columns of x. */
  private final MemorySegment[][] writeOuter;

  private final MemorySegment[][] addOuter;

  private final MemorySegment transpose;

  /** Products of one width, each by the rows of the tile, from 1. */
  private record Products(
      List<MemorySegment> write,
      List<MemorySegment> add,
      List<MemorySegment> fetch,
      List<MemorySegment> writeBlocks,
      List<MemorySegment> addBlocks) {
    static Products of(int lanes, int tallest, int vectors, boolean masked) {
      return new Products(
          load(lanes, tallest, vectors, masked, false, Rows.STRIDED),
          load(lanes, tallest, vectors, masked, true, Rows.STRIDED),
          load(lanes, tallest, vectors, masked, false, Rows.FETCHED),
          load(lanes, tallest, vectors, masked, false, Rows.BLOCKS),
          load(lanes, tallest, vectors, masked, true, Rows.BLOCKS));
    }

    private static List<MemorySegment> load(
        int lanes, int tallest, int vectors, boolean masked, boolean add, Rows form) {
      List<byte[]> routines = new ArrayList<>();
      for (int rows = 1; rows <= tallest; rows++) {
        routines.add(TileCode.product(lanes, rows, vectors, masked, add, form));
      }
      return NativeCode.load(routines);
    }
  }

  AssembledTiles(int lanes) {
    this.lanes = lanes;
    width = 2 * lanes;
    Assembler asm = Assembler.of(lanes);
    tallest = TileCode.tallest(asm);
    masks = asm.masks();
    two = Products.of(lanes, tallest, 2, false);
    one = Products.of(lanes, tallest, 1, false);
    twoMasked = masks ? Products.of(lanes, tallest, 2, true) : null;
    oneMasked = masks ? Products.of(lanes, tallest, 1, true) : null;
    writeOuter = outer(lanes, false);
    addOuter = outer(lanes, true);
    transpose = NativeCode.load(List.of(TransposeCode.panel(lanes))).getFirst();
  }

  /** By the vectors of dy, from 1, and the columns of x, from 4 in fours. */
  private static MemorySegment[][] outer(int lanes, boolean add) {
    MemorySegment[][] outer = new MemorySegment[2][];
    for (int vectors = 1; vectors <= 2; vectors++) {
      List<byte[]> routines = new ArrayList<>();
      for (int columns = FOUR; columns <= 2 * lanes; columns += FOUR) {
        routines.add(TileCode.outer(lanes, columns, vectors, add));
      }
      outer[vectors - 1] = NativeCode.load(routines).toArray(MemorySegment[]::new);
    }
    return outer;
  }

  /** Whether {@link #product} can write so few columns of a panel. */
  public boolean writes(int columns) {
    return columns % lanes == 0 || masks;
  }

  /** The most rows of a tile: what a good number of rows is a multiple of. */
  public int tallest() {
    return tallest;
  }

  /**
   * {@code y [rows, columns] (+)= x [rows, reduce] · panel [reduce, width]}, strides in floats.
   *
   * @param columns 1 to width, those that {@link #writes} grants: y has no others
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
      int columns,
      int rows,
      int reduce,
      boolean add,
      boolean fetch) {
    Ranges.checkRows(x, xOffset, xStride, rows, reduce);
    Products products = products(columns);
    run(
        add ? products.add : fetch ? products.fetch : products.write,
        y,
        yOffset,
        yStride,
        x,
        xOffset,
        xStride,
        xStride,
        panel,
        panelOffset,
        columns,
        rows,
        reduce);
  }

  /**
   * The same with x in blocks {@code [reduce / lanes][row][lane]}, {@code blockStep} floats apart.
   *
   * @throws IndexOutOfBoundsException if a range leaves its array
   */
  public void productOfBlocks(
      float[] y,
      int yOffset,
      int yStride,
      float[] x,
      int xOffset,
      int blockStep,
      float[] panel,
      int panelOffset,
      int columns,
      int rows,
      int reduce,
      boolean add) {
    Ranges.checkRows(x, xOffset, blockStep, (reduce + lanes - 1) / lanes, (long) rows * lanes);
    Products products = products(columns);
    run(
        add ? products.addBlocks : products.writeBlocks,
        y,
        yOffset,
        yStride,
        x,
        xOffset,
        blockStep,
        lanes,
        panel,
        panelOffset,
        columns,
        rows,
        reduce);
  }

  /** Runs tiles below each other, {@code xRow} floats apart in x. */
  private void run(
      List<MemorySegment> form,
      float[] y,
      int yOffset,
      int yStride,
      float[] x,
      int xOffset,
      int xStep,
      int xRow,
      float[] panel,
      int panelOffset,
      int columns,
      int rows,
      int reduce) {
    Ranges.checkRows(y, yOffset, yStride, rows, columns);
    Ranges.checkRows(panel, panelOffset, width, reduce, width);
    int tail = columns % lanes;
    long mask = (1L << tail) - 1;
    long xBytes = NativeCode.bytes(xStep);
    long yBytes = NativeCode.bytes(yStride);
    int tall = rows / tallest;
    if (tall > 0) {
      MemorySegment code = form.get(tallest - 1);
      NativeCode.call(
          code, x, xOffset, panel, panelOffset, y, yOffset, xBytes, yBytes, reduce, tall, mask);
    }
    int done = tall * tallest;
    if (done < rows) {
      MemorySegment code = form.get(rows - done - 1);
      int xAt = xOffset + done * xRow;
      int yAt = yOffset + done * yStride;
      NativeCode.call(code, x, xAt, panel, panelOffset, y, yAt, xBytes, yBytes, reduce, 1, mask);
    }
  }

  /**
   * {@code panel [columns, width]} becomes the transpose of {@code x [width, columns]}, whose rows
   * lie {@code xStride} floats apart.
   *
   * @param columns a multiple of the lanes
   * @throws IndexOutOfBoundsException if a range leaves its array
   */
  public void transpose(
      float[] panel, int panelOffset, float[] x, int xOffset, int xStride, int columns) {
    Ranges.checkRows(x, xOffset, xStride, width, columns);
    Ranges.checkRows(panel, panelOffset, width, columns, width);
    if (columns % lanes != 0) {
      throw new IndexOutOfBoundsException("%d columns by vectors of %d".formatted(columns, lanes));
    }
    long xBytes = NativeCode.bytes(xStride);
    NativeCode.call(
        transpose,
        x,
        xOffset,
        panel,
        panelOffset,
        panel,
        panelOffset,
        xBytes,
        columns / lanes,
        0,
        0,
        0);
  }

  private Products products(int columns) {
    if (columns < 1 || columns > width) {
      throw new IndexOutOfBoundsException("%d columns of a panel of %d".formatted(columns, width));
    }
    boolean narrow = columns <= lanes;
    Products whole = narrow ? one : two;
    Products masked = narrow ? oneMasked : twoMasked;
    if (columns % lanes == 0) {
      return whole;
    } else if (masked == null) {
      throw new IllegalArgumentException(
          "this processor does not write %d columns: ask writes()".formatted(columns));
    }
    return masked;
  }

  /**
   * {@code partial [columns, width] (+)= xᵀ · dy} over {@code rows} rows of blocks {@code
   * [row][lane]}.
   *
   * @param xStep floats from one block of x to the next
   * @param columns of x, a multiple of 4
   * @param valid columns of dy that count: with {@code lanes} or fewer it is one block, and the
   *     other half of partial stays as it is or becomes 0
   * @param add whether chains go on from partial
   * @throws IndexOutOfBoundsException if a range leaves its array
   */
  public void outer(
      float[] partial,
      int partialOffset,
      float[] x,
      int xOffset,
      int xStep,
      float[] dy,
      int dyOffset,
      int dyStep,
      int rows,
      int columns,
      int valid,
      boolean add) {
    int vectors = valid <= lanes ? 1 : 2;
    if (columns % FOUR != 0) {
      throw new IndexOutOfBoundsException(columns + " columns, which come in fours");
    }
    Ranges.checkRows(partial, partialOffset, width, columns, width);
    Ranges.checkRows(x, xOffset, xStep, Math.ceilDiv(columns, lanes), (long) rows * lanes);
    Ranges.checkRows(dy, dyOffset, dyStep, vectors, (long) rows * lanes);
    MemorySegment[] form = (add ? addOuter : writeOuter)[vectors - 1];
    long xBytes = NativeCode.bytes(xStep);
    long dyBytes = NativeCode.bytes(dyStep);
    int whole = columns / width;
    if (whole > 0) {
      MemorySegment code = form[width / FOUR - 1];
      NativeCode.call(
          code, x, xOffset, dy, dyOffset, partial, partialOffset, rows, xBytes, dyBytes, whole, 0);
    }
    int done = whole * width;
    if (done < columns) {
      MemorySegment code = form[(columns - done) / FOUR - 1];
      int xAt = xOffset + 2 * whole * xStep;
      int at = partialOffset + done * width;
      NativeCode.call(code, x, xAt, dy, dyOffset, partial, at, rows, xBytes, dyBytes, 1, 0);
    }
  }
}
