package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Task;
import dev.tapewise.core.kernel.GradientReading;
import java.util.List;

/**
 * The sum of all elements of the images being played, a scalar {@code [1]}. Chunks of {@link
 * Chunks#ELEMENTS} are summed in order in double precision, then the chunks in order.
 */
public final class Sum implements Op {

  /** A sum. */
  public Sum() {}

  @Override
  public String name() {
    return "sum";
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
  public boolean addsGradient(int input) {
    return true;
  }

  @Override
  public void forward(Binding binding) {
    Operand x = binding.input(0);
    Operand y = binding.output();
    double[] sums = new double[Chunks.elements(x.size(binding.capacity()))];
    binding.play(
        new ElementTask(x) {
          @Override
          void run(int from, int count) {
            float[] data = x.data();
            double sum = 0;
            for (int i = x.offset() + from, end = i + count; i < end; i++) {
              sum += data[i];
            }
            sums[from / Chunks.ELEMENTS] = sum;
          }
        });
    binding.play(
        new Task() {
          @Override
          public int chunks(int batch) {
            return 1;
          }

          @Override
          public void run(int chunk, int batch, Scratch scratch) {
            int parts = Chunks.elements(x.size(batch));
            double sum = 0;
            for (int i = 0; i < parts; i++) {
              sum += sums[i];
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
    GradientReading dy = binding.outputGradient();
    binding.play(
        new ElementTask(binding.input(0)) {
          @Override
          void run(int from, int count) {
            float g = dy.data()[dy.offset()];
            float[] out = dx.data();
            boolean add = dx.add();
            for (int i = dx.offset() + from, end = i + count; i < end; i++) {
              out[i] = add ? out[i] + g : g;
            }
          }
        });
  }
}
