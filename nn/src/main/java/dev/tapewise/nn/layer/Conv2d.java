package dev.tapewise.nn.layer;

import dev.tapewise.autodiff.Initializer;
import dev.tapewise.autodiff.Role;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.Padding;

/**
 * Convolution of {@code [N, H, W, in]} to {@code [N, OH, OW, out]}. Parameters: {@code weight} of
 * {@code [kernel, kernel, in / groups, out]} and, if wanted, {@code bias} of {@code [out]}, which
 * starts at 0.
 *
 * @param in input channels
 * @param out output channels
 * @param kernel rows and columns of the window
 * @param stride rows and columns from one output pixel to the next
 * @param padding zeros around the image
 * @param groups groups of channels that do not see each other; {@code in} for depthwise
 * @param bias whether a bias is added
 * @param initializer fills the weight
 */
public record Conv2d(
    int in,
    int out,
    int kernel,
    int stride,
    Padding padding,
    int groups,
    boolean bias,
    Initializer initializer)
    implements Layer {

  /** Checks that the groups divide the channels. */
  public Conv2d {
    if (in < 1 || out < 1 || kernel < 1 || stride < 1 || groups < 1) {
      throw new IllegalArgumentException(
          "a convolution needs sizes of at least 1: in=%d out=%d kernel=%d stride=%d groups=%d"
              .formatted(in, out, kernel, stride, groups));
    }
    if (in % groups != 0 || out % groups != 0) {
      throw new IllegalArgumentException(
          "%d input and %d output channels are not both divisible by groups=%d"
              .formatted(in, out, groups));
    }
  }

  /**
   * A dense convolution without bias, padded by {@code (kernel - 1) / 2} on all sides. Its weights
   * are drawn from a normal distribution of variance 2 / fan-out, as torchvision's MobileNets are.
   */
  public static Conv2d dense(int in, int out, int kernel, int stride) {
    return new Conv2d(in, out, kernel, stride, around(kernel), 1, false, Initializer.heFanOut(1));
  }

  /** A 1×1 convolution without bias. */
  public static Conv2d pointwise(int in, int out) {
    return dense(in, out, 1, 1);
  }

  /** One filter per channel, without bias; otherwise like {@link #dense}. */
  public static Conv2d depthwise(int channels, int kernel, int stride) {
    return new Conv2d(
        channels,
        channels,
        kernel,
        stride,
        around(kernel),
        channels,
        false,
        Initializer.heFanOut(channels));
  }

  private static Padding around(int kernel) {
    return Padding.of((kernel - 1) / 2);
  }

  /** This convolution with other padding. */
  public Conv2d padded(Padding other) {
    return new Conv2d(in, out, kernel, stride, other, groups, bias, initializer);
  }

  /** This convolution with a bias. */
  public Conv2d withBias() {
    return new Conv2d(in, out, kernel, stride, padding, groups, true, initializer);
  }

  /** This convolution with weights that start otherwise. */
  public Conv2d initialized(Initializer other) {
    return new Conv2d(in, out, kernel, stride, padding, groups, bias, other);
  }

  @Override
  public Var apply(Var x) {
    Tape tape = x.tape();
    Var weight = tape.parameter("weight", Shape.of(kernel, kernel, in / groups, out), initializer);
    if (!bias) {
      return x.conv2d(weight, stride, padding, groups);
    }
    Var offset = tape.parameter("bias", Shape.of(out), Role.BIAS, Initializer.constant(0));
    return x.conv2d(weight, offset, stride, padding, groups);
  }
}
