package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.BandGradientSums;
import dev.tapewise.core.kernel.Statistics;

/** The sums of one band of a finished gradient, while its rows are still in cache. */
final class GradientSums {
  private GradientSums() {}

  static void band(
      Statistics kernel, BandGradientSums sums, int band, int row, int rows, int channels) {
    kernel.gradientSums(
        sums.data(),
        sums.sum() + band * sums.stride(),
        sums.data(),
        sums.product() + band * sums.stride(),
        sums.gate(),
        sums.meanData(),
        sums.mean(),
        row,
        rows,
        channels);
  }
}
