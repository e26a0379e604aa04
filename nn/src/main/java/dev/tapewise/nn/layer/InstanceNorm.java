package dev.tapewise.nn.layer;

import dev.tapewise.autodiff.Initializer;
import dev.tapewise.autodiff.Role;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.autodiff.op.GroupNorm;
import dev.tapewise.core.Shape;

/**
 * Instance norm, see {@link GroupNorm#instance}. Where it is affine, it has the parameters {@code
 * weight} (starts at 1) and {@code bias} (0), both {@code [channels]}.
 *
 * @param channels the last axis
 * @param epsilon added to the variance
 * @param affine whether there are parameters
 */
public record InstanceNorm(int channels, float epsilon, boolean affine) implements Layer {

  /** With PyTorch's defaults: epsilon 1e-5, no parameters. */
  public InstanceNorm(int channels) {
    this(channels, 1e-5f, false);
  }

  @Override
  public Var apply(Var x) {
    if (x.shape().axis(-1) != channels) {
      throw new IllegalArgumentException(
          "instance norm is for %d channels; x is %s".formatted(channels, x.shape()));
    }
    if (!affine) {
      return x.apply(GroupNorm.instance(false, epsilon));
    }
    Tape tape = x.tape();
    Shape shape = Shape.of(channels);
    Var scale = tape.parameter("weight", shape, Role.NORM, Initializer.constant(1));
    Var shift = tape.parameter("bias", shape, Role.NORM, Initializer.constant(0));
    return x.instanceNorm(scale, shift, epsilon);
  }
}
