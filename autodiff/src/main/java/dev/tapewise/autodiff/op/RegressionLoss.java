package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Shape;
import dev.tapewise.core.kernel.ErrorCurve;
import dev.tapewise.core.kernel.GradientReading;
import java.util.List;

/**
 * Losses of the difference {@code d = x - t} of two tensors of one shape, element by element:
 * squared and absolute error, Huber's loss (Huber 1964, "Robust estimation of a location
 * parameter") and smooth L1 (Girshick 2015, arXiv:1504.08083, eq. 3), as PyTorch defines them.
 *
 * <p>Mean and sum, {@code [1]}, run over all elements of the batch that is played; without a
 * reduction the shape stays. The slope of {@code |d|} at 0 is 0. Both tensors have a gradient.
 */
public final class RegressionLoss implements Op {
  private final String name;
  private final ErrorCurve curve;
  private final Reduction reduction;

  private RegressionLoss(String name, ErrorCurve curve, Reduction reduction) {
    this.name = name;
    this.curve = curve;
    this.reduction = reduction;
  }

  /** {@code d²}: mean squared error. */
  public static RegressionLoss squared() {
    return new RegressionLoss("squared error", ErrorCurve.squared(), Reduction.MEAN);
  }

  /** {@code |d|}: L1. */
  public static RegressionLoss absolute() {
    return new RegressionLoss("absolute error", ErrorCurve.absolute(), Reduction.MEAN);
  }

  /** {@code d² / 2} up to delta, {@code delta * (|d| - delta / 2)} beyond; delta is positive. */
  public static RegressionLoss huber(float delta) {
    if (!(delta > 0 && delta < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "delta must be positive and finite but is " + delta + "; 1 is usual");
    }
    return new RegressionLoss("huber", ErrorCurve.huber(delta), Reduction.MEAN);
  }

  /** {@code d² / (2 * beta)} up to beta, {@code |d| - beta / 2} beyond; 0 gives {@code |d|}. */
  public static RegressionLoss smoothAbsolute(float beta) {
    if (!(beta >= 0 && beta < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "beta must be finite and at least 0 but is " + beta + "; 1 is usual");
    }
    return new RegressionLoss("smooth L1", ErrorCurve.smoothAbsolute(beta), Reduction.MEAN);
  }

  /** This loss reduced in another way. */
  public RegressionLoss reducedBy(Reduction other) {
    return new RegressionLoss(name, curve, other);
  }

  /** What a difference costs. */
  public ErrorCurve curve() {
    return curve;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    if (!inputs.get(0).equals(inputs.get(1))) {
      throw new IllegalArgumentException("predictions and targets must have one shape");
    }
    return reduction == Reduction.NONE ? inputs.get(0) : Shape.of(1);
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
    Operand x = binding.input(0);
    Operand t = binding.input(1);
    OneBatch.require(binding, x, t);
    if (reduction == Reduction.NONE) {
      Operand y = binding.output();
      binding.play(
          new ElementTask(x) {
            @Override
            void run(int from, int count) {
              curve.costs(
                  y.data(),
                  y.offset() + from,
                  x.data(),
                  x.offset() + from,
                  t.data(),
                  t.offset() + from,
                  count);
            }
          });
      return;
    }
    ElementLosses losses = new ElementLosses(binding);
    binding.play(
        new ElementTask(x) {
          @Override
          void run(int from, int count) {
            losses.put(
                from, curve.sum(x.data(), x.offset() + from, t.data(), t.offset() + from, count));
          }
        });
    losses.reduce(binding, reduction == Reduction.MEAN);
  }

  @Override
  public void backward(Binding binding) {
    for (int input = 0; input < 2; input++) {
      GradientTarget target = binding.inputGradient(input);
      if (target != null) {
        binding.play(new Gradient(binding, target, input == 0 ? 1 : -1));
      }
    }
  }

  /** The gradient of x (sign 1) or of t (sign -1). */
  private final class Gradient extends SizedElementTask {
    private final Operand x;
    private final Operand t;
    private final GradientReading dy;
    private final GradientTarget target;
    private final float sign;

    Gradient(Binding binding, GradientTarget target, float sign) {
      super(binding.input(0));
      this.x = binding.input(0);
      this.t = binding.input(1);
      this.dy = binding.outputGradient();
      this.target = target;
      this.sign = sign;
    }

    @Override
    void run(int from, int count, int size) {
      if (reduction == Reduction.NONE) {
        curve.gradients(
            target.data(),
            target.offset() + from,
            x.data(),
            x.offset() + from,
            t.data(),
            t.offset() + from,
            dy.data(),
            dy.offset() + from,
            count,
            sign,
            target.add());
      } else {
        float g = sign * dy.data()[dy.offset()];
        curve.gradient(
            target.data(),
            target.offset() + from,
            x.data(),
            x.offset() + from,
            t.data(),
            t.offset() + from,
            count,
            reduction == Reduction.MEAN ? g / size : g,
            target.add());
      }
    }
  }
}
