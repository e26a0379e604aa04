package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.Scratch;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Pointwise;
import dev.tapewise.core.kernel.Reading;
import dev.tapewise.core.kernel.assembled.Ahead;
import dev.tapewise.core.kernel.assembled.AssembledKernels;
import dev.tapewise.core.kernel.assembled.AssembledTiles;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * {@link Pointwise} by assembled tiles. Packed weights and partial gradients lie as those of {@link
 * VectorPointwise}. What is read through norm or activation, and both operands of a weight
 * gradient, are staged as blocks {@code [channels / L][row][L]}: written once for both products,
 * read from cache lines next to each other, and fetched ahead while they are made. Other rows are
 * read where they lie, unless reading them is most of the work. Products, which need no memory by
 * themselves, fetch meanwhile what is staged or read next.
 */
final class AssembledPointwise implements Pointwise {
  private static final int L = Lanes.COUNT;
  private static final int WIDTH = Tiles.WIDTH;

  /**
   * Multiply-adds of a call at most: the collector waits for it, a tenth of a millisecond or two.
   */
  private static final int CALL = 1 << 23;

  private final VectorPointwise layout = new VectorPointwise();
  private final AssembledTiles tiles;
  private final BlockStaging staging;
  private final int tall;

  /**
   * Products by tiles of this process's width.
   *
   * @param assembled must be of {@link Lanes#COUNT} lanes
   */
  AssembledPointwise(AssembledKernels assembled) {
    tiles = assembled.tiles();
    staging = new BlockStaging(assembled.rows());
    tall = tiles.tallest();
  }

  @Override
  public int packedSize(int reduce, int columns) {
    return layout.packedSize(reduce, columns);
  }

  @Override
  public void pack(
      float[] packed,
      int packedOffset,
      float[] w,
      int wOffset,
      int reduce,
      int columns,
      int from,
      int to) {
    layout.pack(packed, packedOffset, w, wOffset, reduce, columns, from, to);
  }

  @Override
  public void packTransposed(
      float[] packed,
      int packedOffset,
      float[] w,
      int wOffset,
      int reduce,
      int columns,
      int from,
      int to) {
    int at = packedOffset + from * reduce;
    for (int first = from; first < to; first += WIDTH, at += reduce * WIDTH) {
      int whole = columns - first < WIDTH ? 0 : reduce - reduce % L;
      if (whole > 0) {
        tiles.transpose(packed, at, w, wOffset + first * reduce, reduce, whole);
      }
      VectorPointwise.transposePanel(packed, at, w, wOffset, reduce, columns, first, whole);
    }
  }

  @Override
  public int partialSize(int k, int n) {
    return layout.partialSize(k, n);
  }

  @Override
  public void unpackPartial(
      float[] dw,
      int dwOffset,
      boolean add,
      float[] partial,
      int partialOffset,
      int k,
      int n,
      int fromK,
      int toK) {
    layout.unpackPartial(dw, dwOffset, add, partial, partialOffset, k, n, fromK, toK);
  }

  @Override
  public int scratchInts() {
    return Ahead.INTS + BlockStaging.scratchInts();
  }

  /**
   * Floats from one channel block of {@code rows} rows to the next: one row more than needed, so
   * that blocks of a power of two rows do not compete for the same lines of the cache.
   */
  private static int blockStep(int rows) {
    return (rows + 1) * L;
  }

  private static int blocksSize(int rows, int channels) {
    return Math.multiplyExact(Math.ceilDiv(channels, L), blockStep(rows));
  }

  /** Room for the columns of a panel that {@link AssembledTiles} cannot write to y, if need be. */
  private int edge(int block, int columns) {
    return tiles.writes(columns % WIDTH) ? 0 : block * WIDTH;
  }

  @Override
  public int forwardScratch(int rows, int k, int n) {
    int block = VectorPointwise.mostRows(tall, rows, k, n, VectorPointwise.FORWARD_BLOCK);
    return Math.addExact(Scratch.roundUp(blocksSize(block, k)), edge(block, n));
  }

  @Override
  public int backwardScratch(int rows, int k, int n) {
    int block = VectorPointwise.mostRows(tall, rows, k, n, VectorPointwise.BACKWARD_BLOCK);
    int both = Scratch.roundUp(blocksSize(block, k)) + Scratch.roundUp(blocksSize(block, n));
    return Math.addExact(both, edge(block, k));
  }

  @Override
  public void forward(
      float[] y,
      int yOffset,
      Reading x,
      int row,
      int rows,
      int k,
      int n,
      float[] packed,
      int packedOffset,
      float @Nullable [] bias,
      int biasOffset,
      int from,
      int to,
      Scratch scratch) {
    boolean stage = !x.isRaw() || VectorPointwise.readsMost(k, n);
    if (!stage) {
      int at = x.offset() + row * k;
      rows(
          y,
          yOffset,
          x.data(),
          at,
          rows,
          k,
          n,
          packed,
          packedOffset,
          bias,
          biasOffset,
          from,
          to,
          scratch);
      return;
    }
    int mark = scratch.mark();
    int intMark = scratch.intMark();
    int block = VectorPointwise.blockRows(tall, rows, k, n, VectorPointwise.FORWARD_BLOCK);
    int step = blockStep(block);
    int edge = scratch.take(edge(block, n));
    int staged = scratch.take(blocksSize(block, k));
    int ahead = scratch.takeInts(Ahead.INTS);
    for (int r = 0; r < rows; r += block) {
      int count = Math.min(block, rows - r);
      int yAt = yOffset + r * n;
      staging.stage(staged, step, x, (row + r) * k, count, k, scratch);
      VectorPointwise.start(y, yAt, bias, biasOffset, count, n, from, to);
      long turns = tiles.turns(count, to - from, k);
      Ahead.stretch(scratch.ints(), ahead, x.offset() + (row + r + count) * k, count * k, turns);
      product(
          y,
          yAt,
          n,
          scratch.floats(),
          staged,
          step,
          packed,
          packedOffset,
          count,
          k,
          bias != null,
          from,
          to,
          scratch.floats(),
          edge,
          x.data(),
          scratch.ints(),
          ahead);
    }
    scratch.release(mark, intMark);
  }

  @Override
  public void forwardRaw(
      float[] y,
      int yOffset,
      float[] x,
      int xOffset,
      int rows,
      int k,
      int n,
      float[] packed,
      int packedOffset,
      float @Nullable [] bias,
      int biasOffset,
      Scratch scratch) {
    rows(y, yOffset, x, xOffset, rows, k, n, packed, packedOffset, bias, biasOffset, 0, n, scratch);
  }

  /** A product of rows where they lie. */
  private void rows(
      float[] y,
      int yOffset,
      float[] x,
      int xOffset,
      int rows,
      int k,
      int n,
      float[] packed,
      int packedOffset,
      float @Nullable [] bias,
      int biasOffset,
      int from,
      int to,
      Scratch scratch) {
    int mark = scratch.mark();
    int intMark = scratch.intMark();
    int block = VectorPointwise.blockRows(tall, rows, k, n, VectorPointwise.FORWARD_BLOCK);
    int edge = scratch.take(edge(block, n));
    int ahead = scratch.takeInts(Ahead.INTS);
    for (int r = 0; r < rows; r += block) {
      int count = Math.min(block, rows - r);
      int yAt = yOffset + r * n;
      VectorPointwise.start(y, yAt, bias, biasOffset, count, n, from, to);
      long turns = tiles.turns(count, to - from, k);
      Ahead.stretch(scratch.ints(), ahead, xOffset + (r + count) * k, count * k, turns);
      product(
          y,
          yAt,
          n,
          x,
          xOffset + r * k,
          0,
          packed,
          packedOffset,
          count,
          k,
          bias != null,
          from,
          to,
          scratch.floats(),
          edge,
          x,
          scratch.ints(),
          ahead);
    }
    scratch.release(mark, intMark);
  }

  /**
   * {@code y (+)= x · b} for one block of rows and a range of columns.
   *
   * @param step floats from one channel block of x to the next, or 0 where x is row-major
   * @param edge room in {@code buffer} for a panel's columns of the block
   * @param fetched what is fetched meanwhile, as {@code ints} say from {@code ahead} on
   */
  private void product(
      float[] y,
      int yOffset,
      int yStride,
      float[] x,
      int xOffset,
      int step,
      float[] b,
      int bOffset,
      int rows,
      int reduce,
      boolean add,
      int from,
      int to,
      float[] buffer,
      int edge,
      float[] fetched,
      int[] ints,
      int ahead) {
    // Tiles write whole vectors, or parts with masks: otherwise the last columns go by way of a
    // buffer, since y has no room behind them.
    int last = (to - from) % WIDTH;
    int end = tiles.writes(last) ? to : to - last;
    int panels = bOffset + from * reduce;
    if (end > from) {
      int at = yOffset + from;
      panels(
          y,
          at,
          yStride,
          x,
          xOffset,
          step,
          b,
          panels,
          end - from,
          rows,
          reduce,
          add,
          fetched,
          ints,
          ahead);
    }
    if (end < to) {
      int at = yOffset + end;
      if (add) {
        VectorPointwise.copyColumns(buffer, edge, WIDTH, y, at, yStride, rows, last);
      }
      int panel = bOffset + end * reduce;
      panels(
          buffer, edge, WIDTH, x, xOffset, step, b, panel, WIDTH, rows, reduce, add, fetched, ints,
          ahead);
      VectorPointwise.copyColumns(y, at, yStride, buffer, edge, WIDTH, rows, last);
    }
  }

  /**
   * Columns of y: as many panels at once as a call may take, or, where the reduction takes several
   * parts of whole blocks, one after the other.
   */
  private void panels(
      float[] y,
      int yOffset,
      int yStride,
      float[] x,
      int xOffset,
      int step,
      float[] b,
      int bOffset,
      int columns,
      int rows,
      int reduce,
      boolean add,
      float[] fetched,
      int[] ints,
      int ahead) {
    int parts = Math.ceilDiv(reduce, VectorPointwise.MAX_REDUCE);
    int part = Math.ceilDiv(Math.ceilDiv(reduce, parts), L) * L;
    int work = (int) Math.min(columns, CALL / ((long) rows * reduce));
    int most = parts == 1 ? Math.max(WIDTH, work / WIDTH * WIDTH) : WIDTH;
    for (int c = 0; c < columns; c += most) {
      int wide = Math.min(most, columns - c);
      for (int i = 0; i < reduce; i += part) {
        int length = Math.min(part, reduce - i);
        int panel = bOffset + c * reduce + i * WIDTH;
        boolean more = add || i > 0;
        if (step == 0) {
          tiles.product(
              y,
              yOffset + c,
              yStride,
              x,
              xOffset + i,
              reduce,
              b,
              panel,
              wide,
              rows,
              length,
              more,
              fetched,
              ints,
              ahead);
        } else {
          tiles.productOfBlocks(
              y,
              yOffset + c,
              yStride,
              x,
              xOffset + i / L * step,
              step,
              b,
              panel,
              wide,
              rows,
              length,
              more,
              fetched,
              ints,
              ahead);
        }
      }
    }
  }

  @Override
  public void backward(
      float @Nullable [] dx,
      int dxOffset,
      boolean add,
      float @Nullable [] partial,
      int partialOffset,
      boolean more,
      Reading x,
      GradientReading dy,
      int row,
      int rows,
      int k,
      int n,
      float[] packedTransposed,
      int packedOffset,
      int from,
      int to,
      Scratch scratch) {
    int mark = scratch.mark();
    int intMark = scratch.intMark();
    float[] buffer = scratch.floats();
    int block = VectorPointwise.blockRows(tall, rows, k, n, VectorPointwise.BACKWARD_BLOCK);
    int step = blockStep(block);
    int edge = scratch.take(edge(block, k));
    int dyBlocks = scratch.take(blocksSize(block, n));
    int xBlocks = scratch.take(blocksSize(block, k));
    int[] ints = scratch.ints();
    int ahead = scratch.takeInts(Ahead.INTS);
    boolean stage = partial != null || !dy.isRaw();
    for (int r = 0; r < rows; r += block) {
      int first = row + r;
      int count = Math.min(block, rows - r);
      if (stage) {
        staging.stage(dyBlocks, step, dy, first * n, count, n, scratch);
      }
      if (dx != null) {
        long turns = tiles.turns(count, to - from, n);
        if (partial == null) {
          BlockStaging.ahead(ints, ahead, dy, (first + count) * n, count * n, turns);
        } else if (to - from == k) {
          Ahead.stretch(ints, ahead, x.offset() + first * k, count * k, turns);
        } else {
          Ahead.nothing(ints, ahead); // most of the rows is for others
        }
        float[] data = stage ? buffer : dy.data();
        int at = stage ? dyBlocks : dy.offset() + first * n;
        product(
            dx,
            dxOffset + r * k,
            k,
            data,
            at,
            stage ? step : 0,
            packedTransposed,
            packedOffset,
            count,
            n,
            add,
            from,
            to,
            buffer,
            edge,
            partial == null ? dy.data() : x.data(),
            ints,
            ahead);
      }
      if (partial != null) {
        staging.stage(xBlocks, step, x, first * k, count, k, from, to, scratch);
        boolean sum = more || r > 0;
        long turns = tiles.outerTurns(count, padded(to - from)) * Math.ceilDiv(n, WIDTH);
        BlockStaging.ahead(ints, ahead, dy, (first + count) * n, count * n, turns);
        outer(
            partial,
            partialOffset,
            sum,
            buffer,
            xBlocks,
            dyBlocks,
            step,
            count,
            k,
            n,
            from,
            to,
            dy.data(),
            ints,
            ahead);
      }
    }
    scratch.release(mark, intMark);
  }

  @Override
  public void addWeightGradientRaw(
      float[] partial,
      int partialOffset,
      float[] x,
      int xOffset,
      float[] dy,
      int dyOffset,
      int rows,
      int k,
      int n,
      Scratch scratch) {
    int mark = scratch.mark();
    int intMark = scratch.intMark();
    float[] buffer = scratch.floats();
    int block = VectorPointwise.blockRows(tall, rows, k, n, VectorPointwise.BACKWARD_BLOCK);
    int step = blockStep(block);
    int dyBlocks = scratch.take(blocksSize(block, n));
    int xBlocks = scratch.take(blocksSize(block, k));
    int ahead = scratch.takeInts(Ahead.INTS);
    Ahead.nothing(scratch.ints(), ahead);
    for (int r = 0; r < rows; r += block) {
      int count = Math.min(block, rows - r);
      staging.copy(dyBlocks, step, dy, dyOffset + r * n, count, n, scratch);
      staging.copy(xBlocks, step, x, xOffset + r * k, count, k, scratch);
      outer(
          partial,
          partialOffset,
          true,
          buffer,
          xBlocks,
          dyBlocks,
          step,
          count,
          k,
          n,
          0,
          k,
          dy,
          scratch.ints(),
          ahead);
    }
    scratch.release(mark, intMark);
  }

  /** Rows of {@code partial (+)= xᵀ · dy} for one block of rows. */
  private void outer(
      float[] partial,
      int partialOffset,
      boolean add,
      float[] buffer,
      int xBlocks,
      int dyBlocks,
      int step,
      int rows,
      int k,
      int n,
      int from,
      int to,
      float[] fetched,
      int[] ints,
      int ahead) {
    clearPadding(buffer, xBlocks, step, rows, k);
    clearPadding(buffer, dyBlocks, step, rows, n);
    int size = VectorPointwise.panelSize(k);
    int columns = padded(to - from);
    for (int c = 0; c < n; c += WIDTH) {
      tiles.outer(
          partial,
          partialOffset + c / WIDTH * size + from * WIDTH,
          buffer,
          xBlocks + from / L * step,
          step,
          buffer,
          dyBlocks + c / L * step,
          step,
          rows,
          columns,
          n - c,
          add,
          fetched,
          ints,
          ahead);
    }
  }

  /** Columns of x as outer products take them. */
  private static int padded(int columns) {
    return Math.ceilDiv(columns, 4) * 4;
  }

  /** Zeroes the lanes of the last block that no channel has, for the sums that they enter. */
  private static void clearPadding(float[] buffer, int blocks, int step, int rows, int channels) {
    int used = channels % L;
    if (used == 0) {
      return;
    }
    int last = blocks + channels / L * step;
    for (int r = 0; r < rows; r++) {
      Arrays.fill(buffer, last + r * L + used, last + (r + 1) * L, 0f);
    }
  }
}
