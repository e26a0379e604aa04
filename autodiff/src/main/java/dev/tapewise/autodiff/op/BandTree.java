package dev.tapewise.autodiff.op;

import dev.tapewise.core.geometry.RowBands;

/**
 * Combines pairs of per-channel sums of bands in double precision, in the fixed binary tree over
 * band numbers (neighbours first). A block of {@link #BLOCK} channels at a time; the stack of open
 * subtrees is preallocated, one for each block, as high as the most bands need it.
 */
final class BandTree {
  /** Channels of a block. */
  static final int BLOCK = 16;

  private final RowBands bands;
  private final int levels;
  private final double[] first;
  private final double[] second;
  private final long[] rows;

  /**
   * @param images the most images whose bands are combined
   */
  BandTree(RowBands bands, int channels, int images) {
    this.bands = bands;
    // one open subtree for each one bit of a number of bands, and the band that is being added
    this.levels = Integer.SIZE - Integer.numberOfLeadingZeros(bands.count(images)) + 1;
    int blocks = blocks(channels);
    this.first = new double[blocks * levels * BLOCK];
    this.second = new double[blocks * levels * BLOCK];
    this.rows = new long[blocks * levels];
  }

  static int blocks(int channels) {
    return (channels + BLOCK - 1) / BLOCK;
  }

  /**
   * Combines means and centred squares by the formula of Chan, Golub and LeVeque (1979, "Updating
   * formulae and a pairwise algorithm for computing sample variances", eq. 2.1).
   *
   * @return where the block's results start in {@link #first} (means) and {@link #second} (centred
   *     squares)
   */
  int moments(float[] data, int mean, int centred, int stride, int block, int channels, int batch) {
    return combine(data, mean, centred, stride, block, channels, batch, true);
  }

  /** Adds both sums; returns where the block's results start. */
  int sums(float[] data, int one, int two, int stride, int block, int channels, int batch) {
    return combine(data, one, two, stride, block, channels, batch, false);
  }

  double first(int index) {
    return first[index];
  }

  double second(int index) {
    return second[index];
  }

  private int combine(
      float[] data,
      int one,
      int two,
      int stride,
      int block,
      int channels,
      int batch,
      boolean moments) {
    int base = block * levels * BLOCK;
    int rowBase = block * levels;
    int from = block * BLOCK;
    int width = Math.min(BLOCK, channels - from);
    int count = bands.count(batch);
    int depth = 0;
    for (int band = 0; band < count; band++) {
      int at = base + depth * BLOCK;
      int source = band * stride + from;
      for (int c = 0; c < width; c++) {
        first[at + c] = data[one + source + c];
        second[at + c] = data[two + source + c];
      }
      int end = bands.start(band + 1, batch);
      rows[rowBase + depth] = end - (long) bands.start(band, batch);
      depth++;
      // one merge for every trailing one bit of the band number: subtrees of equal size meet
      for (int bits = band; (bits & 1) == 1; bits >>= 1) {
        depth--;
        merge(base + (depth - 1) * BLOCK, rowBase + depth - 1, width, moments);
      }
    }
    while (depth > 1) {
      depth--;
      merge(base + (depth - 1) * BLOCK, rowBase + depth - 1, width, moments);
    }
    return base;
  }

  private void merge(int left, int row, int width, boolean moments) {
    double a = rows[row];
    double b = rows[row + 1];
    double n = a + b;
    int right = left + BLOCK;
    if (moments) {
      double share = b / n;
      double weight = a * share;
      for (int c = 0; c < width; c++) {
        double delta = first[right + c] - first[left + c];
        first[left + c] += delta * share;
        second[left + c] += second[right + c] + delta * delta * weight;
      }
    } else {
      for (int c = 0; c < width; c++) {
        first[left + c] += first[right + c];
        second[left + c] += second[right + c];
      }
    }
    rows[row] = (long) n;
  }
}
