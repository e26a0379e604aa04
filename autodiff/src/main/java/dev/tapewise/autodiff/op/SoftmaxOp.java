package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Shape;
import dev.tapewise.core.kernel.AxisSoftmax;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Softmax;
import java.util.List;

/**
 * Softmax over one axis, {@code exp(x) / sum of exp(x)}, or its logarithm; the shape stays. Every
 * row is shifted by its maximum first. An element of -Infinity has probability 0 and logarithm
 * -Infinity; a row that is -Infinity throughout, or holds +Infinity or NaN, becomes NaN. The last
 * axis is fast. Over axis 0 of a batch, the images being played are one row.
 */
public final class SoftmaxOp implements Op {
  private static final int ELEMENTS = 4096;
  private static final int COLUMNS = 64;

  private final int axis;
  private final boolean logarithm;

  private SoftmaxOp(int axis, boolean logarithm) {
    this.axis = axis;
    this.logarithm = logarithm;
  }

  /** Softmax over an axis, counted from the end where negative. */
  public static SoftmaxOp over(int axis) {
    return new SoftmaxOp(axis, false);
  }

  /** The logarithm of softmax over an axis, counted from the end where negative. */
  public static SoftmaxOp logarithmOver(int axis) {
    return new SoftmaxOp(axis, true);
  }

  @Override
  public String name() {
    return logarithm ? "log softmax" : "softmax";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    int rank = inputs.get(0).rank();
    if (axis < -rank || axis >= rank) {
      throw new IllegalArgumentException(
          "there is no axis %d among %d; choose from %d to %d, -1 is the last"
              .formatted(axis, rank, -rank, rank - 1));
    }
    return inputs.get(0);
  }

  @Override
  public boolean backwardReadsInput(int input) {
    return false;
  }

  @Override
  public void forward(Binding binding) {
    Operand x = binding.input(0);
    Operand y = binding.output();
    Geometry g = new Geometry(x, axis);
    Kernel kernel = Kernel.of(binding.kernels().softmax(), logarithm);
    if (g.inner == 1) {
      binding.scratch(Softmax.LANES, 0);
      binding.play(
          new Rows(g) {
            @Override
            void rows(int start, int count, int length, float[] work, int at) {
              kernel.rows.run(
                  y.data(),
                  y.offset() + start,
                  x.data(),
                  x.offset() + start,
                  count,
                  length,
                  work,
                  at);
            }
          });
      return;
    }
    binding.scratch(AxisSoftmax.WORK, 0);
    binding.play(
        new Columns(g) {
          @Override
          void columns(int start, int length, int from, int to, float[] work, int at) {
            kernel.columns.run(
                y.data(),
                y.offset() + start,
                x.data(),
                x.offset() + start,
                length,
                g.inner,
                from,
                to,
                work,
                at);
          }
        });
  }

  @Override
  public void backward(Binding binding) {
    GradientTarget dx = binding.inputGradient(0);
    if (dx == null) {
      return;
    }
    Operand y = binding.output();
    GradientReading dy = binding.outputGradient();
    Geometry g = new Geometry(y, axis);
    Kernel kernel = Kernel.of(binding.kernels().softmax(), logarithm);
    if (g.inner == 1) {
      binding.scratch(Softmax.LANES, 0);
      binding.play(
          new Rows(g) {
            @Override
            void rows(int start, int count, int length, float[] work, int at) {
              kernel.rowsGradient.run(
                  dx.data(),
                  dx.offset() + start,
                  y.data(),
                  y.offset() + start,
                  dy.data(),
                  dy.offset() + start,
                  count,
                  length,
                  work,
                  at);
            }
          });
      return;
    }
    binding.scratch(AxisSoftmax.WORK, 0);
    binding.play(
        new Columns(g) {
          @Override
          void columns(int start, int length, int from, int to, float[] work, int at) {
            kernel.columnsGradient.run(
                dx.data(),
                dx.offset() + start,
                y.data(),
                y.offset() + start,
                dy.data(),
                dy.offset() + start,
                length,
                g.inner,
                from,
                to,
                work,
                at);
          }
        });
  }

  /** What softmax or its logarithm runs, over rows of the last axis or columns of another one. */
  private record Kernel(
      RowsForward rows,
      RowsGradient rowsGradient,
      ColumnsForward columns,
      ColumnsGradient columnsGradient) {

    static Kernel of(Softmax softmax, boolean logarithm) {
      return logarithm
          ? new Kernel(
              softmax::logSoftmax,
              softmax::logSoftmaxGradient,
              AxisSoftmax::logSoftmax,
              AxisSoftmax::logSoftmaxGradient)
          : new Kernel(
              softmax::softmax,
              softmax::softmaxGradient,
              AxisSoftmax::softmax,
              AxisSoftmax::softmaxGradient);
    }
  }

  /** As in {@link Softmax}. */
  @FunctionalInterface
  private interface RowsForward {
    void run(float[] y, int yAt, float[] x, int xAt, int rows, int length, float[] work, int at);
  }

  /** As in {@link Softmax}. */
  @FunctionalInterface
  private interface RowsGradient {
    void run(
        float[] dx,
        int dxAt,
        float[] y,
        int yAt,
        float[] dy,
        int dyAt,
        int rows,
        int length,
        float[] work,
        int at);
  }

  /** As in {@link AxisSoftmax}. */
  @FunctionalInterface
  private interface ColumnsForward {
    void run(
        float[] y,
        int yAt,
        float[] x,
        int xAt,
        int length,
        int inner,
        int from,
        int to,
        float[] work,
        int at);
  }

  /** As in {@link AxisSoftmax}. */
  @FunctionalInterface
  private interface ColumnsGradient {
    void run(
        float[] dx,
        int dxAt,
        float[] y,
        int yAt,
        float[] dy,
        int dyAt,
        int length,
        int inner,
        int from,
        int to,
        float[] work,
        int at);
  }

  /** The tensor as {@code [outer, length, inner]} around the axis. */
  private static final class Geometry {
    private final Operand x;
    private final int axis;
    private final int inner;

    Geometry(Operand x, int axis) {
      Shape shape = x.shape();
      this.x = x;
      this.axis = axis < 0 ? axis + shape.rank() : axis;
      int after = 1;
      for (int i = this.axis + 1; i < shape.rank(); i++) {
        after *= shape.axis(i);
      }
      this.inner = after;
    }

    int length(int batch) {
      return axis == 0 ? x.images(batch) : x.shape().axis(axis);
    }

    int outer(int batch) {
      return x.size(batch) / length(batch) / inner;
    }
  }

  /** Rows along the last axis. */
  private abstract static class Rows extends RowTask {
    private final Geometry g;

    Rows(Geometry g) {
      super(Math.max(1, ELEMENTS / g.x.shape().axis(g.axis)));
      this.g = g;
    }

    @Override
    int rows(int batch) {
      return g.outer(batch);
    }

    @Override
    void run(int from, int to, int batch, Scratch scratch) {
      int mark = scratch.mark();
      int intMark = scratch.intMark();
      int at = scratch.take(Softmax.LANES);
      int length = g.length(batch);
      rows(from * length, to - from, length, scratch.floats(), at);
      scratch.release(mark, intMark);
    }

    abstract void rows(int start, int count, int length, float[] work, int at);
  }

  /** Blocks of columns of every outer entry. */
  private abstract static class Columns extends RowTask {
    private final Geometry g;
    private final int blocks;

    Columns(Geometry g) {
      super(1);
      this.g = g;
      this.blocks = Math.ceilDiv(g.inner, COLUMNS);
    }

    @Override
    int rows(int batch) {
      return g.outer(batch) * blocks;
    }

    @Override
    void run(int from, int to, int batch, Scratch scratch) {
      int length = g.length(batch);
      int mark = scratch.mark();
      int intMark = scratch.intMark();
      int at = scratch.take(AxisSoftmax.WORK);
      for (int i = from; i < to; i++) {
        int first = i % blocks * COLUMNS;
        columns(
            i / blocks * length * g.inner,
            length,
            first,
            Math.min(first + COLUMNS, g.inner),
            scratch.floats(),
            at);
      }
      scratch.release(mark, intMark);
    }

    abstract void columns(int start, int length, int from, int to, float[] work, int at);
  }
}
