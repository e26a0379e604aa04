package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import dev.tapewise.core.kernel.BinaryCrossEntropy;
import dev.tapewise.core.kernel.GradientReading;
import java.util.List;

/**
 * Binary cross-entropy of logits against targets of the same shape, usually from 0 to 1: {@code -p
 * * t * log σ(x) - (1 - t) * log(1 - σ(x))}, as PyTorch's {@code binary_cross_entropy_with_logits}
 * has it. Large logits neither overflow nor lose the digits of a small loss.
 *
 * <p>The weight p of the positive case is 1 unless told. Mean and sum, {@code [1]}, run over all
 * elements of the batch that is played, and the mean divides by their number, not by weights.
 * Logits and targets have a gradient, weights have none.
 */
public final class BinaryCrossEntropyLoss implements Op {
  private final float[] positive;
  private final boolean weighted;
  private final Reduction reduction;

  /** The mean, with positive and negative cases alike. */
  public BinaryCrossEntropyLoss() {
    this(new float[] {1}, false, Reduction.MEAN);
  }

  private BinaryCrossEntropyLoss(float[] positive, boolean weighted, Reduction reduction) {
    this.positive = positive;
    this.weighted = weighted;
    this.reduction = reduction;
  }

  /** This loss with a weight of the positive case: one for all, or one per channel. */
  public BinaryCrossEntropyLoss positiveWeights(float... weights) {
    return new BinaryCrossEntropyLoss(weights.clone(), weighted, reduction);
  }

  /**
   * This loss with a third input that multiplies it, of the shape of the logits or of their last
   * axes, such as a mask.
   */
  public BinaryCrossEntropyLoss weighted() {
    return new BinaryCrossEntropyLoss(positive, true, reduction);
  }

  /** This loss reduced in another way; not at all keeps the shape. */
  public BinaryCrossEntropyLoss reducedBy(Reduction other) {
    return new BinaryCrossEntropyLoss(positive, weighted, other);
  }

  @Override
  public String name() {
    return "binary cross entropy";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = inputs.get(0);
    if (!x.equals(inputs.get(1))) {
      throw new IllegalArgumentException("logits and targets must have one shape");
    }
    if (weighted && !endsWith(x, inputs.get(2))) {
      throw new IllegalArgumentException(
          "weights must have the shape of the logits or of their last axes");
    }
    if (positive.length != 1 && positive.length != x.axis(-1)) {
      throw new IllegalArgumentException(
          "there are %d positive weights for %d channels; give one, or one per channel"
              .formatted(positive.length, x.axis(-1)));
    }
    for (float p : positive) {
      if (!(p >= 0 && p < Float.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "a positive weight is " + p + "; weights are finite and at least 0");
      }
    }
    return reduction == Reduction.NONE ? x : Shape.of(1);
  }

  @Override
  public void check(List<Var> inputs) {
    if (weighted
        && inputs.get(2).batched()
        && !inputs.get(2).shape().equals(inputs.get(0).shape())) {
      throw new IllegalArgumentException(
          "weights of the last axes must have no batch; make them a constant");
    }
  }

  private static boolean endsWith(Shape x, Shape end) {
    if (end.rank() > x.rank()) {
      return false;
    }
    for (int i = 1; i <= end.rank(); i++) {
      if (end.axis(-i) != x.axis(-i)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean keepsBatch() {
    return reduction == Reduction.NONE;
  }

  @Override
  public boolean differentiable(int input) {
    return input < 2;
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
    Elements in = new Elements(binding);
    if (reduction == Reduction.NONE) {
      Operand y = binding.output();
      binding.play(
          new ElementTask(in.x) {
            @Override
            void run(int from, int count) {
              for (int i = from; i < from + count; i++) {
                y.data()[y.offset() + i] = in.loss(i);
              }
            }
          });
      return;
    }
    ElementLosses losses = new ElementLosses(binding);
    binding.play(
        new ElementTask(in.x) {
          @Override
          void run(int from, int count) {
            double sum = 0;
            for (int i = from; i < from + count; i++) {
              sum += in.loss(i);
            }
            losses.put(from, sum);
          }
        });
    losses.reduce(binding, reduction == Reduction.MEAN);
  }

  @Override
  public void backward(Binding binding) {
    Elements in = new Elements(binding);
    GradientReading dy = binding.outputGradient();
    GradientTarget dx = binding.inputGradient(0);
    if (dx != null) {
      binding.play(
          new SizedElementTask(in.x) {
            @Override
            void run(int from, int count, int size) {
              for (int i = from; i < from + count; i++) {
                put(dx, i, factor(dy, i, size) * in.slope(i));
              }
            }
          });
    }
    GradientTarget dt = binding.inputGradient(1);
    if (dt != null) {
      binding.play(
          new SizedElementTask(in.x) {
            @Override
            void run(int from, int count, int size) {
              for (int i = from; i < from + count; i++) {
                put(dt, i, factor(dy, i, size) * in.targetSlope(i));
              }
            }
          });
    }
  }

  private float factor(GradientReading dy, int i, int size) {
    if (reduction == Reduction.NONE) {
      return dy.data()[dy.offset() + i];
    }
    float g = dy.data()[dy.offset()];
    return reduction == Reduction.MEAN ? g / size : g;
  }

  private static void put(GradientTarget g, int i, float value) {
    int at = g.offset() + i;
    g.data()[at] = g.add() ? g.data()[at] + value : value;
  }

  /** Losses and slopes, element by element. */
  private final class Elements {
    private final Operand x;
    private final Operand t;
    private final Operand weights;
    private final int period;

    Elements(Binding binding) {
      x = binding.input(0);
      t = binding.input(1);
      weights = weighted ? binding.input(2) : x;
      period = weights.shape().intSize();
      OneBatch.require(binding, x, t);
      OneBatch.require(binding, x, period == x.shape().intSize() ? weights : x);
    }

    float loss(int i) {
      return weight(i) * BinaryCrossEntropy.loss(logit(i), target(i), positive(i));
    }

    float slope(int i) {
      return weight(i) * BinaryCrossEntropy.slope(logit(i), target(i), positive(i));
    }

    float targetSlope(int i) {
      return weight(i) * BinaryCrossEntropy.targetSlope(logit(i), positive(i));
    }

    private float logit(int i) {
      return x.data()[x.offset() + i];
    }

    private float target(int i) {
      return t.data()[t.offset() + i];
    }

    private float positive(int i) {
      return positive.length == 1 ? positive[0] : positive[i % positive.length];
    }

    private float weight(int i) {
      return weighted ? weights.data()[weights.offset() + i % period] : 1;
    }
  }
}
