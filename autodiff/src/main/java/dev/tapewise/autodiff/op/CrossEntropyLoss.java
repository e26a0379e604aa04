package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Shape;
import dev.tapewise.core.kernel.CrossEntropy;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.SoftCrossEntropy;
import java.util.Arrays;
import java.util.List;

/**
 * Softmax cross-entropy of logits {@code [N, ..., classes]} against class indices {@code [N, ...]},
 * with PyTorch's options and definitions. With label smoothing s the target is {@code (1 - s)} on
 * the class plus {@code s / classes} everywhere (Szegedy et al. 2016, arXiv:1512.00567, section 7);
 * class weights multiply the target, class by class.
 *
 * <p>The result is the mean over all rows of the batch that is played, {@code [1]}. With class
 * weights, the mean divides by the sum of the weights of the labels. Rows with the ignored index
 * count neither in the sum nor in the divisor and have no gradient; where nothing else is left the
 * mean is NaN. Rows are summed in order in double precision.
 */
public final class CrossEntropyLoss implements Op {
  private final float smoothing;
  private final float[] weights;
  private final float ignored;
  private final Reduction reduction;

  /** The mean with label smoothing from 0 to below 1, without weights. */
  public CrossEntropyLoss(float smoothing) {
    this(smoothing, new float[0], Float.NaN, Reduction.MEAN);
  }

  private CrossEntropyLoss(float smoothing, float[] weights, float ignored, Reduction reduction) {
    this.smoothing = smoothing;
    this.weights = weights;
    this.ignored = ignored;
    this.reduction = reduction;
  }

  /** This loss with one weight per class, each finite and at least 0. */
  public CrossEntropyLoss weights(float... classWeights) {
    return new CrossEntropyLoss(smoothing, classWeights.clone(), ignored, reduction);
  }

  /** This loss without the rows that have this label, which need not be a class. */
  public CrossEntropyLoss ignoring(int label) {
    return new CrossEntropyLoss(smoothing, weights, label, reduction);
  }

  /** This loss reduced in another way; not at all gives {@code [N, ...]}, with 0 where ignored. */
  public CrossEntropyLoss reducedBy(Reduction other) {
    return new CrossEntropyLoss(smoothing, weights, ignored, other);
  }

  @Override
  public String name() {
    return "cross entropy";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape logits = inputs.get(0);
    if (logits.rank() < 2 || !inputs.get(1).equals(rowsOf(logits))) {
      throw new IllegalArgumentException(
          "logits must be [N, classes] and labels [N], or [N, ..., classes] and [N, ...]");
    }
    RowLosses.checkSmoothing(smoothing);
    RowLosses.checkWeights(weights, logits.axis(-1));
    return reduction == Reduction.NONE ? rowsOf(logits) : Shape.of(1);
  }

  private static Shape rowsOf(Shape logits) {
    int[] axes = new int[logits.rank() - 1];
    Arrays.setAll(axes, logits::axis);
    return Shape.of(axes);
  }

  @Override
  public boolean keepsBatch() {
    return reduction == Reduction.NONE;
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

  /** Whether every row counts by 1. */
  private boolean plain() {
    return weights.length == 0 && Float.isNaN(ignored);
  }

  private boolean dividesByWeight() {
    return !plain() && reduction == Reduction.MEAN;
  }

  @Override
  public void forward(Binding binding) {
    Operand logits = binding.input(0);
    Operand labels = binding.input(1);
    OneBatch.require(binding, logits, labels);
    int classes = logits.channels();
    RowLosses losses = new RowLosses(binding, reduction);
    float[] rowLoss = losses.data();
    int at = losses.offset();
    if (plain()) {
      binding.play(
          new Rows(logits) {
            @Override
            void run(int from, int to, int batch, Scratch scratch) {
              CrossEntropy.forward(
                  rowLoss,
                  at,
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
      losses.reduce(binding);
      return;
    }
    int rowWeight = binding.workspace(logits.rows(binding.capacity()));
    float[] memory = binding.memory();
    binding.scratch(Scratch.roundUp(classes), 0);
    binding.play(
        new WeightedRows(logits, labels) {
          @Override
          void ignore(int row) {
            rowLoss[at + row] = 0;
            memory[rowWeight + row] = 0;
          }

          @Override
          void row(int row, float weight, float[] target, int targetAt, int batch) {
            rowLoss[at + row] =
                SoftCrossEntropy.loss(
                    logits.data(), logits.offset() + row * classes, target, targetAt, classes);
            memory[rowWeight + row] = weight;
          }
        });
    if (dividesByWeight()) {
      losses.reduceByWeight(binding, rowWeight, binding.saved("weight", 1));
    } else {
      losses.reduce(binding);
    }
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
    boolean apart = reduction == Reduction.NONE;
    boolean mean = reduction == Reduction.MEAN;
    if (plain()) {
      binding.play(
          new Rows(logits) {
            @Override
            void run(int from, int to, int batch, Scratch scratch) {
              if (apart) {
                for (int row = from; row < to; row++) {
                  gradient(row, row + 1, upstream.data()[upstream.offset() + row]);
                }
              } else {
                float g = upstream.data()[upstream.offset()];
                gradient(from, to, mean ? g / logits.rows(batch) : g);
              }
            }

            private void gradient(int from, int to, float factor) {
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
                  factor,
                  dx.add());
            }
          });
      return;
    }
    float[] memory = binding.memory();
    int total = dividesByWeight() ? binding.saved("weight", 1) : 0;
    binding.scratch(Scratch.roundUp(classes), 0);
    binding.play(
        new WeightedRows(logits, labels) {
          @Override
          void ignore(int row) {
            if (!dx.add()) {
              int at = dx.offset() + row * classes;
              Arrays.fill(dx.data(), at, at + classes, 0f);
            }
          }

          @Override
          void row(int row, float weight, float[] target, int targetAt, int batch) {
            float g = upstream.data()[upstream.offset() + (apart ? row : 0)];
            SoftCrossEntropy.gradient(
                dx.data(),
                dx.offset() + row * classes,
                logits.data(),
                logits.offset() + row * classes,
                target,
                targetAt,
                classes,
                mean ? g / memory[total] : g,
                dx.add());
          }
        });
  }

  /** Chunks of a few rows. */
  private abstract static class Rows extends RowTask {
    private final Operand logits;

    Rows(Operand logits) {
      super(RowLosses.ROWS);
      this.logits = logits;
    }

    @Override
    final int rows(int batch) {
      return logits.rows(batch);
    }
  }

  /** Rows with their target values, or none where they are ignored. */
  private abstract class WeightedRows extends Rows {
    private final Operand labels;
    private final float[] perClass;

    WeightedRows(Operand logits, Operand labels) {
      super(logits);
      this.labels = labels;
      this.perClass = RowLosses.perClass(weights, logits.channels());
    }

    @Override
    final void run(int from, int to, int batch, Scratch scratch) {
      int mark = scratch.mark();
      int intMark = scratch.intMark();
      int at = scratch.take(perClass.length);
      float[] target = scratch.floats();
      for (int row = from; row < to; row++) {
        float label = labels.data()[labels.offset() + row];
        if (label == ignored) {
          ignore(row);
        } else {
          float weight = SoftCrossEntropy.ofLabel(target, at, label, row, perClass, smoothing);
          row(row, weight, target, at, batch);
        }
      }
      scratch.release(mark, intMark);
    }

    abstract void ignore(int row);

    abstract void row(int row, float weight, float[] target, int targetAt, int batch);
  }
}
