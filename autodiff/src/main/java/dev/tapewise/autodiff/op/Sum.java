package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.Broadcast;
import dev.tapewise.core.kernel.Arithmetic;
import dev.tapewise.core.kernel.GradientReading;
import java.util.Arrays;
import java.util.List;

/**
 * The sum or the mean over some axes or all of them. Over the batch it takes the images being
 * played, and the result has no batch. The order of a sum is that of {@link AxisSums}.
 */
public final class Sum implements Op {
  private final boolean mean;
  private final boolean keepAxes;
  private final boolean[] summed;

  private Sum(boolean mean, boolean keepAxes, boolean[] summed) {
    this.mean = mean;
    this.keepAxes = keepAxes;
    this.summed = summed;
  }

  /** The sum of all elements of x, {@code [1]}. */
  public static Sum of(Shape x) {
    return new Sum(false, false, all(x));
  }

  /**
   * The sum of x over axes.
   *
   * @param keepAxes whether these axes stay, with size 1; a result without axes is {@code [1]}
   * @param axes which, counted from the end where negative
   * @throws IllegalArgumentException if no axis is named, one is named twice, or x does not have it
   */
  public static Sum of(Shape x, boolean keepAxes, int... axes) {
    return new Sum(false, keepAxes, chosen(x, axes));
  }

  /** The mean of all elements of x, {@code [1]}. */
  public static Sum mean(Shape x) {
    return new Sum(true, false, all(x));
  }

  /**
   * The mean of x over axes, see {@link #of(Shape, boolean, int...)}.
   *
   * @throws IllegalArgumentException if no axis is named, one is named twice, or x does not have it
   */
  public static Sum mean(Shape x, boolean keepAxes, int... axes) {
    return new Sum(true, keepAxes, chosen(x, axes));
  }

  private static boolean[] all(Shape x) {
    boolean[] all = new boolean[x.rank()];
    Arrays.fill(all, true);
    return all;
  }

  private static boolean[] chosen(Shape x, int[] axes) {
    if (axes.length == 0) {
      throw new IllegalArgumentException("no axis is named. Name one from 0 to " + (x.rank() - 1));
    }
    boolean[] chosen = new boolean[x.rank()];
    for (int axis : axes) {
      int at = axis < 0 ? axis + x.rank() : axis;
      if (at < 0 || at >= x.rank()) {
        throw new IllegalArgumentException(
            "there is no axis %d. Choose from %d to %d".formatted(axis, -x.rank(), x.rank() - 1));
      }
      if (chosen[at]) {
        throw new IllegalArgumentException("axis " + axis + " is named twice. Name it once");
      }
      chosen[at] = true;
    }
    return chosen;
  }

  @Override
  public String name() {
    return mean ? "mean" : "sum";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = inputs.get(0);
    if (x.rank() != summed.length) {
      throw new IllegalArgumentException("made for a tensor of " + summed.length + " axes");
    }
    if (keepAxes) {
      return kept(x);
    }
    int[] axes = new int[x.rank()];
    int rank = 0;
    for (int i = 0; i < x.rank(); i++) {
      if (!summed[i]) {
        axes[rank++] = x.axis(i);
      }
    }
    return rank == 0 ? Shape.of(1) : Shape.of(Arrays.copyOf(axes, rank));
  }

  /** The result with all its axes. */
  private Shape kept(Shape x) {
    int[] axes = new int[x.rank()];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = summed[i] ? 1 : x.axis(i);
    }
    return Shape.of(axes);
  }

  @Override
  public boolean keepsBatch() {
    return !summed[0];
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

  /** What the sum is divided by. */
  private AxisSums.Divisor divisor(Operand x) {
    if (!mean) {
      return AxisSums.Divisor.ONE;
    }
    boolean perImage = x.batched() && summed[0];
    int count = 1;
    for (int i = perImage ? 1 : 0; i < summed.length; i++) {
      count *= summed[i] ? x.shape().axis(i) : 1;
    }
    return new AxisSums.Divisor(count, perImage);
  }

  @Override
  public void forward(Binding binding) {
    Operand x = binding.input(0);
    Operand y = binding.output();
    AxisSums.bind(
        binding,
        AxisStages.of(x.shape(), summed, x.batched()),
        AxisSums.of(binding.kernels().arithmetic(), x.data(), x.offset()),
        new GradientTarget(y.data(), y.offset(), false),
        divisor(x));
  }

  @Override
  public void backward(Binding binding) {
    GradientTarget dx = binding.inputGradient(0);
    if (dx == null) {
      return;
    }
    Operand x = binding.input(0);
    GradientReading dy = binding.outputGradient();
    float[] g = dy.data();
    int offset = dy.offset();
    if (mean) {
      g = binding.memory();
      offset = binding.workspace(binding.output().shape().size());
      binding.play(
          new DividedTask(binding.output(), g, offset, dy.data(), dy.offset(), divisor(x)));
    }
    Arithmetic kernel = binding.kernels().arithmetic();
    binding.play(
        new BroadcastTask(
            binding,
            dx.add() ? kernel::add : Sum::repeat,
            Broadcast.of(x.shape(), kept(x.shape()), x.batched()),
            dx.data(),
            dx.offset(),
            dx.data(),
            dx.offset(),
            g,
            offset));
  }

  /** Rows of b. */
  private static void repeat(
      float[] y,
      int at,
      float[] a,
      int aAt,
      int aStep,
      float[] b,
      int bAt,
      int bStep,
      int rows,
      int channels) {
    for (int r = 0; r < rows; r++) {
      System.arraycopy(b, bAt + r * bStep, y, at + r * channels, channels);
    }
  }
}
