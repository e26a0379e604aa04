package dev.tapewise.nn.layer;

import dev.tapewise.autodiff.Initializer;
import dev.tapewise.autodiff.Role;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.ConvOptions;

/**
 * Transposed convolution of {@code [N, H, W, in]} to {@code [N, OH, OW, out]}. Parameters: {@code
 * weight} of {@code [kernelHeight, kernelWidth, out / groups, in]} and, if wanted, {@code bias} of
 * {@code [out]}, which starts at 0.
 *
 * @param in input channels
 * @param out output channels
 * @param kernelHeight rows of the window
 * @param kernelWidth columns of the window
 * @param options stride, dilation, padding, output padding and groups
 * @param bias whether a bias is added
 * @param initializer fills the weight
 */
public record TransposedConv2d(
    int in,
    int out,
    int kernelHeight,
    int kernelWidth,
    ConvOptions options,
    boolean bias,
    Initializer initializer)
    implements Layer {

  /** Checks that the groups divide the channels. */
  public TransposedConv2d {
    ConvSizes.check(in, out, kernelHeight, kernelWidth, options);
  }

  /**
   * A transposed convolution without bias. Its weights start with variance {@code 2 / (kernelHeight
   * * kernelWidth * in / groups)}.
   */
  public static TransposedConv2d of(
      int in, int out, int kernelHeight, int kernelWidth, ConvOptions options) {
    return new TransposedConv2d(
        in, out, kernelHeight, kernelWidth, options, false, Initializer.heFanOut(options.groups()));
  }

  /** This convolution with a bias. */
  public TransposedConv2d withBias() {
    return new TransposedConv2d(in, out, kernelHeight, kernelWidth, options, true, initializer);
  }

  @Override
  public Var apply(Var x) {
    Tape tape = x.tape();
    Shape shape = Shape.of(kernelHeight, kernelWidth, out / options.groups(), in);
    Var weight = tape.parameter("weight", shape, initializer);
    if (!bias) {
      return x.transposedConv2d(weight, options);
    }
    Var offset = tape.parameter("bias", Shape.of(out), Role.BIAS, Initializer.constant(0));
    return x.transposedConv2d(weight, offset, options);
  }
}
