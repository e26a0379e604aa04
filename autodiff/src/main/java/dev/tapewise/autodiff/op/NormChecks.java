package dev.tapewise.autodiff.op;

import dev.tapewise.core.Shape;
import java.util.List;

/** What norms ask of their inputs and options. */
final class NormChecks {
  private NormChecks() {}

  static void affine(List<Shape> inputs, boolean affine, Shape expected) {
    if (!affine) {
      return;
    }
    for (Shape s : List.of(inputs.get(1), inputs.get(2))) {
      if (!s.equals(expected)) {
        throw new IllegalArgumentException("scale and shift must be " + expected + ", one is " + s);
      }
    }
  }

  static void epsilon(float epsilon) {
    if (!(epsilon > 0)) {
      throw new IllegalArgumentException("epsilon must be positive but is " + epsilon);
    }
  }
}
