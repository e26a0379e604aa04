package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.Broadcast;
import java.util.List;

/**
 * Matrix products {@code [..., m, k] · [..., k, n]}, {@code [..., m, n]}; the axes in front
 * broadcast as in {@link ArithmeticOp}. Where the right side is one matrix that multiplies rows of
 * the whole left side, it has the speed, and the bits, of {@link Linear}.
 */
public final class MatMul implements Op {
  private long multiplyAdds;

  /** A matrix product. */
  public MatMul() {}

  @Override
  public String name() {
    return "matmul";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape a = inputs.get(0);
    Shape b = inputs.get(1);
    if (a.rank() < 2 || b.rank() < 2) {
      throw new IllegalArgumentException(
          "both tensors need two axes or more. Reshape a vector to [1, k] or [k, 1]");
    }
    if (a.axis(-1) != b.axis(-2)) {
      throw new IllegalArgumentException(
          "columns of the one must be rows of the other, but %d is not %d"
              .formatted(a.axis(-1), b.axis(-2)));
    }
    Shape front = Broadcast.result(MatrixProducts.front(a), MatrixProducts.front(b));
    int rank = Math.max(a.rank(), b.rank());
    int[] axes = new int[rank];
    for (int i = 0; i < rank - 2; i++) {
      axes[i] = front.axis(i);
    }
    axes[rank - 2] = a.axis(-2);
    axes[rank - 1] = b.axis(-1);
    return Shape.of(axes);
  }

  @Override
  public void check(List<Var> inputs) {
    Var a = inputs.get(0);
    Var b = inputs.get(1);
    int rank = Math.max(a.shape().rank(), b.shape().rank());
    if ((a.batched() && a.shape().rank() < rank) || (b.batched() && b.shape().rank() < rank)) {
      throw new IllegalArgumentException(
          "the batch of %s would not be axis 0 of the result. Reshape it to %d axes, the batch first"
              .formatted(a.batched() && a.shape().rank() < rank ? a : b, rank));
    }
    if (b.batched() && b.shape().rank() == 2) {
      throw new IllegalArgumentException(
          "rows of %s are its batch and cannot be summed over. Give the right side a batch axis in front"
              .formatted(b));
    }
    Shape y = shape(List.of(a.shape(), b.shape()));
    long images = a.batched() || b.batched() ? y.axis(0) : 1;
    multiplyAdds = y.size() / images * a.shape().axis(-1);
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
  public long multiplyAdds() {
    return multiplyAdds;
  }

  /**
   * Whether rows of the left side meet one matrix, as in a linear layer. A batch on the right is
   * never that, not even of one image: the order of sums must not depend on the capacity.
   */
  private static boolean isLinear(Operand right, Shape a, Shape y) {
    Shape b = right.shape();
    return !right.batched()
        && b.size() == (long) b.axis(-2) * b.axis(-1)
        && a.size() / a.axis(-1) == y.size() / y.axis(-1);
  }

  private static PointwiseTasks linear(Operand a, Operand b) {
    int k = a.channels();
    return new PointwiseTasks(a.shape().rest() / k, 1, k, b.channels());
  }

  @Override
  public void forward(Binding binding) {
    Operand a = binding.input(0);
    Operand b = binding.input(1);
    if (isLinear(b, a.shape(), binding.output().shape())) {
      linear(a, b).forward(binding, null);
    } else {
      WholeBatch.require(binding, a, b);
      new MatrixProducts(a, b, binding.output()).forward(binding);
    }
  }

  @Override
  public void backward(Binding binding) {
    Operand a = binding.input(0);
    Operand b = binding.input(1);
    if (isLinear(b, a.shape(), binding.output().shape())) {
      linear(a, b).backward(binding);
      return;
    }
    MatrixProducts products = new MatrixProducts(a, b, binding.output());
    GradientTarget da = binding.inputGradient(0);
    if (da != null) {
      products.leftGradient(binding, da);
    }
    GradientTarget db = binding.inputGradient(1);
    if (db != null) {
      products.rightGradient(binding, db);
    }
  }
}
