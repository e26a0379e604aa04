package dev.tapewise.nn.layer;

import dev.tapewise.autodiff.Initializer;
import dev.tapewise.autodiff.Role;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.autodiff.op.BatchNorm.Running;
import dev.tapewise.core.Shape;

/**
 * Batch norm over all axes but the last, see {@link dev.tapewise.autodiff.op.BatchNorm}.
 * Parameters, all {@code [channels]}: {@code weight} (starts at 1), {@code bias} (0), and the
 * buffers {@code running_mean} (0) and {@code running_var} (1).
 *
 * @param channels the last axis
 * @param epsilon added to the variance
 * @param momentum the share of the batch in the running statistics
 */
public record BatchNorm(int channels, float epsilon, float momentum) implements Layer {

  /** With PyTorch's defaults: epsilon 1e-5, momentum 0.1. */
  public BatchNorm(int channels) {
    this(channels, 1e-5f, 0.1f);
  }

  @Override
  public Var apply(Var x) {
    Tape tape = x.tape();
    Shape shape = Shape.of(channels);
    Initializer zero = Initializer.constant(0);
    Initializer one = Initializer.constant(1);
    Var scale = tape.parameter("weight", shape, Role.NORM, one);
    Var shift = tape.parameter("bias", shape, Role.NORM, zero);
    Running running =
        new Running(
            tape.buffer("running_mean", shape, zero), tape.buffer("running_var", shape, one));
    return x.batchNorm(scale, shift, running, epsilon, momentum);
  }
}
