package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.BandStatistics;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.kernel.Statistics;

/** The statistics of an output, band by band, while its rows are still in cache. */
final class OutputMoments {
  private final Statistics kernel;
  private final Operand y;
  private final int channels;
  private final BandStatistics to;

  OutputMoments(Statistics kernel, Operand y, int channels, BandStatistics to) {
    this.kernel = kernel;
    this.y = y;
    this.channels = channels;
    this.to = to;
  }

  void gather(int band, int row, int rows) {
    int at = band * to.stride();
    kernel.moments(
        to.data(),
        to.mean() + at,
        to.data(),
        to.centred() + at,
        y.data(),
        y.offset() + row * channels,
        rows,
        channels);
  }
}
