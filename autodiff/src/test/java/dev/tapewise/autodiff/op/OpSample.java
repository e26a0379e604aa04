package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.autodiff.check.GradientCheck;
import dev.tapewise.core.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * One drawn case of an op.
 *
 * @param text the case as a person reads it
 * @param inputs its inputs
 * @param recorder records it
 * @param reference its forward pass in double precision
 */
record OpSample(
    String text, List<Input> inputs, Recorder recorder, GradientCheck.Reference reference) {

  /**
   * An input.
   *
   * @param shape its shape
   * @param batched whether axis 0 is the batch
   * @param differentiable whether it has a gradient
   * @param values its values
   */
  record Input(Shape shape, boolean batched, boolean differentiable, float[] values) {}

  /** Records the op on a tape. */
  @FunctionalInterface
  interface Recorder {
    Var record(Tape tape, List<Var> inputs);
  }

  /** The same case with zeros as its input 0. */
  OpSample withZeroInput() {
    List<Input> changed = new ArrayList<>(inputs);
    Input x = inputs.get(0);
    changed.set(
        0, new Input(x.shape(), x.batched(), x.differentiable(), new float[x.shape().intSize()]));
    return new OpSample(text, changed, recorder, reference);
  }

  @Override
  public String toString() {
    return text;
  }
}
