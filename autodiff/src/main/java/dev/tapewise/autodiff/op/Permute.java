package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.StridedBox;
import dev.tapewise.core.kernel.GradientReading;
import java.util.Arrays;
import java.util.List;

/**
 * The same elements in another order: axes exchanged, channels shuffled, pixels made of channels
 * and back. Each is a permutation of axes once some axes are seen as two or three. The batch stays
 * the first axis.
 */
public final class Permute implements Op {
  private final String name;
  private final Shape input;
  private final Shape output;
  private final boolean movesFirst;
  private final int[] sizes;
  private final int[] from;
  private final int[] to;

  /**
   * @param seen the input's axes, some as several
   * @param order which of them each axis of the output is, some as several
   */
  private Permute(String name, Shape input, Shape output, int[] seen, int... order) {
    this.name = name;
    this.input = input;
    this.output = output;
    this.movesFirst = order[0] != 0;
    int[] strides = Axes.strides(seen);
    this.sizes = new int[order.length];
    this.from = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      sizes[i] = seen[order[i]];
      from[i] = strides[order[i]];
    }
    this.to = Axes.strides(sizes);
  }

  /**
   * Axes in another order.
   *
   * @param x the shape of the input
   * @param axes for each axis of the result the axis of x that it is, counted from the end where
   *     negative
   */
  public static Permute axes(Shape x, int... axes) {
    int[] order = new int[axes.length];
    boolean[] seen = new boolean[x.rank()];
    for (int i = 0; i < axes.length; i++) {
      order[i] = Axes.at(x, axes[i]);
      seen[order[i]] = true;
    }
    for (boolean named : seen) {
      if (!named || axes.length != x.rank()) {
        throw new IllegalArgumentException(
            "every axis must be named once: %s is no order of %d axes"
                .formatted(Arrays.toString(axes), x.rank()));
      }
    }
    int[] sizes = Axes.sizes(x);
    int[] moved = new int[sizes.length];
    for (int i = 0; i < moved.length; i++) {
      moved[i] = sizes[order[i]];
    }
    return new Permute("permute", x, Shape.of(moved), sizes, order);
  }

  /** Two axes exchanged, see {@link #axes}. */
  public static Permute transpose(Shape x, int one, int other) {
    int[] order = new int[x.rank()];
    Arrays.setAll(order, i -> i);
    order[Axes.at(x, one)] = Axes.at(x, other);
    order[Axes.at(x, other)] = Axes.at(x, one);
    return axes(x, order);
  }

  /**
   * Channel shuffle (Zhang et al. 2018, ShuffleNet): channel {@code j * groups + g} of the result
   * is channel {@code g * (C / groups) + j} of x, the last axis being the channels.
   */
  public static Permute channelShuffle(Shape x, int groups) {
    int channels = x.axis(-1);
    if (x.rank() < 2 || groups < 1 || channels % groups != 0) {
      throw new IllegalArgumentException(
          "it takes [N, ..., C] with C divisible by groups=%d. Choose a divisor".formatted(groups));
    }
    int[] seen = {x.axis(0), x.rest() / channels, groups, channels / groups};
    return new Permute("channel shuffle", x, x, seen, 0, 1, 3, 2);
  }

  /**
   * Pixel shuffle (Shi et al. 2016): {@code [N, H, W, C * f * f]} to {@code [N, H * f, W * f, C]};
   * the pixel at row offset r and column offset s reads channel {@code (c * f + r) * f + s}.
   */
  public static Permute pixelShuffle(Shape x, int factor) {
    image(x, factor);
    int channels = x.axis(3);
    long square = (long) factor * factor;
    if (channels % square != 0) {
      throw new IllegalArgumentException(
          "%d channels are not divisible by factor * factor = %d".formatted(channels, square));
    }
    int c = (int) (channels / square);
    int n = x.axis(0);
    int h = x.axis(1);
    int w = x.axis(2);
    Shape y = Shape.of(n, Math.multiplyExact(h, factor), Math.multiplyExact(w, factor), c);
    int[] seen = {n, h, w, c, factor, factor};
    return new Permute("pixel shuffle", x, y, seen, 0, 1, 4, 2, 5, 3);
  }

  /** What undoes pixel shuffle: {@code [N, H * f, W * f, C]} to {@code [N, H, W, C * f * f]}. */
  public static Permute pixelUnshuffle(Shape x, int factor) {
    image(x, factor);
    if (x.axis(1) % factor != 0 || x.axis(2) % factor != 0) {
      throw new IllegalArgumentException(
          "an image of %d x %d is not divisible by factor=%d"
              .formatted(x.axis(1), x.axis(2), factor));
    }
    int n = x.axis(0);
    int h = x.axis(1) / factor;
    int w = x.axis(2) / factor;
    int c = x.axis(3);
    Shape y = Shape.of(n, h, w, Math.multiplyExact(c, Math.multiplyExact(factor, factor)));
    int[] seen = {n, h, factor, w, factor, c};
    return new Permute("pixel unshuffle", x, y, seen, 0, 1, 3, 5, 2, 4);
  }

  private static void image(Shape x, int factor) {
    if (x.rank() != 4 || factor < 1) {
      throw new IllegalArgumentException(
          "it takes images [N, H, W, C] and a factor of at least 1, not %d".formatted(factor));
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
    return output;
  }

  @Override
  public void check(List<Var> inputs) {
    Axes.keepBatch(inputs, movesFirst);
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

  private StridedBox box(Binding binding) {
    return new StridedBox(binding.output().batched(), Axes.of(sizes, from, to), 0, 0);
  }

  @Override
  public void forward(Binding binding) {
    Operand x = binding.input(0);
    Operand y = binding.output();
    binding.play(Boxes.copy(box(binding), y.data(), y.offset(), x.data(), x.offset()));
  }

  @Override
  public void backward(Binding binding) {
    GradientTarget dx = binding.inputGradient(0);
    if (dx == null) {
      return;
    }
    GradientReading dy = binding.outputGradient();
    StridedBox box = box(binding).transposed();
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
