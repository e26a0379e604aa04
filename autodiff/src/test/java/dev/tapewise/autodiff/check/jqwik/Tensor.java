package dev.tapewise.autodiff.check.jqwik;

import dev.tapewise.core.Shape;
import java.util.Arrays;

/**
 * A shape and values for it, as a property is given them.
 *
 * @param shape the shape
 * @param values one per element, row-major
 */
public record Tensor(Shape shape, float[] values) {
  @Override
  public String toString() {
    return shape + " " + Arrays.toString(values);
  }
}
