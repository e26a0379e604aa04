package dev.tapewise.nn.layer;

import dev.tapewise.autodiff.Var;

/**
 * Convolution (name 0), batch norm (1) and activation (2): torchvision's {@code
 * Conv2dNormActivation}.
 */
public final class ConvNormActivation implements Layer {
  private final Sequential layers;

  /** A convolution with PyTorch's batch norm behind it. */
  public ConvNormActivation(Conv2d conv, Activation activation) {
    this(conv, new BatchNorm(conv.out()), activation);
  }

  /** A convolution with a norm of its own. */
  public ConvNormActivation(Conv2d conv, BatchNorm norm, Activation activation) {
    this.layers = Sequential.of(conv, norm, activation);
  }

  @Override
  public Var apply(Var x) {
    return layers.apply(x);
  }
}
