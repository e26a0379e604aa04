package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.Clock;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Task;
import dev.tapewise.core.kernel.Dropout;
import dev.tapewise.core.kernel.GradientReading;
import java.util.List;

/**
 * Dropout (Srivastava et al. 2014): an element is kept with probability {@code 1 - p} and divided
 * by it. Which ones is a function of seed, stream, step and element number, so the backward pass
 * needs no mask and a step can be replayed.
 */
public final class DropoutOp implements Op {
  /** Elements of a chunk: a classifier's input is small. */
  private static final int ELEMENTS = 4 * 1024;

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
    binding.scratch(0, Dropout.scratchInts());
    Clock clock = binding.clock();
    Operand x = binding.input(0);
    Operand y = binding.output();
    binding.play(
        new Elements(y) {
          @Override
          void elements(int from, int to, Scratch scratch) {
            Dropout.forward(
                y.data(),
                y.offset(),
                x.data(),
                x.offset(),
                from,
                to,
                probability,
                clock.seed(),
                stream,
                clock.step(),
                scratch);
          }
        });
  }

  @Override
  public void backward(Binding binding) {
    GradientTarget dx = binding.inputGradient(0);
    if (dx == null) {
      return;
    }
    binding.scratch(0, Dropout.scratchInts());
    Clock clock = binding.clock();
    GradientReading dy = binding.outputGradient();
    binding.play(
        new Elements(binding.output()) {
          @Override
          void elements(int from, int to, Scratch scratch) {
            Dropout.gradient(
                dx.data(),
                dx.offset(),
                dy.data(),
                dy.offset(),
                from,
                to,
                probability,
                clock.seed(),
                stream,
                clock.step(),
                dx.add(),
                scratch);
          }
        });
  }

  /** A pass over elements in chunks that are worth their random numbers. */
  private abstract static class Elements implements Task {
    private final Operand shape;

    Elements(Operand shape) {
      this.shape = shape;
    }

    @Override
    public int chunks(int batch) {
      return Math.ceilDiv(shape.size(batch), ELEMENTS);
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      int from = chunk * ELEMENTS;
      elements(from, Math.min(from + ELEMENTS, shape.size(batch)), scratch);
    }

    abstract void elements(int from, int to, Scratch scratch);
  }
}
