package dev.tapewise.autodiff.op;

import dev.tapewise.core.Shape;
import java.util.Arrays;
import java.util.List;

/** Cases of matrix products and of reshape. */
final class MatMulSpecs {
  private MatMulSpecs() {}

  static List<OpSpecs.Spec> all() {
    return List.of(
        new OpSpecs.Spec(MatMul.class, "matmul", true, MatMulSpecs::matmul),
        new OpSpecs.Spec(MatMul.class, "matmul with itself", false, MatMulSpecs::square),
        new OpSpecs.Spec(Reshape.class, "reshape", true, MatMulSpecs::reshape));
  }

  private static OpSample matmul(Draw d) {
    int front = d.between(0, 2);
    int[] left = new int[front + 2];
    int[] right = new int[front + 2];
    for (int i = 0; i < front; i++) {
      int size = d.between(1, 4);
      left[i] = d.oneOf(size, size, 1);
      right[i] = d.oneOf(size, size, 1);
    }
    left[front] = d.oneOf(1, 2, 6, 7, 13, 100);
    left[front + 1] = d.oneOf(d.channels(), d.channels(), 70);
    right[front] = left[front + 1];
    right[front + 1] = d.channels();
    Shape result = new MatMul().shape(List.of(Shape.of(left), Shape.of(right)));
    // a side has the batch where its axis 0 is that of the result, and is not summed over
    boolean batchA = left[0] == result.axis(0) && d.flag();
    boolean batchB = front > 0 && right[0] == result.axis(0) && d.flag();
    Shape a = d.flag() && !batchA ? withoutOnes(left) : Shape.of(left);
    Shape b = d.flag() && !batchB ? withoutOnes(right) : Shape.of(right);
    if (Math.max(a.rank(), b.rank()) < left.length) {
      a = Shape.of(left);
    }
    Shape leftShape = a;
    return new OpSample(
        "matmul %s%s %s%s".formatted(batchA ? "batch of " : "", a, batchB ? "batch of " : "", b),
        List.of(batchA ? d.batched(a) : d.constant(a), batchB ? d.batched(b) : d.constant(b)),
        (tape, v) -> v.get(0).matmul(v.get(1)),
        v -> NaiveArithmetic.matmul(v[0], leftShape, v[1], b, result));
  }

  /** Without the axes of size 1 in front of a matrix. */
  private static Shape withoutOnes(int[] axes) {
    int from = 0;
    while (from < axes.length - 2 && axes[from] == 1) {
      from++;
    }
    return Shape.of(Arrays.copyOfRange(axes, from, axes.length));
  }

  private static OpSample square(Draw d) {
    int k = d.oneOf(1, 3, 8, 17);
    Shape x = Shape.of(d.between(1, 3), d.between(1, 2), k, k);
    return new OpSample(
        "matmul with itself " + x,
        List.of(d.batched(x)),
        (tape, v) -> v.get(0).matmul(v.get(0)),
        v -> NaiveArithmetic.matmul(v[0], x, v[0], x, x));
  }

  private static OpSample reshape(Draw d) {
    int n = d.between(1, 3);
    int p = d.between(1, 9);
    int q = d.channels();
    Shape x = d.flag() ? Shape.of(n, p, q) : Shape.of(n, p * q);
    int[] axes = d.flag() ? new int[] {n, -1, p} : new int[] {n, q, p, 1};
    return new OpSample(
        "reshape " + x + " to " + Arrays.toString(axes),
        List.of(d.flag() ? d.batched(x) : d.constant(x)),
        (tape, v) -> v.get(0).reshape(axes),
        v -> v[0].clone());
  }
}
