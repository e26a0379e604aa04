package dev.tapewise.core.kernel.scalar;

import dev.tapewise.core.Scratch;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Pointwise;
import dev.tapewise.core.kernel.Reading;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The definition of {@link Pointwise}: row by row, each staged first. Packed weights are plain
 * row-major matrices, a partial weight gradient is {@code [k, n]}.
 */
final class ScalarPointwise implements Pointwise {
  private final ScalarStaging staging = new ScalarStaging();

  @Override
  public int packedSize(int reduce, int columns) {
    return Math.multiplyExact(reduce, columns);
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
    for (int r = 0; r < reduce; r++) {
      int row = r * columns + from;
      System.arraycopy(w, wOffset + row, packed, packedOffset + row, to - from);
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
    for (int r = 0; r < reduce; r++) {
      for (int c = from; c < to; c++) {
        packed[packedOffset + r * columns + c] = w[wOffset + c * reduce + r];
      }
    }
  }

  @Override
  public int forwardScratch(int rows, int k, int n) {
    return Scratch.roundUp(k);
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
    int mark = scratch.mark();
    int intMark = scratch.intMark();
    float[] buffer = scratch.floats();
    int xRow = scratch.take(k);
    for (int r = 0; r < rows; r++) {
      staging.rows(buffer, xRow, x, row + r, 1, k);
      int yRow = yOffset + r * n;
      start(y, yRow, bias, biasOffset, from, to);
      addProduct(y, yRow, buffer, xRow, packed, packedOffset, k, n, from, to);
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
    for (int r = 0; r < rows; r++) {
      int yRow = yOffset + r * n;
      start(y, yRow, bias, biasOffset, 0, n);
      addProduct(y, yRow, x, xOffset + r * k, packed, packedOffset, k, n, 0, n);
    }
  }

  /** The bias, or zeros. */
  private static void start(
      float[] y, int yRow, float @Nullable [] bias, int biasOffset, int from, int to) {
    if (bias == null) {
      Arrays.fill(y, yRow + from, yRow + to, 0f);
    } else {
      System.arraycopy(bias, biasOffset + from, y, yRow + from, to - from);
    }
  }

  /** Columns of {@code y [columns] += x [reduce] · b [reduce, columns]}. */
  private static void addProduct(
      float[] y,
      int yRow,
      float[] x,
      int xRow,
      float[] b,
      int bOffset,
      int reduce,
      int columns,
      int from,
      int to) {
    for (int i = 0; i < reduce; i++) {
      for (int j = from; j < to; j++) {
        y[yRow + j] = Math.fma(x[xRow + i], b[bOffset + i * columns + j], y[yRow + j]);
      }
    }
  }

  @Override
  public int partialSize(int k, int n) {
    return Math.multiplyExact(k, n);
  }

  @Override
  public int backwardScratch(int rows, int k, int n) {
    return Math.addExact(Scratch.roundUp(k), Scratch.roundUp(n));
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
    int xRow = scratch.take(k);
    int dyRow = scratch.take(n);
    if (partial != null && !more) {
      Arrays.fill(partial, partialOffset + from * n, partialOffset + to * n, 0f);
    }
    for (int r = 0; r < rows; r++) {
      staging.gradientRows(buffer, dyRow, dy, row + r, 1, n);
      if (dx != null) {
        int dxRow = dxOffset + r * k;
        if (!add) {
          Arrays.fill(dx, dxRow + from, dxRow + to, 0f);
        }
        addProduct(dx, dxRow, buffer, dyRow, packedTransposed, packedOffset, n, k, from, to);
      }
      if (partial != null) {
        staging.rows(buffer, xRow, x, row + r, 1, k);
        addOuter(partial, partialOffset, buffer, xRow, buffer, dyRow, n, from, to);
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
    for (int r = 0; r < rows; r++) {
      addOuter(partial, partialOffset, x, xOffset + r * k, dy, dyOffset + r * n, n, 0, k);
    }
  }

  /** Rows of {@code partial [k, n] += x [k] · dy [n]}. */
  private static void addOuter(
      float[] partial,
      int partialOffset,
      float[] x,
      int xRow,
      float[] dy,
      int dyRow,
      int n,
      int from,
      int to) {
    for (int i = from; i < to; i++) {
      for (int j = 0; j < n; j++) {
        int at = partialOffset + i * n + j;
        partial[at] = Math.fma(x[xRow + i], dy[dyRow + j], partial[at]);
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
    for (int i = fromK * n; i < toK * n; i++) {
      float value = partial[partialOffset + i];
      dw[dwOffset + i] = add ? dw[dwOffset + i] + value : value;
    }
  }
}
