package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.geometry.ConvGeometry;
import java.util.Arrays;

/**
 * Which taps meet which input pixels when gradients run back through a strided kernel. Pixels whose
 * row (with the top padding) has the same remainder by the stride meet the same kernel rows;
 * columns likewise. Taps are listed in decreasing order: output pixels in raster order.
 */
final class DepthwisePhases {
  private static final int L = Lanes.COUNT;

  /** Per row phase, the kernel rows. */
  final int[][] kernelRows;

  /**
   * Per column phase, where each of its kernel columns reads a ring row for the phase's first
   * pixel.
   */
  final int[][] offsets;

  /** Per row phase and column phase, the weights' places among the taps. */
  final int[][][] taps;

  /** Taps in the order in which the phases use them, phase by phase. */
  final int[] order;

  /** Per row phase and column phase, where its taps start in {@link #order}. */
  final int[][] starts;

  /** Whether every phase reads columns of the ring that lie side by side. */
  final boolean sideBySide;

  /** Per column phase, its first column of the image. */
  final int[] firstColumn;

  /** Per column phase, its columns in the image. */
  final int[] columns;

  /**
   * The phases of a geometry.
   *
   * @param left zero columns on the left of a ring row
   * @param flipped whether the weights were packed with taps in reverse
   */
  DepthwisePhases(ConvGeometry g, int left, boolean flipped) {
    int[][] kernelColumns = new int[g.strideWidth()][];
    kernelRows = new int[g.strideHeight()][];
    offsets = new int[g.strideWidth()][];
    firstColumn = new int[g.strideWidth()];
    columns = new int[g.strideWidth()];
    taps = new int[g.strideHeight()][g.strideWidth()][];
    for (int row = 0; row < g.strideHeight(); row++) {
      kernelRows[row] = met(row, g.kernelHeight(), g.strideHeight(), g.dilationHeight());
    }
    for (int column = 0; column < g.strideWidth(); column++) {
      int first = Math.floorMod(column - g.padLeft(), g.strideWidth());
      firstColumn[column] = first;
      columns[column] = first < g.width() ? (g.width() - 1 - first) / g.strideWidth() + 1 : 0;
      int[] met = met(column, g.kernelWidth(), g.strideWidth(), g.dilationWidth());
      kernelColumns[column] = met;
      offsets[column] = new int[met.length];
      for (int i = 0; i < met.length; i++) {
        int reach = first + g.padLeft() - met[i] * g.dilationWidth();
        offsets[column][i] = (left + reach / g.strideWidth()) * L;
      }
    }
    order = new int[g.taps()];
    starts = new int[g.strideHeight()][g.strideWidth()];
    int start = 0;
    for (int row = 0; row < g.strideHeight(); row++) {
      for (int column = 0; column < g.strideWidth(); column++) {
        int[] natural = taps(kernelRows[row], kernelColumns[column], g.kernelWidth());
        int last = g.taps() - 1;
        taps[row][column] =
            flipped ? Arrays.stream(natural).map(tap -> last - tap).toArray() : natural;
        starts[row][column] = start;
        System.arraycopy(natural, 0, order, start, natural.length);
        start += natural.length;
      }
    }
    boolean together = true;
    for (int[] offset : offsets) {
      for (int i = 1; i < offset.length; i++) {
        together &= offset[i] == offset[i - 1] + L;
      }
    }
    sideBySide = together;
  }

  private static int[] met(int phase, int kernel, int stride, int dilation) {
    int[] met = new int[kernel];
    int count = 0;
    for (int k = kernel - 1; k >= 0; k--) {
      if ((phase - k * dilation) % stride == 0) {
        met[count++] = k;
      }
    }
    return Arrays.copyOf(met, count);
  }

  private static int[] taps(int[] kernelRows, int[] kernelColumns, int kernelWidth) {
    int[] taps = new int[kernelRows.length * kernelColumns.length];
    int count = 0;
    for (int kh : kernelRows) {
      for (int kw : kernelColumns) {
        taps[count++] = kh * kernelWidth + kw;
      }
    }
    return taps;
  }
}
