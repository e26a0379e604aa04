package dev.tapewise.core.kernel.scalar;

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

/** The scalar twins, which define the bits. */
public final class ScalarKernels implements Kernels {
  private final Staging staging = new ScalarStaging();
  private final Statistics statistics = new ScalarStatistics();
  private final Combine combine = new ScalarCombine();
  private final Softmax softmax = new ScalarSoftmax();
  private final Pointwise pointwise = new ScalarPointwise();
  private final Elementwise elementwise = new ScalarElementwise();
  private final Arithmetic arithmetic = new ScalarArithmetic();
  private final Pool pool = new ScalarPool();
  private final ChannelNorm channelNorm = new ScalarChannelNorm();
  private final RowNorm rowNorm = new ScalarRowNorm();
  private final Resample resample = new ScalarResample();
  private final Update update = new ScalarUpdate();
  private final Peak peak = new ScalarPeak();

  /** One kernel of every family. */
  public ScalarKernels() {}

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
    return new ScalarConvolution(geometry);
  }

  @Override
  public Unary unary(UnaryFunction function) {
    return new ScalarUnary(function);
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
