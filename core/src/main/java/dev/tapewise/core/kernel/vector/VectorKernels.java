package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.kernel.Arithmetic;
import dev.tapewise.core.kernel.ChannelNorm;
import dev.tapewise.core.kernel.Combine;
import dev.tapewise.core.kernel.Convolution;
import dev.tapewise.core.kernel.Elementwise;
import dev.tapewise.core.kernel.Kernels;
import dev.tapewise.core.kernel.Peak;
import dev.tapewise.core.kernel.Pointwise;
import dev.tapewise.core.kernel.Pool;
import dev.tapewise.core.kernel.Resample;
import dev.tapewise.core.kernel.RowNorm;
import dev.tapewise.core.kernel.Softmax;
import dev.tapewise.core.kernel.Staging;
import dev.tapewise.core.kernel.Statistics;
import dev.tapewise.core.kernel.Unary;
import dev.tapewise.core.kernel.UnaryFunction;
import dev.tapewise.core.kernel.Update;
import dev.tapewise.core.kernel.assembled.AssembledKernels;
import org.jspecify.annotations.Nullable;

/**
 * The kernels on the Vector API, at the one width of this process; products, depthwise and grouped
 * convolutions on assembled code where that is to be had.
 */
public final class VectorKernels implements Kernels {
  private final @Nullable AssembledKernels assembled =
      AssembledKernels.ifSupported(Lanes.COUNT).orElse(null);
  private final Staging staging = new VectorStaging();
  private final Statistics statistics =
      new VectorStatistics(assembled == null ? null : assembled.sums());
  private final Combine combine = new VectorCombine();
  private final Softmax softmax = new VectorSoftmax();
  private final Pointwise pointwise =
      assembled == null ? new VectorPointwise() : new AssembledPointwise(assembled);
  private final Elementwise elementwise = new VectorElementwise();
  private final Arithmetic arithmetic = new VectorArithmetic();
  private final Pool pool = new VectorPool();
  private final ChannelNorm channelNorm = new VectorChannelNorm();
  private final RowNorm rowNorm = new VectorRowNorm();
  private final Resample resample = new VectorResample();
  private final Update update = new VectorUpdate();
  private final Peak peak = new VectorPeak();

  /** One kernel of every family. */
  public VectorKernels() {}

  @Override
  public Staging staging() {
    return staging;
  }

  @Override
  public Statistics statistics() {
    return statistics;
  }

  @Override
  public Combine combine() {
    return combine;
  }

  @Override
  public Softmax softmax() {
    return softmax;
  }

  @Override
  public Pointwise pointwise() {
    return pointwise;
  }

  @Override
  public Convolution convolution(ConvGeometry geometry) {
    return VectorConvolutions.of(
        geometry, pointwise, staging, assembled == null ? null : assembled.rows());
  }

  @Override
  public Unary unary(UnaryFunction function) {
    return VectorUnary.of(function);
  }

  @Override
  public Elementwise elementwise() {
    return elementwise;
  }

  @Override
  public Arithmetic arithmetic() {
    return arithmetic;
  }

  @Override
  public Pool pool() {
    return pool;
  }

  @Override
  public ChannelNorm channelNorm() {
    return channelNorm;
  }

  @Override
  public RowNorm rowNorm() {
    return rowNorm;
  }

  @Override
  public Resample resample() {
    return resample;
  }

  @Override
  public Update update() {
    return update;
  }

  @Override
  public Peak peak() {
    return peak;
  }
}
