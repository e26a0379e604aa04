package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.StridedBox.Axis;
import java.util.ArrayList;
import java.util.List;

/** The axes of tensors in memory, the last one contiguous. */
final class Axes {
  private Axes() {}

  /** An axis counted from 0, or from the end where it is negative. */
  static int at(Shape shape, int axis) {
    int rank = shape.rank();
    if (axis < -rank || axis >= rank) {
      throw new IllegalArgumentException(
          "%s has no axis %d. Choose one from %d to %d".formatted(shape, axis, -rank, rank - 1));
    }
    return axis < 0 ? axis + rank : axis;
  }

  /** Refuses to change axis 0 where it is the batch. */
  static void keepBatch(List<Var> inputs, boolean changed) {
    for (Var x : inputs) {
      if (changed && x.batched()) {
        throw new IllegalArgumentException(
            "axis 0 is the batch and stays as it is, since a program plays any number of images."
                + " Choose another axis");
      }
    }
  }

  /** The sizes of a shape. */
  static int[] sizes(Shape shape) {
    int[] sizes = new int[shape.rank()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = shape.axis(i);
    }
    return sizes;
  }

  /** Floats from one entry of an axis to the next. */
  static int[] strides(int... sizes) {
    int[] strides = new int[sizes.length];
    int stride = 1;
    for (int i = sizes.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride = Math.multiplyExact(stride, sizes[i]);
    }
    return strides;
  }

  /** The axes of a box that has entries of two tensors side by side. */
  static List<Axis> of(int[] sizes, int[] from, int[] to) {
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      axes.add(new Axis(sizes[i], from[i], to[i]));
    }
    return axes;
  }
}
