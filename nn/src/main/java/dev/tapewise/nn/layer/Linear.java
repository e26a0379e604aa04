package dev.tapewise.nn.layer;

import dev.tapewise.autodiff.Initializer;
import dev.tapewise.autodiff.Role;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;

/**
 * {@code x · weight + bias}: {@code [N, in]} to {@code [N, out]}. Parameters: {@code weight} of
 * {@code [in, out]} and {@code bias} of {@code [out]}, which starts at 0.
 *
 * @param in inputs
 * @param out outputs
 * @param initializer fills the weight
 */
public record Linear(int in, int out, Initializer initializer) implements Layer {

  /** With weights of standard deviation 0.01, as in torchvision's MobileNets. */
  public Linear(int in, int out) {
    this(in, out, Initializer.normal(0.01f));
  }

  @Override
  public Var apply(Var x) {
    Tape tape = x.tape();
    Var weight = tape.parameter("weight", Shape.of(in, out), initializer);
    Var bias = tape.parameter("bias", Shape.of(out), Role.BIAS, Initializer.constant(0));
    return x.linear(weight, bias);
  }
}
