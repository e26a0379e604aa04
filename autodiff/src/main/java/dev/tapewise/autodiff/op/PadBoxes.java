package dev.tapewise.autodiff.op;

import dev.tapewise.core.geometry.Border;
import dev.tapewise.core.geometry.StridedBox;
import dev.tapewise.core.geometry.StridedBox.Axis;
import java.util.ArrayList;
import java.util.List;

/**
 * A padded tensor cut into boxes, none of which overlap: what is left of the tensor, its mirror
 * images, and what holds a constant.
 */
final class PadBoxes {
  private final boolean batched;
  private final int[] sizes;
  private final int[] before;
  private final int[] after;
  private final Border border;
  private final int[] outSizes;
  private final int[] from;
  private final int[] to;
  private final List<StridedBox> copies = new ArrayList<>();
  private final List<StridedBox> constants = new ArrayList<>();

  /** The boxes of a tensor of {@code sizes}, padded by before and after per axis. */
  PadBoxes(boolean batched, int[] sizes, int[] before, int[] after, Border border) {
    this.batched = batched;
    this.sizes = sizes;
    this.before = before;
    this.after = after;
    this.border = border;
    this.outSizes = new int[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      outSizes[i] = sizes[i] + before[i] + after[i];
    }
    this.from = Axes.strides(sizes);
    this.to = Axes.strides(outSizes);
    cut(new ArrayList<>(), 0, 0);
  }

  /** What is left of the tensor: from its place in x to its place in y. */
  StridedBox interior() {
    return copies.get(0);
  }

  /** Every place around it that repeats x: from x to y. */
  List<StridedBox> mirrors() {
    return copies.subList(1, copies.size());
  }

  /** Every place around it that holds the constant. */
  List<StridedBox> constants() {
    return constants;
  }

  /** Goes through the parts of one axis, the interior first, and for each through the next axis. */
  private void cut(List<Axis> outer, int source, int target) {
    int axis = outer.size();
    if (axis == sizes.length) {
      copies.add(new StridedBox(batched, outer, source, target));
      return;
    }
    int cropped = Math.max(-before[axis], 0);
    int left = Math.max(before[axis], 0);
    int right = Math.max(after[axis], 0);
    int inner = outSizes[axis] - left - right;
    int last = sizes[axis] - 1;
    part(outer, source, target, inner, cropped, 1, left);
    switch (border) {
      case Border.Constant constant -> {
        constant(outer, target, left, 0);
        constant(outer, target, right, left + inner);
      }
      case Border.Reflect reflect -> {
        part(outer, source, target, left, left, -1, 0);
        part(outer, source, target, right, last - 1, -1, left + inner);
      }
      case Border.Replicate replicate -> {
        part(outer, source, target, left, 0, 0, 0);
        part(outer, source, target, right, last, 0, left + inner);
      }
    }
  }

  /** {@code size} entries, from {@code first} in steps in x, to {@code place} in y. */
  private void part(
      List<Axis> outer, int source, int target, int size, int first, int step, int place) {
    if (size > 0) {
      int axis = outer.size();
      List<Axis> axes = new ArrayList<>(outer);
      axes.add(new Axis(size, step * from[axis], to[axis]));
      cut(axes, source + first * from[axis], target + place * to[axis]);
    }
  }

  private void constant(List<Axis> outer, int target, int size, int place) {
    if (size > 0) {
      int axis = outer.size();
      List<Axis> axes = new ArrayList<>();
      for (Axis a : outer) {
        axes.add(new Axis(a.size(), 0, a.to()));
      }
      axes.add(new Axis(size, 0, to[axis]));
      for (int i = axis + 1; i < sizes.length; i++) {
        axes.add(new Axis(outSizes[i], 0, to[i]));
      }
      constants.add(new StridedBox(batched, axes, 0, target + place * to[axis]));
    }
  }
}
