package dev.tapewise.autodiff.check.jqwik;

import dev.tapewise.core.Shape;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** Arbitrary values of tensors for properties with jqwik. They shrink, so keep tensors small. */
public final class Tensors {
  private Tensors() {}

  /** Tensors of these shapes, with values from -1 to 1, the bounds and zeros among them. */
  public static Arbitrary<Tensor> of(Arbitrary<Shape> shapes) {
    return shapes.flatMap(shape -> of(shape).map(values -> new Tensor(shape, values)));
  }

  /** Values from -1 to 1, the bounds and zeros among them. */
  public static Arbitrary<float[]> of(Shape shape) {
    return between(shape, -1, 1);
  }

  /** Values from {@code low} to {@code high}. */
  public static Arbitrary<float[]> between(Shape shape, float low, float high) {
    return Arbitraries.floats()
        .between(low, high)
        .ofScale(6)
        .array(float[].class)
        .ofSize(shape.intSize());
  }

  /** Class indices {@code [rows]} below {@code classes}, as labels are stored. */
  public static Arbitrary<float[]> labels(int rows, int classes) {
    return Arbitraries.integers()
        .between(0, classes - 1)
        .map(Integer::floatValue)
        .array(float[].class)
        .ofSize(rows);
  }
}
