package dev.tapewise.nn.layer;

import dev.tapewise.autodiff.Var;

/**
 * The block of MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381, figure 4d): pointwise expansion
 * with norm and ReLU6, depthwise 3×3 with norm and ReLU6, linear pointwise projection with norm;
 * the input is added where stride and channels leave the shape alone. Names are torchvision's: all
 * stand under {@code conv}, and without expansion (hidden = in) the first one is left out.
 */
public final class InvertedResidual implements Layer {
  private final Layer layers;

  /**
   * A block.
   *
   * @param in input channels
   * @param hidden channels of the depthwise convolution
   * @param out output channels
   * @param stride of the depthwise convolution
   */
  public InvertedResidual(int in, int hidden, int out, int stride) {
    Sequential conv = Sequential.of();
    if (hidden != in) {
      conv = conv.then(new ConvNormActivation(Conv2d.pointwise(in, hidden), Activation.RELU6));
    }
    conv =
        conv.then(new ConvNormActivation(Conv2d.depthwise(hidden, 3, stride), Activation.RELU6))
            .then(Conv2d.pointwise(hidden, out))
            .then(new BatchNorm(out));
    Sequential body = Sequential.of().then("conv", conv);
    this.layers = stride == 1 && in == out ? Residual.around(body) : body;
  }

  @Override
  public Var apply(Var x) {
    return layers.apply(x);
  }
}
