package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import dev.tapewise.core.kernel.Elementwise;
import dev.tapewise.core.kernel.GradientReading;
import java.util.Arrays;
import java.util.List;

/** The same elements, in the same order, under another shape. The batch stays axis 0. */
public final class Reshape implements Op {
  private final Shape result;

  private Reshape(Shape result) {
    this.result = result;
  }

  /**
   * A reshape of x.
   *
   * @param axes the new axes; at most one of them is -1 and takes what is left
   * @throws IllegalArgumentException if the number of elements changes, or two axes are -1
   */
  public static Reshape of(Shape x, int... axes) {
    int[] sizes = axes.clone();
    int open = -1;
    long others = 1;
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] == -1 && open < 0) {
        open = i;
      } else if (sizes[i] < 1) {
        throw new IllegalArgumentException(
            "axes must be at least 1, one of them may be -1, but are " + Arrays.toString(axes));
      } else {
        others = Math.multiplyExact(others, (long) sizes[i]);
      }
    }
    if (open < 0 ? others != x.size() : x.size() % others != 0) {
      throw new IllegalArgumentException(
          "%d elements do not fit into %s. Choose axes whose product is %d"
              .formatted(x.size(), Arrays.toString(axes), x.size()));
    }
    if (open >= 0) {
      sizes[open] = Math.toIntExact(x.size() / others);
    }
    return new Reshape(Shape.of(sizes));
  }

  @Override
  public String name() {
    return "reshape";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    if (inputs.get(0).size() != result.size()) {
      throw new IllegalArgumentException(
          "%d elements do not fit into %s. Choose axes whose product is %d"
              .formatted(inputs.get(0).size(), result, inputs.get(0).size()));
    }
    return result;
  }

  @Override
  public void check(List<Var> inputs) {
    Var x = inputs.get(0);
    if (x.batched() && x.shape().axis(0) != result.axis(0)) {
      throw new IllegalArgumentException(
          "axis 0 is the batch and stays. Let the new axes begin with " + x.shape().axis(0));
    }
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
    binding.play(
        new ElementTask(y) {
          @Override
          void run(int from, int count) {
            System.arraycopy(x.data(), x.offset() + from, y.data(), y.offset() + from, count);
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
    GradientReading dy = binding.outputGradient();
    binding.play(
        new ElementTask(binding.output()) {
          @Override
          void run(int from, int count) {
            int to = dx.offset() + from;
            if (dx.add()) {
              kernel.add(dx.data(), to, dx.data(), to, dy.data(), dy.offset() + from, count);
            } else {
              System.arraycopy(dy.data(), dy.offset() + from, dx.data(), to, count);
            }
          }
        });
  }
}
