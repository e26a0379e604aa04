package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Task;
import dev.tapewise.core.geometry.StridedBox;
import dev.tapewise.core.kernel.GradientReading;
import java.util.ArrayList;
import java.util.List;

/** Tensors behind one another along an axis; all other axes are the same. */
public final class Concat implements Op {
  private final int axis;
  private final int parts;

  private Concat(int axis, int parts) {
    this.axis = axis;
    this.parts = parts;
  }

  /**
   * A concatenation.
   *
   * @param inputs the shapes of the tensors
   * @param axis the axis that becomes longer, counted from the end where negative; not the batch
   */
  public static Concat of(List<Shape> inputs, int axis) {
    return new Concat(Axes.at(inputs.get(0), axis), inputs.size());
  }

  @Override
  public String name() {
    return "concat";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    if (inputs.size() != parts) {
      throw new IllegalArgumentException("%d tensors are wanted".formatted(parts));
    }
    Shape first = inputs.get(0);
    int[] sizes = Axes.sizes(first);
    for (Shape x : inputs.subList(1, parts)) {
      boolean fits = x.rank() == sizes.length;
      for (int i = 0; fits && i < sizes.length; i++) {
        fits = i == axis || x.axis(i) == sizes[i];
      }
      if (!fits) {
        throw new IllegalArgumentException(
            "all axes but axis %d must be the same: %s does not fit to %s"
                .formatted(axis, x, first));
      }
      sizes[axis] = Math.addExact(sizes[axis], x.axis(axis));
    }
    return Shape.of(sizes);
  }

  @Override
  public void check(List<Var> inputs) {
    Axes.keepBatch(inputs, axis == 0 && parts > 1);
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
    Operand y = binding.output();
    List<Task> copies = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      Operand x = binding.input(i);
      if (x.batched() != y.batched()) {
        binding.requireBatch(
            binding.capacity(), "a tensor without a batch can stand beside a whole batch only");
      }
      copies.add(Boxes.copy(box(binding, i), y.data(), y.offset(), x.data(), x.offset()));
    }
    binding.play(Boxes.together(copies));
  }

  /** From input {@code input} to its place in the output. */
  private StridedBox box(Binding binding, int input) {
    Operand y = binding.output();
    Shape x = binding.input(input).shape();
    int[] to = Axes.strides(Axes.sizes(y.shape()));
    int before = 0;
    for (int i = 0; i < input; i++) {
      before += binding.input(i).shape().axis(axis);
    }
    int[] sizes = Axes.sizes(x);
    return new StridedBox(
        y.batched(), Axes.of(sizes, Axes.strides(sizes), to), 0, before * to[axis]);
  }

  @Override
  public void backward(Binding binding) {
    GradientReading dy = binding.outputGradient();
    for (int i = 0; i < parts; i++) {
      GradientTarget dx = binding.inputGradient(i);
      if (dx == null) {
        continue;
      }
      StridedBox box = box(binding, i).transposed();
      binding.play(
          dx.add()
              ? Boxes.add(
                  binding.kernels().elementwise(),
                  box,
                  dx.data(),
                  dx.offset(),
                  dy.data(),
                  dy.offset())
              : Boxes.copy(box, dx.data(), dx.offset(), dy.data(), dy.offset()));
    }
  }
}
