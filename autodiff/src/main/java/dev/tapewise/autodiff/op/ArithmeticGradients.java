package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.geometry.Broadcast;
import dev.tapewise.core.kernel.Arithmetic;
import dev.tapewise.core.kernel.Elementwise;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.LaneSums;
import org.jspecify.annotations.Nullable;

/**
 * The backward passes of {@link ArithmeticOp}: products and quotients, summed back to each shape.
 */
final class ArithmeticGradients {
  private ArithmeticGradients() {}

  /** The gradient as it is for a, divided by {@code sign} for b. */
  static void add(
      Binding binding,
      @Nullable GradientTarget da,
      @Nullable GradientTarget db,
      AxisSums.Divisor sign) {
    GradientReading dy = binding.outputGradient();
    if (da != null) {
      sumTo(binding, dy.data(), dy.offset(), binding.input(0), da, AxisSums.Divisor.ONE);
    }
    if (db != null) {
      sumTo(binding, dy.data(), dy.offset(), binding.input(1), db, sign);
    }
  }

  /** {@code da = Σ dy * b}, {@code db = Σ dy * a}. */
  static void multiply(Binding binding, @Nullable GradientTarget da, @Nullable GradientTarget db) {
    if (da != null
        && db != null
        && (bothInOnePass(binding, 0, da, db) || bothInOnePass(binding, 1, db, da))) {
      return;
    }
    if (da != null) {
      multiply(binding, binding.input(0), binding.input(1), da);
    }
    if (db != null) {
      multiply(binding, binding.input(1), binding.input(0), db);
    }
  }

  /**
   * Where one tensor has the shape of the result and the other repeats rows, such as {@code [N, H,
   * W, C]} and {@code [N, 1, 1, C]}: the gradient is read once for both.
   */
  private static boolean bothInOnePass(
      Binding binding, int whole, GradientTarget dx, GradientTarget dw) {
    Operand x = binding.input(whole);
    Operand w = binding.input(1 - whole);
    AxisStages stages = stages(binding.output(), w);
    if (dx.add()
        || !isWhole(x, binding.output())
        || stages.stages().size() > 1
        || stages.stages().get(0).channels() == 1) {
      return false;
    }
    Arithmetic kernel = binding.kernels().arithmetic();
    GradientReading dy = binding.outputGradient();
    AxisSums.bind(
        binding,
        stages,
        new AxisSums.Source() {
          @Override
          public void rows(
              float[] sum, int sumAt, int at, int kept, int rows, int step, int channels) {
            kernel.multiplyGradients(
                dx.data(),
                dx.offset() + at,
                sum,
                sumAt,
                dy.data(),
                dy.offset() + at,
                x.data(),
                x.offset() + at,
                w.data(),
                w.offset() + kept,
                rows,
                step,
                channels);
          }

          @Override
          public double elements(int at, int count) {
            throw new AssertionError("rows of one element are not taken in one pass");
          }
        },
        dw,
        AxisSums.Divisor.ONE);
    return true;
  }

  private static void multiply(Binding binding, Operand x, Operand other, GradientTarget dx) {
    Arithmetic kernel = binding.kernels().arithmetic();
    Operand y = binding.output();
    GradientReading dy = binding.outputGradient();
    if (isWhole(x, y)) {
      play(binding, dx.add() ? kernel::addProduct : kernel::multiply, other, dx);
      return;
    }
    AxisStages stages = stages(y, x);
    if (stages.stages().size() == 1 && isWhole(other, y)) {
      AxisSums.bind(binding, stages, products(kernel, dy, other), dx, AxisSums.Divisor.ONE);
      return;
    }
    GradientTarget product = temporary(binding);
    play(binding, kernel::multiply, other, product);
    sumTo(binding, product.data(), product.offset(), x, dx, AxisSums.Divisor.ONE);
  }

  private static AxisSums.Source products(Arithmetic kernel, GradientReading dy, Operand x) {
    return new AxisSums.Source() {
      @Override
      public void rows(float[] sum, int sumAt, int at, int kept, int rows, int step, int channels) {
        kernel.sumProducts(
            sum,
            sumAt,
            dy.data(),
            dy.offset() + at,
            x.data(),
            x.offset() + at,
            rows,
            step,
            channels);
      }

      @Override
      public double elements(int at, int count) {
        return LaneSums.dot(dy.data(), dy.offset() + at, x.data(), x.offset() + at, count);
      }
    };
  }

  /** {@code da = Σ dy / b}, {@code db = -Σ dy * (y / b)}. */
  static void divide(Binding binding, @Nullable GradientTarget da, @Nullable GradientTarget db) {
    Arithmetic kernel = binding.kernels().arithmetic();
    Operand y = binding.output();
    Operand b = binding.input(1);
    if (da != null) {
      GradientTarget quotient = temporary(binding);
      play(binding, kernel::divide, b, quotient);
      sumTo(
          binding, quotient.data(), quotient.offset(), binding.input(0), da, AxisSums.Divisor.ONE);
    }
    if (db != null) {
      GradientTarget product = temporary(binding);
      binding.play(
          new BroadcastTask(
              binding,
              kernel::divide,
              Broadcast.of(y.shape(), b.shape(), y.batched()),
              product.data(),
              product.offset(),
              y.data(),
              y.offset(),
              b.data(),
              b.offset()));
      GradientReading dy = binding.outputGradient();
      binding.play(
          new BroadcastTask(
              binding,
              kernel::multiply,
              Broadcast.of(y.shape(), y.shape(), y.batched()),
              product.data(),
              product.offset(),
              product.data(),
              product.offset(),
              dy.data(),
              dy.offset()));
      sumTo(binding, product.data(), product.offset(), b, db, AxisSums.Divisor.MINUS_ONE);
    }
  }

  private static GradientTarget temporary(Binding binding) {
    int at = binding.workspace(binding.output().shape().size());
    return new GradientTarget(binding.memory(), at, false);
  }

  /** The output's gradient with a tensor that meets it, to a tensor of the output's shape. */
  private static void play(
      Binding binding, BroadcastTask.Rows rows, Operand other, GradientTarget to) {
    Operand y = binding.output();
    GradientReading dy = binding.outputGradient();
    binding.play(
        new BroadcastTask(
            binding,
            rows,
            Broadcast.of(y.shape(), other.shape(), y.batched()),
            to.data(),
            to.offset(),
            dy.data(),
            dy.offset(),
            other.data(),
            other.offset()));
  }

  /**
   * Whether an input has an element for each of the output's, whatever the batch is: a batch of one
   * image does not make a tensor whole that has none.
   */
  private static boolean isWhole(Operand x, Operand y) {
    return x.shape().size() == y.shape().size()
        && (x.batched() == y.batched() || y.shape().axis(0) > 1);
  }

  private static AxisStages stages(Operand y, Operand to) {
    int rank = y.shape().rank();
    boolean[] summed = new boolean[rank];
    for (int i = 0; i < rank; i++) {
      int axis = i - rank + to.shape().rank();
      boolean repeated = y.shape().axis(i) > 1 || (i == 0 && y.batched() && !to.batched());
      summed[i] = axis < 0 || (to.shape().axis(axis) == 1 && repeated);
    }
    return AxisStages.of(y.shape(), summed, y.batched());
  }

  /** Sums a tensor of the output's shape over the axes that an input repeats. */
  private static void sumTo(
      Binding binding,
      float[] g,
      int gOffset,
      Operand x,
      GradientTarget dx,
      AxisSums.Divisor sign) {
    Operand y = binding.output();
    if (isWhole(x, y)) {
      copyTo(binding, g, gOffset, dx, sign.value());
      return;
    }
    AxisSums.bind(
        binding, stages(y, x), AxisSums.of(binding.kernels().arithmetic(), g, gOffset), dx, sign);
  }

  private static void copyTo(Binding binding, float[] g, int gOffset, GradientTarget dx, int sign) {
    Elementwise kernel = binding.kernels().elementwise();
    binding.play(
        new ElementTask(binding.output()) {
          @Override
          void run(int from, int count) {
            int to = dx.offset() + from;
            if (sign < 0 && dx.add()) {
              kernel.addScaled(dx.data(), to, g, gOffset + from, count, -1f);
            } else if (sign < 0) {
              kernel.scale(dx.data(), to, g, gOffset + from, count, -1f);
            } else if (dx.add()) {
              kernel.add(dx.data(), to, dx.data(), to, g, gOffset + from, count);
            } else {
              System.arraycopy(g, gOffset + from, dx.data(), to, count);
            }
          }
        });
  }
}
