package dev.tapewise.nn.layer;

import dev.tapewise.autodiff.Initializer;
import dev.tapewise.autodiff.Role;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.ConvOptions;
import dev.tapewise.core.geometry.Padding;

/**
 * Convolution of {@code [N, H, W, in]} to {@code [N, OH, OW, out]}. Parameters: {@code weight} of
 * {@code [kernelHeight, kernelWidth, in / groups, out]} and, if wanted, {@code bias} of {@code
 * [out]}, which starts at 0.
 *
 * @param in input channels
 * @param out output channels
 * @param kernelHeight rows of the window
 * @param kernelWidth columns of the window
 * @param options stride, dilation, padding and groups
 * @param bias whether a bias is added
 * @param initializer fills the weight
 */
public record Conv2d(
    int in,
    int out,
    int kernelHeight,
    int kernelWidth,
    ConvOptions options,
    boolean bias,
    Initializer initializer)
    implements Layer {

  /** Checks that the groups divide the channels. */
  public Conv2d {
    ConvSizes.check(in, out, kernelHeight, kernelWidth, options);
  }

  /**
   * A convolution without bias. Its weights are drawn from a normal distribution of variance 2 /
   * fan-out, as torchvision's MobileNets are.
   */
  public static Conv2d of(int in, int out, int kernelHeight, int kernelWidth, ConvOptions options) {
    return new Conv2d(
        in, out, kernelHeight, kernelWidth, options, false, Initializer.heFanOut(options.groups()));
  }

  /** A dense convolution without bias, padded by {@code (kernel - 1) / 2} on all sides. */
  public static Conv2d dense(int in, int out, int kernel, int stride) {
    return of(in, out, kernel, kernel, around(kernel).withStride(stride));
  }

  /** A 1×1 convolution without bias. */
  public static Conv2d pointwise(int in, int out) {
    return dense(in, out, 1, 1);
  }

  /** One filter per channel, without bias; otherwise like {@link #dense}. */
  public static Conv2d depthwise(int channels, int kernel, int stride) {
    return of(
        channels, channels, kernel, kernel, around(kernel).withStride(stride).withGroups(channels));
  }

  private static ConvOptions around(int kernel) {
    return ConvOptions.padded(Padding.of((kernel - 1) / 2));
  }

  /** This convolution with other padding. */
  public Conv2d padded(Padding other) {
    return new Conv2d(
        in, out, kernelHeight, kernelWidth, options.withPadding(other), bias, initializer);
  }

  /** This convolution with a bias. */
  public Conv2d withBias() {
    return new Conv2d(in, out, kernelHeight, kernelWidth, options, true, initializer);
  }

  /** This convolution with weights that start otherwise. */
  public Conv2d initialized(Initializer other) {
    return new Conv2d(in, out, kernelHeight, kernelWidth, options, bias, other);
  }

  @Override
  public Var apply(Var x) {
    Tape tape = x.tape();
    Shape shape = Shape.of(kernelHeight, kernelWidth, in / options.groups(), out);
    Var weight = tape.parameter("weight", shape, initializer);
    if (!bias) {
      return x.conv2d(weight, options);
    }
    Var offset = tape.parameter("bias", Shape.of(out), Role.BIAS, Initializer.constant(0));
    return x.conv2d(weight, offset, options);
  }
}
