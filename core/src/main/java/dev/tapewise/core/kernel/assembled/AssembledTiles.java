package dev.tapewise.core.kernel.assembled;

import dev.tapewise.core.kernel.assembled.TileCode.Rows;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Register tiles of matrix products in machine code that this process assembled, with the bits of
 * every other tile. The code checks nothing: all ranges are checked here, before each call.
 *
 * <p>A call takes heap arrays where they lie, and the collector waits until it ends: how much one
 * call is given to do is the caller's to bound. Once compiled it allocates nothing.
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
      List<MemorySegment> writeBlocks,
      List<MemorySegment> addBlocks) {
    static Products of(int lanes, int tallest, int vectors, boolean masked) {
      return new Products(
          load(lanes, tallest, vectors, masked, false, Rows.STRIDED),
          load(lanes, tallest, vectors, masked, true, Rows.STRIDED),
          load(lanes, tallest, vectors, masked, false, Rows.BLOCKS),
          load(lanes, tallest, vectors, masked, true, Rows.BLOCKS));
    }

    List<MemorySegment> form(boolean blocks, boolean adds) {
      if (blocks) {
        return adds ? addBlocks : writeBlocks;
      }
      return adds ? add : write;
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

  /** Turns of a product's loops. */
  public long turns(int rows, int columns, int reduce) {
    return (long) Math.ceilDiv(rows, tallest)
        * Math.ceilDiv(columns, width)
        * (reduce / TileCode.UNROLL);
  }

  /** Turns of the loops of one outer product. */
  public long outerTurns(int rows, int columns) {
    int tiles =
        columns / width * Math.ceilDiv(width, tallest) + Math.ceilDiv(columns % width, tallest);
    return (long) tiles * (rows / TileCode.UNROLL);
  }

  /**
   * {@code y [rows, columns] (+)= x [rows, reduce] · panels [reduce, width]}, strides in floats.
   *
   * @param columns those of panels that lie behind each other; the last one's must be such that
   *     {@link #writes} grants them: y has no others
   * @param add whether chains start from y
   * @param fetched what {@link Ahead} is about, with its ints from {@code ahead} on
   * @throws IndexOutOfBoundsException if a range leaves its array
   */
  public void product(
      float[] y,
      int yOffset,
      int yStride,
      float[] x,
      int xOffset,
      int xStride,
      float[] panels,
      int panelsOffset,
      int columns,
      int rows,
      int reduce,
      boolean add,
      float[] fetched,
      int[] ints,
      int ahead) {
    Ranges.checkRows(x, xOffset, xStride, rows, reduce);
    run(
        false,
        y,
        yOffset,
        yStride,
        x,
        xOffset,
        xStride,
        xStride,
        panels,
        panelsOffset,
        columns,
        rows,
        reduce,
        add,
        fetched,
        ints,
        ahead);
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
      float[] panels,
      int panelsOffset,
      int columns,
      int rows,
      int reduce,
      boolean add,
      float[] fetched,
      int[] ints,
      int ahead) {
    Ranges.checkRows(x, xOffset, blockStep, (reduce + lanes - 1) / lanes, (long) rows * lanes);
    run(
        true,
        y,
        yOffset,
        yStride,
        x,
        xOffset,
        blockStep,
        lanes,
        panels,
        panelsOffset,
        columns,
        rows,
        reduce,
        add,
        fetched,
        ints,
        ahead);
  }

  /** Whole panels at once, then the last one, if less of it is written. */
  private void run(
      boolean blocks,
      float[] y,
      int yOffset,
      int yStride,
      float[] x,
      int xOffset,
      int xStep,
      int xRow,
      float[] panels,
      int panelsOffset,
      int columns,
      int rows,
      int reduce,
      boolean add,
      float[] fetched,
      int[] ints,
      int ahead) {
    int whole = columns / width;
    int rest = columns - whole * width;
    long floats = (whole + (rest > 0 ? 1L : 0L)) * reduce * width;
    Ranges.checkRows(y, yOffset, yStride, rows, columns);
    Ranges.checkRows(panels, panelsOffset, 0, 1, floats);
    Objects.checkFromIndexSize(ahead, Ahead.INTS, ints.length);
    Products last = rest > 0 ? products(rest) : two;
    if (whole > 0) {
      tiles(
          two.form(blocks, add),
          y,
          yOffset,
          yStride,
          x,
          xOffset,
          xStep,
          xRow,
          panels,
          panelsOffset,
          whole,
          0,
          rows,
          reduce,
          fetched,
          ints,
          ahead);
    }
    if (rest > 0) {
      tiles(
          last.form(blocks, add),
          y,
          yOffset + whole * width,
          yStride,
          x,
          xOffset,
          xStep,
          xRow,
          panels,
          panelsOffset + whole * width * reduce,
          1,
          rest % lanes,
          rows,
          reduce,
          fetched,
          ints,
          ahead);
    }
  }

  /** Runs tiles below each other, {@code xRow} floats apart in x, for each of the panels. */
  private void tiles(
      List<MemorySegment> form,
      float[] y,
      int yOffset,
      int yStride,
      float[] x,
      int xOffset,
      int xStep,
      int xRow,
      float[] panels,
      int panelsOffset,
      int count,
      int tail,
      int rows,
      int reduce,
      float[] fetched,
      int[] ints,
      int ahead) {
    int tall = rows / tallest;
    for (int done = 0; done < rows; ) {
      int height = Math.min(tallest, rows - done);
      int below = height == tallest ? tall : 1;
      NativeCode.call(
          form.get(height - 1),
          x,
          xOffset + done * xRow,
          panels,
          panelsOffset,
          y,
          yOffset + done * yStride,
          fetched,
          Ahead.first(ints, ahead),
          NativeCode.bytes(xStep),
          NativeCode.bytes(yStride),
          reduce,
          below,
          count,
          (1L << tail) - 1,
          NativeCode.bytes(Ahead.step(ints, ahead)),
          NativeCode.bytes(Ahead.second(ints, ahead) - Ahead.first(ints, ahead)));
      Ahead.moveOn(ints, ahead, (long) below * count * (reduce / TileCode.UNROLL));
      done += below * height;
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

  /** Products of less than a whole panel. */
  private Products products(int columns) {
    if (columns == lanes) {
      return one;
    }
    Products masked = columns < lanes ? oneMasked : twoMasked;
    if (masked == null) {
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
   * @param fetched what {@link Ahead} is about, with its ints from {@code ahead} on
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
      boolean add,
      float[] fetched,
      int[] ints,
      int ahead) {
    int vectors = valid <= lanes ? 1 : 2;
    if (columns % FOUR != 0) {
      throw new IndexOutOfBoundsException(columns + " columns, which come in fours");
    }
    Ranges.checkRows(partial, partialOffset, width, columns, width);
    Ranges.checkRows(x, xOffset, xStep, Math.ceilDiv(columns, lanes), (long) rows * lanes);
    Ranges.checkRows(dy, dyOffset, dyStep, vectors, (long) rows * lanes);
    Objects.checkFromIndexSize(ahead, Ahead.INTS, ints.length);
    MemorySegment[] form = (add ? addOuter : writeOuter)[vectors - 1];
    int whole = columns / width;
    for (int done = 0; done < columns; ) {
      int turns = done == 0 && whole > 0 ? whole : 1;
      int wide = Math.min(width, columns - done);
      NativeCode.call(
          form[wide / FOUR - 1],
          x,
          xOffset + done / lanes * xStep,
          dy,
          dyOffset,
          partial,
          partialOffset + done * width,
          fetched,
          Ahead.first(ints, ahead),
          NativeCode.bytes(xStep),
          NativeCode.bytes(dyStep),
          rows,
          turns,
          0,
          0,
          NativeCode.bytes(Ahead.step(ints, ahead)),
          NativeCode.bytes(Ahead.second(ints, ahead) - Ahead.first(ints, ahead)));
      Ahead.moveOn(ints, ahead, outerTurns(rows, turns * wide));
      done += turns * wide;
    }
  }
}
