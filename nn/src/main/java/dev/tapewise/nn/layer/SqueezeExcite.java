package dev.tapewise.nn.layer;

import dev.tapewise.autodiff.Var;

/**
 * Squeeze and excitation (Hu et al. 2017, arXiv:1709.01507): {@code x ·
 * gate(fc2(activation(fc1(mean of x over pixels))))} for {@code [N, H, W, C]}, with 1×1
 * convolutions {@code fc1} and {@code fc2} that have biases, as torchvision has it.
 *
 * @param channels C
 * @param squeezed channels between the two convolutions
 * @param activation behind the first
 * @param gate behind the second
 */
public record SqueezeExcite(int channels, int squeezed, Activation activation, Activation gate)
    implements Layer {

  /** MobileNetV3's: ReLU and hard sigmoid. */
  public SqueezeExcite(int channels, int squeezed) {
    this(channels, squeezed, Activation.RELU, Activation.HARD_SIGMOID);
  }

  @Override
  public Var apply(Var x) {
    Var mean = x.mean(true, 1, 2);
    Var few = Conv2d.pointwise(channels, squeezed).withBias().applyUnder("fc1", mean);
    Var scale =
        Conv2d.pointwise(squeezed, channels).withBias().applyUnder("fc2", activation.apply(few));
    return x.mul(gate.apply(scale));
  }
}
