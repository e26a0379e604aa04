package dev.tapewise.nn.layer;

import dev.tapewise.autodiff.Initializer;
import dev.tapewise.autodiff.Role;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;

/**
 * Layer norm over the channels of each pixel, as in ConvNeXt, see {@link
 * dev.tapewise.autodiff.op.LayerNorm}; over more axes it is there as an op. Parameters, both {@code
 * [channels]}: {@code weight} (starts at 1) and {@code bias} (0).
 *
 * @param channels the last axis
 * @param epsilon added to the variance
 */
public record LayerNorm(int channels, float epsilon) implements Layer {

  /** With PyTorch's default: epsilon 1e-5. */
  public LayerNorm(int channels) {
    this(channels, 1e-5f);
  }

  @Override
  public Var apply(Var x) {
    Tape tape = x.tape();
    Shape shape = Shape.of(channels);
    Var scale = tape.parameter("weight", shape, Role.NORM, Initializer.constant(1));
    Var shift = tape.parameter("bias", shape, Role.NORM, Initializer.constant(0));
    return x.layerNorm(scale, shift, epsilon);
  }
}
