package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.Scratch;
import dev.tapewise.core.kernel.Activation;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Pointwise;
import dev.tapewise.core.kernel.Reading;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * {@link Pointwise} by register tiles. Packed weights are panels {@code [ceil(columns /
 * WIDTH)][reduce][WIDTH]}, a partial weight gradient is {@code [ceil(n / WIDTH)][k rounded up to
 * 4][WIDTH]}, both zero in the columns that the last panel has too many.
 *
 * <p>Rows go in blocks that stay in the second-level cache. In a block, panels are the outer and
 * row tiles the inner loop, so that a panel stays in the first-level cache; a long reduction runs
 * in parts that continue through y.
 */
final class VectorPointwise implements Pointwise {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;
  private static final int WIDTH = Tiles.WIDTH;

  /** Floats of a block's rows of x and y. */
  static final int FORWARD_BLOCK = 48 * 1024;

  /** Floats of a block's packed rows of x and dy. */
  static final int BACKWARD_BLOCK = 64 * 1024;

  /** Rows of a tile. */
  private static final int TALL = 6;

  private static final int MAX_ROWS = 192;
  private static final int MIN_ROWS = 24;

  /** The longest reduction in one part: a panel of it takes half of a small first-level cache. */
  static final int MAX_REDUCE = 256;

  private final VectorStaging staging = new VectorStaging();

  @Override
  public int packedSize(int reduce, int columns) {
    return Math.multiplyExact(Panels.count(columns), Math.multiplyExact(reduce, WIDTH));
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
    int at = packedOffset + from * reduce;
    for (int first = from; first < to; first += WIDTH) {
      int valid = Math.min(WIDTH, columns - first);
      if (valid == WIDTH) {
        packPanel(packed, at, w, wOffset + first, reduce, columns);
        at += reduce * WIDTH;
        continue;
      }
      for (int i = 0; i < reduce; i++, at += WIDTH) {
        System.arraycopy(w, wOffset + i * columns + first, packed, at, valid);
        Arrays.fill(packed, at + valid, at + WIDTH, 0f);
      }
    }
  }

  /** A panel of whole vectors: rows far apart, of which a processor waits for many at a time. */
  private static void packPanel(
      float[] packed, int at, float[] w, int from, int reduce, int columns) {
    for (int i = 0; i < reduce; i++) {
      int row = from + i * columns;
      int to = at + i * WIDTH;
      FloatVector.fromArray(S, w, row).intoArray(packed, to);
      FloatVector.fromArray(S, w, row + L).intoArray(packed, to + L);
    }
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
    for (int first = from; first < to; first += WIDTH) {
      transposePanel(packed, at, w, wOffset, reduce, columns, first, 0);
      at += reduce * WIDTH;
    }
  }

  /** One panel of the transpose, the rows from {@code from} on. */
  static void transposePanel(
      float[] packed,
      int panel,
      float[] w,
      int wOffset,
      int reduce,
      int columns,
      int first,
      int from) {
    int valid = Math.min(WIDTH, columns - first);
    for (int i = from; i < reduce; i++) {
      int at = panel + i * WIDTH;
      int column = wOffset + first * reduce + i;
      for (int j = 0; j < valid; j++) {
        packed[at + j] = w[column + j * reduce];
      }
      Arrays.fill(packed, at + valid, at + WIDTH, 0f);
    }
  }

  /** The most rows of a block in any call of up to {@code rows} rows, for tiles so {@code tall}. */
  static int mostRows(int tall, int rows, int k, int n, int floats) {
    int most = Math.max(MIN_ROWS, Math.min(MAX_ROWS, floats / (k + n)) / tall * tall);
    return Math.min(most, Math.ceilDiv(rows, tall) * tall);
  }

  /**
   * Rows per block: the blocks of a call are equally high up to a multiple of a tile's rows, so
   * that none but the last has a tail of rows.
   */
  static int blockRows(int tall, int rows, int k, int n, int floats) {
    int blocks = Math.ceilDiv(rows, mostRows(tall, rows, k, n, floats));
    return Math.ceilDiv(Math.ceilDiv(rows, blocks), tall) * tall;
  }

  @Override
  public int forwardScratch(int rows, int k, int n) {
    int block = mostRows(TALL, rows, k, n, FORWARD_BLOCK);
    return Math.addExact(Scratch.roundUp(Math.multiplyExact(block, k)), block * WIDTH);
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
    if (x.isRaw()) {
      int xAt = x.offset() + row * k;
      raw(
          y,
          yOffset,
          x.data(),
          xAt,
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
    float[] buffer = scratch.floats();
    int block = blockRows(TALL, rows, k, n, FORWARD_BLOCK);
    int edge = scratch.take(block * WIDTH);
    int staged = scratch.take(block * k);
    boolean add = bias != null;
    for (int r = 0; r < rows; r += block) {
      int count = Math.min(block, rows - r);
      int yAt = yOffset + r * n;
      staging.rows(buffer, staged, x, row + r, count, k);
      start(y, yAt, bias, biasOffset, count, n, from, to);
      product(
          y, yAt, buffer, staged, packed, packedOffset, count, k, n, add, from, to, buffer, edge);
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
    raw(y, yOffset, x, xOffset, rows, k, n, packed, packedOffset, bias, biasOffset, 0, n, scratch);
  }

  private void raw(
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
    float[] buffer = scratch.floats();
    int block = blockRows(TALL, rows, k, n, FORWARD_BLOCK);
    int edge = scratch.take(block * WIDTH);
    boolean stage = readsMost(k, n);
    int staged = stage ? scratch.take(block * k) : 0;
    boolean add = bias != null;
    for (int r = 0; r < rows; r += block) {
      int count = Math.min(block, rows - r);
      int yAt = yOffset + r * n;
      float[] data = x;
      int xAt = xOffset + r * k;
      if (stage) {
        System.arraycopy(x, xAt, buffer, staged, count * k);
        data = buffer;
        xAt = staged;
      }
      start(y, yAt, bias, biasOffset, count, n, from, to);
      product(y, yAt, data, xAt, packed, packedOffset, count, k, n, add, from, to, buffer, edge);
    }
    scratch.release(mark, intMark);
  }

  /** Puts the bias, where there is one, into every row. */
  static void start(
      float[] y,
      int yOffset,
      float @Nullable [] bias,
      int biasOffset,
      int rows,
      int n,
      int from,
      int to) {
    if (bias != null) {
      for (int i = 0; i < rows; i++) {
        System.arraycopy(bias, biasOffset + from, y, yOffset + i * n + from, to - from);
      }
    }
  }

  /**
   * Whether reading x from memory is most of the work, as in 144→24. Then a raw x is copied to
   * scratch first: prefetch follows one stream, but not the six rows of a tile.
   */
  static boolean readsMost(int k, int n) {
    return n <= 32 && k >= 4 * n;
  }

  /**
   * {@code y (+)= x · b} for one block of rows and a range of columns; {@code edge} is room for a
   * panel's columns of the block.
   */
  private static void product(
      float[] y,
      int yOffset,
      float[] x,
      int xOffset,
      float[] b,
      int bOffset,
      int rows,
      int reduce,
      int columns,
      boolean add,
      int from,
      int to,
      float[] buffer,
      int edge) {
    int panel = bOffset + from * reduce;
    int whole = to - to % WIDTH;
    for (int c = from; c < whole; c += WIDTH, panel += reduce * WIDTH) {
      panelProduct(y, yOffset + c, columns, x, xOffset, b, panel, rows, reduce, add);
    }
    int valid = to - whole;
    if (valid > 0) {
      // Tiles write whole panels: the last columns go by way of a buffer, since y has no room
      // behind them.
      if (add) {
        copyColumns(buffer, edge, WIDTH, y, yOffset + whole, columns, rows, valid);
      }
      panelProduct(buffer, edge, WIDTH, x, xOffset, b, panel, rows, reduce, add);
      copyColumns(y, yOffset + whole, columns, buffer, edge, WIDTH, rows, valid);
    }
  }

  /** One panel's columns of y, the reduction in equal parts. */
  private static void panelProduct(
      float[] y,
      int yOffset,
      int yStride,
      float[] x,
      int xOffset,
      float[] b,
      int panel,
      int rows,
      int reduce,
      boolean add) {
    int parts = (reduce + MAX_REDUCE - 1) / MAX_REDUCE;
    int part = (reduce + parts - 1) / parts;
    for (int i = 0; i < reduce; i += part) {
      int length = Math.min(part, reduce - i);
      int at = panel + i * WIDTH;
      boolean more = add || i > 0;
      tiles(y, yOffset, yStride, x, xOffset + i, reduce, b, at, rows, length, more);
    }
  }

  private static void tiles(
      float[] y,
      int yOffset,
      int yStride,
      float[] x,
      int xOffset,
      int xStride,
      float[] b,
      int panel,
      int rows,
      int reduce,
      boolean add) {
    int six = rows / TALL;
    if (add) {
      Tiles.add6(x, xOffset, xStride, b, panel, y, yOffset, yStride, reduce, six);
    } else {
      Tiles.write6(x, xOffset, xStride, b, panel, y, yOffset, yStride, reduce, six);
    }
    int r = six * TALL;
    if (r == rows) {
      return;
    }
    if (!add) {
      for (int i = r; i < rows; i++) {
        Arrays.fill(y, yOffset + i * yStride, yOffset + i * yStride + WIDTH, 0f);
      }
    }
    if (rows - r >= 4) {
      int from = xOffset + r * xStride;
      Tiles.add4(x, from, xStride, b, panel, y, yOffset + r * yStride, yStride, reduce);
      r += 4;
    }
    if (rows - r >= 2) {
      int from = xOffset + r * xStride;
      Tiles.add2(x, from, xStride, b, panel, y, yOffset + r * yStride, yStride, reduce);
      r += 2;
    }
    if (r < rows) {
      Tiles.add1(x, xOffset + r * xStride, b, panel, y, yOffset + r * yStride, reduce);
    }
  }

  static void copyColumns(
      float[] to,
      int toOffset,
      int toStride,
      float[] from,
      int fromOffset,
      int fromStride,
      int rows,
      int columns) {
    for (int r = 0; r < rows; r++) {
      System.arraycopy(from, fromOffset + r * fromStride, to, toOffset + r * toStride, columns);
    }
  }

  @Override
  public int partialSize(int k, int n) {
    return Math.multiplyExact(Panels.count(n), panelSize(k));
  }

  /** Floats of one panel of a partial weight gradient. */
  static int panelSize(int k) {
    return Math.multiplyExact((k + 3) / 4 * 4, WIDTH);
  }

  @Override
  public int backwardScratch(int rows, int k, int n) {
    int block = mostRows(TALL, rows, k, n, BACKWARD_BLOCK);
    int panels = Panels.count(k) + Panels.count(n) + 1;
    return Math.addExact(
        Scratch.roundUp(Math.multiplyExact(block, n)),
        Math.addExact(Math.multiplyExact(panels, Panels.stride(block)), 32));
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
    int block = blockRows(TALL, rows, k, n, BACKWARD_BLOCK);
    int stride = Panels.stride(block);
    int edge = scratch.take(block * WIDTH);
    int staged = dy.isRaw() ? 0 : scratch.take(block * n);
    int dyPanels = partial == null ? 0 : scratch.take(Panels.count(n) * stride);
    int xPanels = partial == null ? 0 : scratch.take(Panels.count(k) * stride);
    if (partial != null && !more) {
      clearPartial(partial, partialOffset, k, n, from, to);
    }
    for (int r = 0; r < rows; r += block) {
      int first = row + r;
      int count = Math.min(block, rows - r);
      if (partial == null) {
        if (!dy.isRaw()) {
          staging.gradientRows(buffer, staged, dy, first, count, n);
        }
      } else {
        gradientPanels(buffer, staged, dyPanels, stride, dy, first, count, n);
      }
      if (dx != null) {
        float[] data = dy.isRaw() ? dy.data() : buffer;
        int dyAt = dy.isRaw() ? dy.offset() + first * n : staged;
        int dxAt = dxOffset + r * k;
        product(
            dx,
            dxAt,
            data,
            dyAt,
            packedTransposed,
            packedOffset,
            count,
            n,
            k,
            add,
            from,
            to,
            buffer,
            edge);
      }
      if (partial != null) {
        inputPanels(buffer, xPanels, stride, x, first, count, k, from, to);
        outer(partial, partialOffset, buffer, xPanels, dyPanels, stride, count, k, n, from, to);
      }
    }
    scratch.release(mark, intMark);
  }

  private static void clearPartial(
      float[] partial, int partialOffset, int k, int n, int from, int to) {
    int size = panelSize(k);
    int end = (to + 3) / 4 * 4;
    for (int p = 0; p < Panels.count(n); p++) {
      int panel = partialOffset + p * size;
      Arrays.fill(partial, panel + from * WIDTH, panel + end * WIDTH, 0f);
    }
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
    int block = blockRows(TALL, rows, k, n, BACKWARD_BLOCK);
    int stride = Panels.stride(block);
    int dyPanels = scratch.take(Panels.count(n) * stride);
    int xPanels = scratch.take(Panels.count(k) * stride);
    for (int r = 0; r < rows; r += block) {
      int count = Math.min(block, rows - r);
      Panels.copy(buffer, dyPanels, stride, dy, dyOffset + r * n, count, n);
      Panels.copy(buffer, xPanels, stride, x, xOffset + r * k, count, k);
      outer(partial, partialOffset, buffer, xPanels, dyPanels, stride, count, k, n, 0, k);
    }
    scratch.release(mark, intMark);
  }

  private static void gradientPanels(
      float[] buffer,
      int staged,
      int panels,
      int stride,
      GradientReading dy,
      int row,
      int rows,
      int n) {
    float[] coefficients = dy.coefficients();
    if (coefficients == null) {
      Panels.copy(buffer, panels, stride, dy.data(), dy.offset() + row * n, rows, n);
    } else if (dy.activation() instanceof Activation.Clamp clamp) {
      Panels.gradient(
          buffer, staged, buffer, panels, stride, dy, coefficients, clamp, row, rows, n);
    } else {
      HardSwishRows.rows(buffer, staged, dy, row * n, rows, n);
      Panels.copy(buffer, panels, stride, buffer, staged, rows, n);
    }
  }

  private static void inputPanels(
      float[] buffer,
      int panels,
      int stride,
      Reading x,
      int row,
      int rows,
      int k,
      int from,
      int to) {
    float[] coefficients = x.coefficients();
    if (coefficients == null) {
      Panels.copy(buffer, panels, stride, x.data(), x.offset() + row * k, rows, k, from, to);
    } else if (x.activation() instanceof Activation.Clamp clamp) {
      Panels.normalise(buffer, panels, stride, x, coefficients, clamp, row, rows, k, from, to);
    } else {
      Activation.Clamp none = Activation.NONE;
      Panels.normalise(buffer, panels, stride, x, coefficients, none, row, rows, k, from, to);
      Panels.hardSwish(buffer, panels, stride, rows, from, to);
    }
  }

  /** Rows of {@code partial += xᵀ · dy} for one block of rows in panels. */
  private static void outer(
      float[] partial,
      int partialOffset,
      float[] buffer,
      int xPanels,
      int dyPanels,
      int stride,
      int rows,
      int k,
      int n,
      int from,
      int to) {
    int size = panelSize(k);
    for (int p = 0; p < Panels.count(n); p++) {
      int dyPanel = dyPanels + p * stride;
      int panel = partialOffset + p * size;
      for (int i = from; i < to; i += WIDTH) {
        int xPanel = xPanels + i / WIDTH * stride;
        int tiles = (Math.min(WIDTH, k - i) + 3) / 4;
        int at = panel + i * WIDTH;
        Tiles.outer4(buffer, xPanel, buffer, dyPanel, partial, at, rows, tiles);
      }
    }
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
    int size = panelSize(k);
    for (int i = fromK; i < toK; i++) {
      int to = dwOffset + i * n;
      for (int c = 0; c < n; c += WIDTH) {
        int from = partialOffset + c / WIDTH * size + i * WIDTH;
        int valid = Math.min(WIDTH, n - c);
        if (add) {
          for (int j = 0; j < valid; j++) {
            dw[to + c + j] += partial[from + j];
          }
        } else {
          System.arraycopy(partial, from, dw, to + c, valid);
        }
      }
    }
  }
}
