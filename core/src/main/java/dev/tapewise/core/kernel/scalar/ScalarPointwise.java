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
      float[] packed, int packedOffset, float[] w, int wOffset, int reduce, int columns) {
    System.arraycopy(w, wOffset, packed, packedOffset, reduce * columns);
  }

  @Override
  public void packTransposed(
      float[] packed, int packedOffset, float[] w, int wOffset, int reduce, int columns) {
    for (int r = 0; r < reduce; r++) {
      for (int c = 0; c < columns; c++) {
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
      Scratch scratch) {
    int mark = scratch.mark();
    int intMark = scratch.intMark();
    float[] buffer = scratch.floats();
    int xRow = scratch.take(k);
    for (int r = 0; r < rows; r++) {
      staging.rows(buffer, xRow, x, row + r, 1, k);
      forwardRaw(
          y,
          yOffset + r * n,
          buffer,
          xRow,
          1,
          k,
          n,
          packed,
          packedOffset,
          bias,
          biasOffset,
          scratch);
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
      if (bias == null) {
        Arrays.fill(y, yRow, yRow + n, 0f);
      } else {
        System.arraycopy(bias, biasOffset, y, yRow, n);
      }
      addProduct(y, yRow, x, xOffset + r * k, packed, packedOffset, k, n);
    }
  }

  /** {@code y [columns] += x [reduce] · b [reduce, columns]}. */
  private static void addProduct(
      float[] y, int yRow, float[] x, int xRow, float[] b, int bOffset, int reduce, int columns) {
    for (int i = 0; i < reduce; i++) {
      for (int j = 0; j < columns; j++) {
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
      Reading x,
      GradientReading dy,
      int row,
      int rows,
      int k,
      int n,
      float[] packedTransposed,
      int packedOffset,
      Scratch scratch) {
    int mark = scratch.mark();
    int intMark = scratch.intMark();
    float[] buffer = scratch.floats();
    int xRow = scratch.take(k);
    int dyRow = scratch.take(n);
    for (int r = 0; r < rows; r++) {
      staging.gradientRows(buffer, dyRow, dy, row + r, 1, n);
      if (dx != null) {
        int dxRow = dxOffset + r * k;
        if (!add) {
          Arrays.fill(dx, dxRow, dxRow + k, 0f);
        }
        addProduct(dx, dxRow, buffer, dyRow, packedTransposed, packedOffset, n, k);
      }
      if (partial != null) {
        staging.rows(buffer, xRow, x, row + r, 1, k);
        addWeightGradientRaw(partial, partialOffset, buffer, xRow, buffer, dyRow, 1, k, n, scratch);
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
      int xRow = xOffset + r * k;
      int dyRow = dyOffset + r * n;
      for (int i = 0; i < k; i++) {
        for (int j = 0; j < n; j++) {
          int at = partialOffset + i * n + j;
          partial[at] = Math.fma(x[xRow + i], dy[dyRow + j], partial[at]);
        }
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
