package dev.tapewise.autodiff.op;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Pools in double precision, as their definitions read: a window is a list of rows and a list of
 * columns, those in the padding included.
 */
final class NaivePools {
  private NaivePools() {}

  /**
   * The elements of every window along one axis; those below 0 or from {@code size} on are padding.
   */
  static int[][] windows(
      int size, int window, int stride, int dilation, int before, int after, boolean ceilMode) {
    int room = size + before + after - dilation * (window - 1) - 1;
    int count = room / stride + 1;
    if (ceilMode && room % stride != 0 && count * stride < size + before) {
      count++;
    }
    int[][] windows = new int[count][];
    for (int o = 0; o < count; o++) {
      int start = o * stride - before;
      windows[o] = new int[window];
      for (int k = 0; k < window; k++) {
        windows[o][k] = start + k * dilation;
      }
      windows[o] = Arrays.stream(windows[o]).filter(e -> e < size + after).toArray();
    }
    return windows;
  }

  /** PyTorch's adaptive bins. */
  static int[][] bins(int size, int count) {
    int[][] bins = new int[count][];
    for (int o = 0; o < count; o++) {
      int from = (int) Math.floor((double) o * size / count);
      int to = (int) Math.ceil((o + 1.0) * size / count);
      bins[o] = IntStream.range(from, to).toArray();
    }
    return bins;
  }

  static double[] average(
      double[] x,
      int batch,
      int height,
      int width,
      int[][] rows,
      int[][] columns,
      boolean countPadding) {
    return pool(x, batch, height, width, rows, columns, countPadding, false);
  }

  static double[] max(double[] x, int batch, int height, int width, int[][] rows, int[][] columns) {
    return pool(x, batch, height, width, rows, columns, false, true);
  }

  private static double[] pool(
      double[] x,
      int batch,
      int height,
      int width,
      int[][] rows,
      int[][] columns,
      boolean countPadding,
      boolean max) {
    int channels = x.length / (batch * height * width);
    double[] y = new double[batch * rows.length * columns.length * channels];
    int out = 0;
    for (int n = 0; n < batch; n++) {
      for (int[] hs : rows) {
        for (int[] ws : columns) {
          for (int c = 0; c < channels; c++) {
            double sum = 0;
            double largest = Double.NEGATIVE_INFINITY;
            int inside = 0;
            for (int h : hs) {
              for (int w : ws) {
                if (h >= 0 && h < height && w >= 0 && w < width) {
                  double v = x[((n * height + h) * width + w) * channels + c];
                  sum += v;
                  largest = Math.max(largest, v);
                  inside++;
                }
              }
            }
            y[out++] = max ? largest : sum / (countPadding ? hs.length * ws.length : inside);
          }
        }
      }
    }
    return y;
  }
}
