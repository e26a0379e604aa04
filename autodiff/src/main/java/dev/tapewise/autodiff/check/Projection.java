package dev.tapewise.autodiff.check;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Task;
import dev.tapewise.core.kernel.GradientReading;
import java.util.List;

/** The scalar {@code Σ weights[i] * x[i]}: turns any output into a loss whose gradient is known. */
public final class Projection implements Op {
  private final float[] weights;

  /** One weight per element of the output. */
  public Projection(float[] weights) {
    this.weights = weights;
  }

  @Override
  public String name() {
    return "projection";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    return Shape.of(1);
  }

  @Override
  public boolean keepsBatch() {
    return false;
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
  public void forward(Binding binding) {
    Operand x = binding.input(0);
    Operand y = binding.output();
    binding.play(
        new Single() {
          @Override
          void run(int batch) {
            double sum = 0;
            int size = x.size(batch);
            for (int i = 0; i < size; i++) {
              sum += (double) weights[i] * x.data()[x.offset() + i];
            }
            y.data()[y.offset()] = (float) sum;
          }
        });
  }

  @Override
  public void backward(Binding binding) {
    GradientTarget dx = binding.inputGradient(0);
    if (dx == null) {
      return;
    }
    Operand x = binding.input(0);
    GradientReading dy = binding.outputGradient();
    binding.play(
        new Single() {
          @Override
          void run(int batch) {
            float g = dy.data()[dy.offset()];
            int size = x.size(batch);
            for (int i = 0; i < size; i++) {
              dx.data()[dx.offset() + i] = g * weights[i];
            }
          }
        });
  }

  private abstract static class Single implements Task {
    @Override
    public final int chunks(int batch) {
      return 1;
    }

    @Override
    public final void run(int chunk, int batch, Scratch scratch) {
      run(batch);
    }

    abstract void run(int batch);
  }
}
