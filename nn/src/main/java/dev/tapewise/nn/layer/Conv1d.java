package dev.tapewise.nn.layer;

import dev.tapewise.autodiff.Initializer;
import dev.tapewise.autodiff.Role;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.ConvOptions;

/**
 * Convolution of {@code [N, L, in]} to {@code [N, OL, out]}. Parameters: {@code weight} of {@code
 * [kernel, in / groups, out]} and, if wanted, {@code bias} of {@code [out]}, which starts at 0.
 *
 * @param in input channels
 * @param out output channels
 * @param kernel length of the window
 * @param options groups, and what is said about columns of stride, dilation and padding
 * @param bias whether a bias is added
 * @param initializer fills the weight
 */
public record Conv1d(
    int in, int out, int kernel, ConvOptions options, boolean bias, Initializer initializer)
    implements Layer {

  /** Checks that the groups divide the channels. */
  public Conv1d {
    ConvSizes.check(in, out, 1, kernel, options);
  }

  /** A convolution without bias; its weights start with variance 2 / fan-out. */
  public static Conv1d of(int in, int out, int kernel, ConvOptions options) {
    return new Conv1d(in, out, kernel, options, false, Initializer.heFanOut(options.groups()));
  }

  /** This convolution with a bias. */
  public Conv1d withBias() {
    return new Conv1d(in, out, kernel, options, true, initializer);
  }

  @Override
  public Var apply(Var x) {
    Tape tape = x.tape();
    Var weight =
        tape.parameter("weight", Shape.of(kernel, in / options.groups(), out), initializer);
    if (!bias) {
      return x.conv1d(weight, options);
    }
    Var offset = tape.parameter("bias", Shape.of(out), Role.BIAS, Initializer.constant(0));
    return x.conv1d(weight, offset, options);
  }
}
