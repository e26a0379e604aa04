package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Task;
import dev.tapewise.core.geometry.Border;
import dev.tapewise.core.geometry.StridedBox;
import dev.tapewise.core.kernel.GradientReading;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor with entries added around it or, where a number is negative, taken away; a slice is a
 * tensor with entries taken away. Where an entry of x is repeated, its gradient is the sum over the
 * places where it stands: its own, then those around it.
 */
public final class Pad implements Op {
  private final String name;
  private final Shape input;
  private final int[] before;
  private final int[] after;
  private final Border border;

  private Pad(String name, Shape input, int[] before, int[] after, Border border) {
    this.name = name;
    this.input = input;
    this.before = before;
    this.after = after;
    this.border = border;
  }

  /**
   * A padding.
   *
   * @param x the shape of the input
   * @param before entries added before each axis, negative to take away
   * @param after entries added after each axis, negative to take away
   * @param border what they hold
   * @throws IllegalArgumentException if nothing of an axis would be left, or a mirror image would
   *     be longer than what it mirrors
   */
  public static Pad of(Shape x, int[] before, int[] after, Border border) {
    ranks("an amount before and after", x, before, after);
    for (int i = 0; i < before.length; i++) {
      int size = x.axis(i);
      if (Math.min(before[i], 0) + (long) Math.min(after[i], 0) <= -size) {
        throw new IllegalArgumentException(
            "before=%d after=%d leave nothing of the %d entries of axis %d. Take less away"
                .formatted(before[i], after[i], size, i));
      }
      if (border instanceof Border.Reflect && Math.max(before[i], after[i]) >= size) {
        throw new IllegalArgumentException(
            "axis %d has %d entries, so at most %d can be mirrored, not before=%d after=%d"
                .formatted(i, size, size - 1, before[i], after[i]));
      }
    }
    return new Pad("pad", x, before.clone(), after.clone(), border);
  }

  /**
   * A slice: {@code length} entries of each axis from {@code start} on.
   *
   * @param x the shape of the input
   */
  public static Pad slice(Shape x, int[] start, int[] length) {
    ranks("a start and a length", x, start, length);
    int[] before = new int[start.length];
    int[] after = new int[start.length];
    for (int i = 0; i < start.length; i++) {
      int size = x.axis(i);
      if (start[i] < 0 || length[i] < 1 || start[i] + (long) length[i] > size) {
        throw new IllegalArgumentException(
            "axis %d has %d entries: start=%d length=%d is no part of it"
                .formatted(i, size, start[i], length[i]));
      }
      before[i] = -start[i];
      after[i] = start[i] + length[i] - size;
    }
    return new Pad("slice", x, before, after, Border.zeros());
  }

  /** A slice of one axis, counted from the end where negative. */
  public static Pad slice(Shape x, int axis, int start, int length) {
    int at = Axes.at(x, axis);
    int[] starts = new int[x.rank()];
    int[] lengths = Axes.sizes(x);
    starts[at] = start;
    lengths[at] = length;
    return slice(x, starts, lengths);
  }

  /** Part {@code part} of an axis cut into pieces of {@code lengths}, which are all of it. */
  public static Pad part(Shape x, int axis, int[] lengths, int part) {
    int size = x.axis(Axes.at(x, axis));
    int start = 0;
    long sum = 0;
    for (int i = 0; i < lengths.length; i++) {
      start += i < part ? lengths[i] : 0;
      sum += lengths[i];
    }
    if (sum != size) {
      throw new IllegalArgumentException(
          "the lengths %s add up to %d, but axis %d has %d entries. Name all of it"
              .formatted(Arrays.toString(lengths), sum, axis, size));
    }
    return slice(x, axis, start, lengths[part]);
  }

  private static void ranks(String what, Shape x, int[] one, int[] two) {
    if (one.length != x.rank() || two.length != x.rank()) {
      throw new IllegalArgumentException(
          "every one of the %d axes needs %s, but there are %d and %d"
              .formatted(x.rank(), what, one.length, two.length));
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    if (!inputs.get(0).equals(input)) {
      throw new IllegalArgumentException("it was made for x of " + input);
    }
    int[] sizes = Axes.sizes(input);
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = Math.addExact(sizes[i], Math.addExact(before[i], after[i]));
    }
    return Shape.of(sizes);
  }

  @Override
  public void check(List<Var> inputs) {
    Axes.keepBatch(inputs, before[0] != 0 || after[0] != 0);
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

  private PadBoxes boxes(Binding binding) {
    return new PadBoxes(binding.output().batched(), Axes.sizes(input), before, after, border);
  }

  /** The boxes of what takes the padding away again: its constants are what it brings back. */
  private PadBoxes inverse(Binding binding) {
    int[] sizes = Axes.sizes(binding.output().shape());
    int[] first = new int[sizes.length];
    int[] last = new int[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      first[i] = -before[i];
      last[i] = -after[i];
    }
    return new PadBoxes(binding.output().batched(), sizes, first, last, Border.zeros());
  }

  @Override
  public void forward(Binding binding) {
    Operand x = binding.input(0);
    Operand y = binding.output();
    PadBoxes boxes = boxes(binding);
    List<Task> tasks = new ArrayList<>();
    tasks.add(Boxes.copy(boxes.interior(), y.data(), y.offset(), x.data(), x.offset()));
    for (StridedBox box : boxes.mirrors()) {
      tasks.add(Boxes.copy(box, y.data(), y.offset(), x.data(), x.offset()));
    }
    if (border instanceof Border.Constant constant) {
      for (StridedBox box : boxes.constants()) {
        tasks.add(Boxes.fill(box, y.data(), y.offset(), constant.value()));
      }
    }
    binding.play(Boxes.together(tasks));
  }

  @Override
  public void backward(Binding binding) {
    GradientTarget dx = binding.inputGradient(0);
    if (dx == null) {
      return;
    }
    PadBoxes inverse = inverse(binding);
    if (dx.add()) {
      add(binding, dx, inverse.interior());
    } else {
      GradientReading dy = binding.outputGradient();
      List<Task> tasks = new ArrayList<>();
      tasks.add(Boxes.copy(inverse.interior(), dx.data(), dx.offset(), dy.data(), dy.offset()));
      for (StridedBox box : inverse.constants()) {
        tasks.add(Boxes.fill(box, dx.data(), dx.offset(), 0));
      }
      binding.play(Boxes.together(tasks));
    }
    for (StridedBox box : boxes(binding).mirrors()) {
      add(binding, dx, box.transposed());
    }
  }

  /** One task per mirror image: several may meet in one element. */
  private static void add(Binding binding, GradientTarget dx, StridedBox box) {
    GradientReading dy = binding.outputGradient();
    binding.play(
        Boxes.add(
            binding.kernels().elementwise(), box, dx.data(), dx.offset(), dy.data(), dy.offset()));
  }
}
