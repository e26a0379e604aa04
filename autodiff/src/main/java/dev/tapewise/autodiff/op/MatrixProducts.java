package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Task;
import dev.tapewise.core.geometry.Broadcast;
import dev.tapewise.core.kernel.Elementwise;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Pointwise;
import java.util.Arrays;

/**
 * The products of many matrices: product i multiplies one matrix of each side, which may take part
 * in several products. A gradient sums over the products of its matrix in increasing order: on the
 * left one addition per product, on the right one chain over the rows of all of them.
 */
final class MatrixProducts {
  /** Rows that are multiplied together. */
  private static final int ROWS = 48;

  private final Operand a;
  private final Operand b;
  private final Operand y;
  private final int m;
  private final int k;
  private final int n;
  private final int[] left;
  private final int[] right;

  MatrixProducts(Operand a, Operand b, Operand y) {
    this.a = a;
    this.b = b;
    this.y = y;
    this.m = a.shape().axis(-2);
    this.k = a.channels();
    this.n = b.channels();
    Shape front = Broadcast.result(front(a.shape()), front(b.shape()));
    this.left = matrices(front, front(a.shape()));
    this.right = matrices(front, front(b.shape()));
  }

  /** A shape with one element for every matrix. */
  static Shape front(Shape shape) {
    int[] axes = new int[shape.rank()];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = i < axes.length - 2 ? shape.axis(i) : 1;
    }
    return Shape.of(axes);
  }

  /** The matrix of an operand for every product. */
  private static int[] matrices(Shape all, Shape operand) {
    int[] matrices = new int[all.intSize()];
    for (int i = 0; i < matrices.length; i++) {
      int rest = i;
      int step = 1;
      for (int axis = all.rank() - 1; axis >= 0; axis--) {
        int position = rest % all.axis(axis);
        rest /= all.axis(axis);
        int own = axis - all.rank() + operand.rank();
        if (own >= 0 && operand.axis(own) > 1) {
          matrices[i] += position * step;
          step *= operand.axis(own);
        }
      }
    }
    return matrices;
  }

  private int products(int batch) {
    return y.size(batch) / (m * n);
  }

  private int rightMatrices(int batch) {
    return b.size(batch) / (k * n);
  }

  private int parts() {
    return Math.ceilDiv(m, ROWS);
  }

  private int row(int part) {
    return Chunks.start(m, part, parts());
  }

  void forward(Binding binding) {
    Pointwise kernel = binding.kernels().pointwise();
    float[] memory = binding.memory();
    int size = Scratch.roundUp(kernel.packedSize(k, n));
    int packed = binding.workspace((long) rightMatrices(binding.capacity()) * size);
    binding.play(
        new Units() {
          @Override
          int units(int batch) {
            return rightMatrices(batch);
          }

          @Override
          void unit(int matrix, int batch, Scratch scratch) {
            kernel.pack(
                memory, packed + matrix * size, b.data(), b.offset() + matrix * k * n, k, n, 0, n);
          }
        });
    binding.scratch(kernel.forwardScratch(Math.min(m, ROWS), k, n), kernel.scratchInts());
    binding.play(
        new Units() {
          @Override
          int units(int batch) {
            return products(batch) * parts();
          }

          @Override
          void unit(int unit, int batch, Scratch scratch) {
            int product = unit / parts();
            int part = unit - product * parts();
            int row = row(part);
            kernel.forwardRaw(
                y.data(),
                y.offset() + (product * m + row) * n,
                a.data(),
                a.offset() + (left[product] * m + row) * k,
                row(part + 1) - row,
                k,
                n,
                memory,
                packed + right[product] * size,
                null,
                0,
                scratch);
          }
        });
  }

  /** {@code da = Σ dy · bᵀ}. */
  void leftGradient(Binding binding, GradientTarget da) {
    Pointwise kernel = binding.kernels().pointwise();
    Elementwise adding = binding.kernels().elementwise();
    GradientReading dy = binding.outputGradient();
    float[] memory = binding.memory();
    int size = Scratch.roundUp(kernel.packedSize(n, k));
    int packed = binding.workspace((long) rightMatrices(binding.capacity()) * size);
    binding.play(
        new Units() {
          @Override
          int units(int batch) {
            return rightMatrices(batch);
          }

          @Override
          void unit(int matrix, int batch, Scratch scratch) {
            kernel.packTransposed(
                memory, packed + matrix * size, b.data(), b.offset() + matrix * k * n, n, k, 0, k);
          }
        });
    int rows = Math.min(m, ROWS);
    binding.scratch(
        kernel.forwardScratch(rows, n, k) + Scratch.roundUp(rows * k), kernel.scratchInts());
    Users users = new Users(left, a.size(binding.capacity()) / (m * k));
    binding.play(
        new Units() {
          @Override
          int units(int batch) {
            return a.size(batch) / (m * k) * parts();
          }

          @Override
          void unit(int unit, int batch, Scratch scratch) {
            int matrix = unit / parts();
            int part = unit - matrix * parts();
            int row = row(part);
            int count = row(part + 1) - row;
            int to = da.offset() + (matrix * m + row) * k;
            int mark = scratch.mark();
            int intMark = scratch.intMark();
            int sum = scratch.take(count * k);
            int end = users.end(matrix, products(batch));
            for (int i = users.start(matrix); i < end; i++) {
              int product = users.product(i);
              boolean add = da.add() || i > users.start(matrix);
              kernel.forwardRaw(
                  add ? scratch.floats() : da.data(),
                  add ? sum : to,
                  dy.data(),
                  dy.offset() + (product * m + row) * n,
                  count,
                  n,
                  k,
                  memory,
                  packed + right[product] * size,
                  null,
                  0,
                  scratch);
              if (add) {
                adding.add(da.data(), to, da.data(), to, scratch.floats(), sum, count * k);
              }
            }
            scratch.release(mark, intMark);
          }
        });
  }

  /** {@code db = Σ aᵀ · dy}. */
  void rightGradient(Binding binding, GradientTarget db) {
    Pointwise kernel = binding.kernels().pointwise();
    GradientReading dy = binding.outputGradient();
    int size = kernel.partialSize(k, n);
    binding.scratch(
        Scratch.roundUp(size) + kernel.backwardScratch(Math.min(m, ROWS), k, n),
        kernel.scratchInts());
    Users users = new Users(right, rightMatrices(binding.capacity()));
    binding.play(
        new Units() {
          @Override
          int units(int batch) {
            return rightMatrices(batch);
          }

          @Override
          void unit(int matrix, int batch, Scratch scratch) {
            int mark = scratch.mark();
            int intMark = scratch.intMark();
            int sum = scratch.take(size);
            Arrays.fill(scratch.floats(), sum, sum + size, 0f);
            int end = users.end(matrix, products(batch));
            for (int i = users.start(matrix); i < end; i++) {
              int product = users.product(i);
              for (int part = 0; part < parts(); part++) {
                int row = row(part);
                kernel.addWeightGradientRaw(
                    scratch.floats(),
                    sum,
                    a.data(),
                    a.offset() + (left[product] * m + row) * k,
                    dy.data(),
                    dy.offset() + (product * m + row) * n,
                    row(part + 1) - row,
                    k,
                    n,
                    scratch);
              }
            }
            kernel.unpackPartial(
                db.data(),
                db.offset() + matrix * k * n,
                db.add(),
                scratch.floats(),
                sum,
                k,
                n,
                0,
                k);
            scratch.release(mark, intMark);
          }
        });
  }

  /** The products of every matrix of one side, in increasing order. */
  private static final class Users {
    private final int[] starts;
    private final int[] products;

    Users(int[] matrices, int count) {
      starts = new int[count + 1];
      products = new int[matrices.length];
      for (int matrix : matrices) {
        starts[matrix + 1]++;
      }
      for (int i = 0; i < count; i++) {
        starts[i + 1] += starts[i];
      }
      int[] next = starts.clone();
      for (int i = 0; i < matrices.length; i++) {
        products[next[matrices[i]]++] = i;
      }
    }

    int start(int matrix) {
      return starts[matrix];
    }

    /** Behind the last product of a matrix that is among the first {@code played}. */
    int end(int matrix, int played) {
      int end = starts[matrix + 1];
      while (products[end - 1] >= played) {
        end--;
      }
      return end;
    }

    int product(int i) {
      return products[i];
    }
  }

  /** Work on matrices or parts of them; each unit has a result of its own. */
  private abstract static class Units implements Task {

    @Override
    public final int chunks(int batch) {
      return Math.min(Chunks.FORWARD, units(batch));
    }

    @Override
    public final void run(int chunk, int batch, Scratch scratch) {
      int units = units(batch);
      int chunks = chunks(batch);
      int end = Chunks.start(units, chunk + 1, chunks);
      for (int unit = Chunks.start(units, chunk, chunks); unit < end; unit++) {
        unit(unit, batch, scratch);
      }
    }

    abstract int units(int batch);

    abstract void unit(int unit, int batch, Scratch scratch);
  }
}
