package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Task;
import dev.tapewise.core.kernel.CrossEntropy;
import dev.tapewise.core.kernel.GradientReading;
import java.util.List;

/**
 * The mean softmax cross-entropy over the batch, {@code [1]}, of logits {@code [N, classes]}
 * against class indices {@code [N]}, with label smoothing s: the target is {@code (1 - s)} on the
 * class plus {@code s / classes} everywhere (Szegedy et al. 2016, arXiv:1512.00567, section 7;
 * PyTorch's definition). Rows are summed in order in double precision.
 */
public final class CrossEntropyLoss implements Op {
  private static final int ROWS = 16;

  private final float smoothing;

  /** A loss with label smoothing from 0 to below 1. */
  public CrossEntropyLoss(float smoothing) {
    this.smoothing = smoothing;
  }

  @Override
  public String name() {
    return "cross entropy";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape logits = inputs.get(0);
    if (logits.rank() != 2 || !inputs.get(1).equals(Shape.of(logits.axis(0)))) {
      throw new IllegalArgumentException("logits must be [N, classes] and labels [N]");
    }
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new IllegalArgumentException(
          "label smoothing must be at least 0 and below 1 but is " + smoothing);
    }
    return Shape.of(1);
  }

  @Override
  public boolean keepsBatch() {
    return false;
  }

  @Override
  public boolean differentiable(int input) {
    return input == 0;
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
    Operand logits = binding.input(0);
    Operand labels = binding.input(1);
    Operand loss = binding.output();
    int classes = logits.channels();
    int rowLoss = binding.workspace(logits.rows(binding.capacity()));
    float[] memory = binding.memory();
    binding.play(
        new Rows(logits) {
          @Override
          void run(int from, int to, int batch) {
            CrossEntropy.forward(
                memory,
                rowLoss,
                logits.data(),
                logits.offset(),
                labels.data(),
                labels.offset(),
                from,
                to,
                classes,
                smoothing);
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
            int rows = logits.rows(batch);
            double sum = 0;
            for (int i = 0; i < rows; i++) {
              sum += memory[rowLoss + i];
            }
            loss.data()[loss.offset()] = (float) (sum / rows);
          }
        });
  }

  @Override
  public void backward(Binding binding) {
    GradientTarget dx = binding.inputGradient(0);
    if (dx == null) {
      return;
    }
    Operand logits = binding.input(0);
    Operand labels = binding.input(1);
    int classes = logits.channels();
    GradientReading upstream = binding.outputGradient();
    binding.play(
        new Rows(logits) {
          @Override
          void run(int from, int to, int batch) {
            CrossEntropy.gradient(
                dx.data(),
                dx.offset(),
                logits.data(),
                logits.offset(),
                labels.data(),
                labels.offset(),
                from,
                to,
                classes,
                smoothing,
                upstream.data()[upstream.offset()] / logits.rows(batch),
                dx.add());
          }
        });
  }

  /** Chunks of a few rows. */
  private abstract static class Rows implements Task {
    private final Operand logits;

    Rows(Operand logits) {
      this.logits = logits;
    }

    @Override
    public int chunks(int batch) {
      return Math.ceilDiv(logits.rows(batch), ROWS);
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      int from = chunk * ROWS;
      run(from, Math.min(from + ROWS, logits.rows(batch)), batch);
    }

    abstract void run(int from, int to, int batch);
  }
}
