package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.Clock;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Shape;
import dev.tapewise.core.kernel.Dropout;
import dev.tapewise.core.kernel.GradientReading;
import java.util.List;

/**
 * Dropout (Srivastava et al. 2014): an element is kept with probability {@code 1 - p} and divided
 * by it. Which ones is a function of seed, stream, step and element number, so the backward pass
 * needs no mask and a step can be replayed.
 */
public final class DropoutOp implements Op {
  private final float probability;
  private final int stream;

  /**
   * Dropout.
   *
   * @param probability the share that is dropped, at least 0 and below 1
   * @param stream the random stream, different for every dropout of a network
   */
  public DropoutOp(float probability, int stream) {
    this.probability = probability;
    this.stream = stream;
  }

  @Override
  public String name() {
    return "dropout";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    if (!(probability >= 0 && probability < 1)) {
      throw new IllegalArgumentException(
          "the probability must be at least 0 and below 1 but is " + probability);
    }
    return inputs.get(0);
  }

  @Override
  public boolean backwardReadsInput(int input) {
    return false;
  }

  @Override
  public boolean backwardReadsOutput() {
    return false;
  }

  @Override
  public boolean addsGradient(int input) {
    return true;
  }

  @Override
  public void forward(Binding binding) {
    Clock clock = binding.clock();
    Operand x = binding.input(0);
    Operand y = binding.output();
    binding.play(
        new ElementTask(y) {
          @Override
          void run(int from, int count) {
            Dropout.forward(
                y.data(),
                y.offset(),
                x.data(),
                x.offset(),
                from,
                from + count,
                probability,
                clock.seed(),
                stream,
                clock.step());
          }
        });
  }

  @Override
  public void backward(Binding binding) {
    GradientTarget dx = binding.inputGradient(0);
    if (dx == null) {
      return;
    }
    Clock clock = binding.clock();
    GradientReading dy = binding.outputGradient();
    binding.play(
        new ElementTask(binding.output()) {
          @Override
          void run(int from, int count) {
            Dropout.gradient(
                dx.data(),
                dx.offset(),
                dy.data(),
                dy.offset(),
                from,
                from + count,
                probability,
                clock.seed(),
                stream,
                clock.step(),
                dx.add());
          }
        });
  }
}
