package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Shape;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.SoftCrossEntropy;
import java.util.Arrays;
import java.util.List;

/**
 * Softmax cross-entropy of logits {@code [N, ..., classes]} against one target value per class, of
 * the same shape, such as mixed labels or a teacher's probabilities. Options and definitions are
 * PyTorch's: label smoothing mixes s of the uniform distribution into the targets, and class
 * weights multiply them; the mean, {@code [1]}, divides by the number of rows of the batch that is
 * played, not by weights. Targets need not sum to 1. A target of 0 (after smoothing and weights)
 * adds nothing, even where its logit is -Infinity.
 *
 * <p>Targets have a gradient too. Rows are summed in order in double precision.
 */
public final class SoftCrossEntropyLoss implements Op {
  private final float smoothing;
  private final float[] weights;
  private final Reduction reduction;

  /** The mean with label smoothing from 0 to below 1, without weights. */
  public SoftCrossEntropyLoss(float smoothing) {
    this(smoothing, new float[0], Reduction.MEAN);
  }

  private SoftCrossEntropyLoss(float smoothing, float[] weights, Reduction reduction) {
    this.smoothing = smoothing;
    this.weights = weights;
    this.reduction = reduction;
  }

  /** This loss with one weight per class, each finite and at least 0. */
  public SoftCrossEntropyLoss weights(float... classWeights) {
    return new SoftCrossEntropyLoss(smoothing, classWeights.clone(), reduction);
  }

  /** This loss reduced in another way; not at all gives {@code [N, ...]}. */
  public SoftCrossEntropyLoss reducedBy(Reduction other) {
    return new SoftCrossEntropyLoss(smoothing, weights, other);
  }

  @Override
  public String name() {
    return "soft cross entropy";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape logits = inputs.get(0);
    if (logits.rank() < 2 || !inputs.get(1).equals(logits)) {
      throw new IllegalArgumentException(
          "logits and targets must have one shape [N, ..., classes]; class indices belong to"
              + " cross entropy");
    }
    RowLosses.checkSmoothing(smoothing);
    RowLosses.checkWeights(weights, logits.axis(-1));
    if (reduction != Reduction.NONE) {
      return Shape.of(1);
    }
    int[] axes = new int[logits.rank() - 1];
    Arrays.setAll(axes, logits::axis);
    return Shape.of(axes);
  }

  @Override
  public boolean keepsBatch() {
    return reduction == Reduction.NONE;
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
    OneBatch.require(binding, logits, binding.input(1));
    int classes = logits.channels();
    RowLosses losses = new RowLosses(binding, reduction);
    binding.scratch(Scratch.roundUp(classes), 0);
    binding.play(
        new TargetRows(logits, binding.input(1)) {
          @Override
          void row(int row, float[] target, int targetAt, int batch) {
            losses.data()[losses.offset() + row] =
                SoftCrossEntropy.loss(
                    logits.data(), logits.offset() + row * classes, target, targetAt, classes);
          }
        });
    losses.reduce(binding);
  }

  @Override
  public void backward(Binding binding) {
    Operand logits = binding.input(0);
    Operand targets = binding.input(1);
    int classes = logits.channels();
    GradientReading upstream = binding.outputGradient();
    GradientTarget dx = binding.inputGradient(0);
    binding.scratch(Scratch.roundUp(classes), 0);
    if (dx != null) {
      binding.play(
          new TargetRows(logits, targets) {
            @Override
            void row(int row, float[] target, int targetAt, int batch) {
              SoftCrossEntropy.gradient(
                  dx.data(),
                  dx.offset() + row * classes,
                  logits.data(),
                  logits.offset() + row * classes,
                  target,
                  targetAt,
                  classes,
                  factor(upstream, row, logits.rows(batch)),
                  dx.add());
            }
          });
    }
    GradientTarget dt = binding.inputGradient(1);
    if (dt != null) {
      float[] perClass = RowLosses.perClass(weights, classes);
      binding.play(
          new TargetRows(logits, targets) {
            @Override
            void row(int row, float[] target, int targetAt, int batch) {
              SoftCrossEntropy.valueGradient(
                  dt.data(),
                  dt.offset() + row * classes,
                  logits.data(),
                  logits.offset() + row * classes,
                  perClass,
                  smoothing,
                  factor(upstream, row, logits.rows(batch)),
                  dt.add());
            }
          });
    }
  }

  private float factor(GradientReading upstream, int row, int rows) {
    float g = upstream.data()[upstream.offset() + (reduction == Reduction.NONE ? row : 0)];
    return reduction == Reduction.MEAN ? g / rows : g;
  }

  /** Rows with their target values after smoothing and weights. */
  private abstract class TargetRows extends RowTask {
    private final Operand logits;
    private final Operand targets;
    private final float[] perClass;

    TargetRows(Operand logits, Operand targets) {
      super(RowLosses.ROWS);
      this.logits = logits;
      this.targets = targets;
      this.perClass = RowLosses.perClass(weights, logits.channels());
    }

    @Override
    final int rows(int batch) {
      return logits.rows(batch);
    }

    @Override
    final void run(int from, int to, int batch, Scratch scratch) {
      int classes = perClass.length;
      int mark = scratch.mark();
      int intMark = scratch.intMark();
      int at = scratch.take(classes);
      float[] target = scratch.floats();
      for (int row = from; row < to; row++) {
        SoftCrossEntropy.ofValues(
            target, at, targets.data(), targets.offset() + row * classes, perClass, smoothing);
        row(row, target, at, batch);
      }
      scratch.release(mark, intMark);
    }

    abstract void row(int row, float[] target, int targetAt, int batch);
  }
}
