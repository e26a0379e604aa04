package dev.tapewise.autodiff.check;

import dev.tapewise.core.Philox;
import dev.tapewise.core.Shape;
import java.util.Arrays;
import java.util.BitSet;

/** Which elements of a tensor are compared. */
final class Elements {
  private Elements() {}

  static int[] all(int count) {
    int[] all = new int[count];
    Arrays.setAll(all, i -> i);
    return all;
  }

  /** The corners, where borders and taps go wrong, and random ones. */
  static int[] chosen(Shape shape, int most, long seed, int stream) {
    int count = shape.intSize();
    if (count <= most) {
      return all(count);
    }
    BitSet chosen = new BitSet(count);
    for (int corner = 0; corner < 1 << shape.rank(); corner++) {
      int at = 0;
      for (int axis = 0; axis < shape.rank(); axis++) {
        int last = shape.axis(axis) - 1;
        at = at * shape.axis(axis) + ((corner >> axis & 1) == 1 ? last : 0);
      }
      chosen.set(at);
    }
    for (int i = 0; i < most; i++) {
      chosen.set((int) ((Philox.bits(seed, stream, 0, i) >>> 1) % count));
    }
    return chosen.stream().toArray();
  }

  /** The indices of an element, such as {@code [1, 0, 3]}. */
  static String place(Shape shape, int element) {
    int[] indices = new int[shape.rank()];
    int rest = element;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      indices[axis] = rest % shape.axis(axis);
      rest /= shape.axis(axis);
    }
    return Arrays.toString(indices);
  }
}
