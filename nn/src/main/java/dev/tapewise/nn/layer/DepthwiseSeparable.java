package dev.tapewise.nn.layer;

import dev.tapewise.autodiff.Var;
import dev.tapewise.core.geometry.Padding;

/**
 * Depthwise 3×3 (name 0), norm (1), activation (2), pointwise (3), norm (4), activation (5): the
 * block of MobileNetV1 (Howard et al. 2017, arXiv:1704.04861, figure 3).
 */
public final class DepthwiseSeparable implements Layer {
  private final Sequential layers;

  /**
   * A block.
   *
   * @param in input channels
   * @param out output channels
   * @param stride of the depthwise convolution
   * @param padding of the depthwise convolution
   * @param activation behind both norms
   */
  public DepthwiseSeparable(int in, int out, int stride, Padding padding, Activation activation) {
    this.layers =
        Sequential.of(
            Conv2d.depthwise(in, 3, stride).padded(padding),
            new BatchNorm(in),
            activation,
            Conv2d.pointwise(in, out),
            new BatchNorm(out),
            activation);
  }

  @Override
  public Var apply(Var x) {
    return layers.apply(x);
  }
}
