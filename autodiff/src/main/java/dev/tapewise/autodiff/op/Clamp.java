package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Shape;
import dev.tapewise.core.kernel.Elementwise;
import dev.tapewise.core.kernel.GradientReading;
import java.util.List;

/**
 * {@code min(max(x, low), high)}: ReLU and ReLU6. The gradient passes where {@code low < x < high}
 * and is 0 at the bounds, as PyTorch has it.
 */
public final class Clamp implements Op {
  private final String name;
  private final float low;
  private final float high;

  private Clamp(String name, float low, float high) {
    this.name = name;
    this.low = low;
    this.high = high;
  }

  /** {@code max(x, 0)}. */
  public static Clamp relu() {
    return new Clamp("relu", 0, Float.POSITIVE_INFINITY);
  }

  /** {@code min(max(x, 0), 6)}. */
  public static Clamp relu6() {
    return new Clamp("relu6", 0, 6);
  }

  /** The lower bound. */
  public float low() {
    return low;
  }

  /** The upper bound. */
  public float high() {
    return high;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    return inputs.get(0);
  }

  @Override
  public boolean backwardReadsInput(int input) {
    return false;
  }

  @Override
  public boolean addsGradient(int input) {
    return true;
  }

  @Override
  public void forward(Binding binding) {
    Elementwise kernel = binding.kernels().elementwise();
    Operand x = binding.input(0);
    Operand y = binding.output();
    binding.play(
        new ElementTask(y) {
          @Override
          void run(int from, int count) {
            kernel.clamp(
                y.data(), y.offset() + from, x.data(), x.offset() + from, count, low, high);
          }
        });
  }

  @Override
  public void backward(Binding binding) {
    GradientTarget dx = binding.inputGradient(0);
    if (dx == null) {
      return;
    }
    Elementwise kernel = binding.kernels().elementwise();
    Operand y = binding.output();
    GradientReading dy = binding.outputGradient();
    binding.play(
        new ElementTask(y) {
          @Override
          void run(int from, int count) {
            kernel.clampGradient(
                dx.data(),
                dx.offset() + from,
                dy.data(),
                dy.offset() + from,
                y.data(),
                y.offset() + from,
                count,
                low,
                high,
                dx.add());
          }
        });
  }
}
