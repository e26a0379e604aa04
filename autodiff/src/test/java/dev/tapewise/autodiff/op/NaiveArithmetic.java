package dev.tapewise.autodiff.op;

import dev.tapewise.core.Shape;
import java.util.function.DoubleBinaryOperator;

/** Broadcasting, sums over axes and matrix products in double precision, index by index. */
final class NaiveArithmetic {
  private NaiveArithmetic() {}

  /**
   * The index of a result's element in an operand whose axes of size 1 are repeated; without the
   * last {@code skippedAxes} axes.
   */
  private static int index(int element, Shape result, Shape operand, int skippedAxes) {
    int at = 0;
    int step = 1;
    int rest = element;
    for (int i = result.rank() - 1; i >= 0; i--) {
      int position = rest % result.axis(i);
      rest /= result.axis(i);
      int axis = i - result.rank() + operand.rank();
      if (i < result.rank() - skippedAxes && axis >= 0) {
        at += operand.axis(axis) == 1 ? 0 : position * step;
        step *= operand.axis(axis);
      }
    }
    return at;
  }

  static double[] meet(
      double[] a, Shape aShape, double[] b, Shape bShape, Shape result, DoubleBinaryOperator f) {
    double[] y = new double[result.intSize()];
    for (int i = 0; i < y.length; i++) {
      y[i] = f.applyAsDouble(a[index(i, result, aShape, 0)], b[index(i, result, bShape, 0)]);
    }
    return y;
  }

  /** Sums x to a shape of as many axes, where summed ones have size 1. */
  static double[] sum(double[] x, Shape shape, Shape kept) {
    double[] y = new double[kept.intSize()];
    for (int i = 0; i < x.length; i++) {
      y[index(i, shape, kept, 0)] += x[i];
    }
    return y;
  }

  /** Matrix products; the axes in front of the last two are repeated where they are 1. */
  static double[] matmul(double[] a, Shape aShape, double[] b, Shape bShape, Shape result) {
    int m = aShape.axis(-2);
    int k = aShape.axis(-1);
    int n = bShape.axis(-1);
    double[] y = new double[result.intSize()];
    for (int i = 0; i < y.length; i++) {
      int row = i / n % m;
      int left = index(i, result, aShape, 2) * m * k;
      int right = index(i, result, bShape, 2) * k * n;
      for (int j = 0; j < k; j++) {
        y[i] += a[left + row * k + j] * b[right + j * n + i % n];
      }
    }
    return y;
  }
}
