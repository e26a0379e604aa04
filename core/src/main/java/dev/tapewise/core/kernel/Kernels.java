package dev.tapewise.core.kernel;

import dev.tapewise.core.geometry.ConvGeometry;

/** One kernel of every family, from the scalar twins or from the Vector API. */
public interface Kernels {

  /** The kernels that this process uses: chosen once, see {@code Machine}. */
  static Kernels preferred() {
    return KernelsHolder.PREFERRED;
  }

  /** The scalar twins, which define the bits. */
  static Kernels scalar() {
    return KernelsHolder.SCALAR;
  }

  /** Passes of batch norm and activation. */
  Staging staging();

  /** Sums per channel. */
  Statistics statistics();

  /** Sums over chunks. */
  Combine combine();

  /** Softmax over rows. */
  Softmax softmax();

  /** Matrix products. */
  Pointwise pointwise();

  /** The convolution of one geometry, chosen by documented rules of shape. */
  Convolution convolution(ConvGeometry geometry);

  /** Passes of one function of each element. */
  Unary unary(UnaryFunction function);

  /** Passes element by element. */
  Elementwise elementwise();

  /** Sums, differences, products and quotients of rows, and sums over rows. */
  Arithmetic arithmetic();

  /** Pools. */
  Pool pool();

  /** Passes of group and instance norm. */
  ChannelNorm channelNorm();

  /** Passes of layer norm. */
  RowNorm rowNorm();

  /** Resized images. */
  Resample resample();

  /** Optimizer updates. */
  Update update();

  /** The most multiply-adds that the processor can do. */
  Peak peak();
}
