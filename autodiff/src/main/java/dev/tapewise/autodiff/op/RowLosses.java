package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Task;
import java.util.Arrays;

/**
 * What the losses over rows of logits share: where the loss of a row goes, the task that reduces
 * them (in order, in double precision), and the checks of options.
 */
final class RowLosses {
  /** Rows of a chunk at least. */
  static final int ROWS = 16;

  private final Reduction reduction;
  private final Operand logits;
  private final Operand loss;
  private final float[] data;
  private final int offset;

  /** Where the forward pass writes the loss of every row: the output or a workspace. */
  RowLosses(Binding binding, Reduction reduction) {
    this.reduction = reduction;
    this.logits = binding.input(0);
    this.loss = binding.output();
    boolean apart = reduction == Reduction.NONE;
    this.data = apart ? loss.data() : binding.memory();
    this.offset = apart ? loss.offset() : binding.workspace(logits.rows(binding.capacity()));
  }

  float[] data() {
    return data;
  }

  int offset() {
    return offset;
  }

  /** Hands in the task that reduces the losses, where they do not stay apart. */
  void reduce(Binding binding) {
    if (reduction == Reduction.NONE) {
      return;
    }
    binding.play(
        new Task() {
          @Override
          public int chunks(int batch) {
            return 1;
          }

          @Override
          public void run(int chunk, int batch, Scratch scratch) {
            int rows = logits.rows(batch);
            double sum = sum(data, offset, rows);
            loss.data()[loss.offset()] = (float) (reduction == Reduction.MEAN ? sum / rows : sum);
          }
        });
  }

  /**
   * Hands in the task that divides the sum of the losses by the sum of the weights of the rows,
   * which it keeps at {@code total}.
   */
  void reduceByWeight(Binding binding, int weights, int total) {
    float[] memory = binding.memory();
    binding.play(
        new Task() {
          @Override
          public int chunks(int batch) {
            return 1;
          }

          @Override
          public void run(int chunk, int batch, Scratch scratch) {
            int rows = logits.rows(batch);
            double weight = sum(memory, weights, rows);
            memory[total] = (float) weight;
            loss.data()[loss.offset()] = (float) (sum(data, offset, rows) / weight);
          }
        });
  }

  private static double sum(float[] values, int at, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += values[at + i];
    }
    return sum;
  }

  static void checkSmoothing(float smoothing) {
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new IllegalArgumentException(
          "label smoothing must be at least 0 and below 1 but is " + smoothing);
    }
  }

  /** Class weights: none, or one per class, finite and not negative. */
  static void checkWeights(float[] weights, int classes) {
    if (weights.length != 0 && weights.length != classes) {
      throw new IllegalArgumentException(
          "there are %d class weights for %d classes; give one per class"
              .formatted(weights.length, classes));
    }
    for (int c = 0; c < weights.length; c++) {
      if (!(weights[c] >= 0 && weights[c] < Float.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "the weight of class %d is %s; weights are finite and at least 0"
                .formatted(c, weights[c]));
      }
    }
  }

  /** One weight per class, 1 where none are given. */
  static float[] perClass(float[] weights, int classes) {
    if (weights.length != 0) {
      return weights;
    }
    float[] ones = new float[classes];
    Arrays.fill(ones, 1f);
    return ones;
  }
}
