package dev.tapewise.autodiff.op;

import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.Border;

/** Data movement and resizing in double precision, element by element from the result's side. */
final class NaiveMoves {
  private NaiveMoves() {}

  /** The value of the element at an index of the result. */
  interface Element {
    double at(int... index);
  }

  /** Every element of a result of this shape. */
  static double[] fill(Shape shape, Element element) {
    double[] y = new double[shape.intSize()];
    int[] index = new int[shape.rank()];
    for (int i = 0; i < y.length; i++) {
      int rest = i;
      for (int axis = shape.rank() - 1; axis >= 0; axis--) {
        index[axis] = rest % shape.axis(axis);
        rest /= shape.axis(axis);
      }
      y[i] = element.at(index);
    }
    return y;
  }

  /** The element of a tensor at an index. */
  static double at(double[] x, Shape shape, int... index) {
    int i = 0;
    for (int axis = 0; axis < shape.rank(); axis++) {
      i = i * shape.axis(axis) + index[axis];
    }
    return x[i];
  }

  static double[] concat(double[][] x, Shape[] shapes, Shape y, int axis) {
    return fill(
        y,
        index -> {
          int[] i = index.clone();
          int part = 0;
          while (i[axis] >= shapes[part].axis(axis)) {
            i[axis] -= shapes[part++].axis(axis);
          }
          return at(x[part], shapes[part], i);
        });
  }

  static double[] permute(double[] x, Shape shape, Shape y, int[] order) {
    return fill(
        y,
        index -> {
          int[] i = new int[order.length];
          for (int axis = 0; axis < order.length; axis++) {
            i[order[axis]] = index[axis];
          }
          return at(x, shape, i);
        });
  }

  static double[] pad(double[] x, Shape shape, Shape y, int[] before, Border border) {
    return fill(
        y,
        index -> {
          int[] i = new int[before.length];
          boolean outside = false;
          for (int axis = 0; axis < before.length; axis++) {
            int last = shape.axis(axis) - 1;
            int at = index[axis] - before[axis];
            outside |= at < 0 || at > last;
            i[axis] =
                border instanceof Border.Reflect
                    ? last - Math.abs(last - Math.abs(at))
                    : Math.min(Math.max(at, 0), last);
          }
          return outside && border instanceof Border.Constant constant
              ? constant.value()
              : at(x, shape, i);
        });
  }

  static double[] channelShuffle(double[] x, Shape shape, int groups) {
    int perGroup = shape.axis(-1) / groups;
    return fill(
        shape,
        index -> {
          int[] i = index.clone();
          int channel = i[i.length - 1];
          i[i.length - 1] = channel % groups * perGroup + channel / groups;
          return at(x, shape, i);
        });
  }

  static double[] pixelShuffle(double[] x, Shape shape, Shape y, int f) {
    return fill(
        y, i -> at(x, shape, i[0], i[1] / f, i[2] / f, (i[3] * f + i[1] % f) * f + i[2] % f));
  }

  static double[] pixelUnshuffle(double[] x, Shape shape, Shape y, int f) {
    return fill(
        y, i -> at(x, shape, i[0], i[1] * f + i[3] / f % f, i[2] * f + i[3] % f, i[3] / (f * f)));
  }

  static double[] nearest(double[] x, Shape shape, Shape y, double rows, double columns) {
    return fill(
        y,
        i -> {
          int r = nearest(i[1], shape.axis(1), y.axis(1), rows);
          int c = nearest(i[2], shape.axis(2), y.axis(2), columns);
          return at(x, shape, i[0], r, c, i[3]);
        });
  }

  /** An image that keeps its size stays as it is, whatever the scale. */
  private static int nearest(int o, int in, int out, double ratio) {
    return in == out ? o : (int) Math.min(Math.floor(o * ratio + 1e-9), in - 1);
  }

  static double[] bilinear(
      double[] x, Shape shape, Shape y, double rows, double columns, boolean align) {
    return fill(
        y,
        i -> {
          double r = place(i[1], shape.axis(1), y.axis(1), rows, align);
          double c = place(i[2], shape.axis(2), y.axis(2), columns, align);
          double sum = 0;
          for (int h = 0; h < shape.axis(1); h++) {
            for (int w = 0; w < shape.axis(2); w++) {
              double weight = Math.max(1 - Math.abs(r - h), 0) * Math.max(1 - Math.abs(c - w), 0);
              sum += weight * at(x, shape, i[0], h, w, i[3]);
            }
          }
          return sum;
        });
  }

  /** Where an entry of the result lies among those of x, whose border is repeated. */
  private static double place(int o, int in, int out, double ratio, boolean align) {
    double at = align ? (out > 1 ? o * (in - 1.0) / (out - 1) : 0) : (o + 0.5) * ratio - 0.5;
    return Math.min(Math.max(in == out ? o : at, 0), in - 1);
  }
}
