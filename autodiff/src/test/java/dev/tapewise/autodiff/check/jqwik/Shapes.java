package dev.tapewise.autodiff.check.jqwik;

import dev.tapewise.core.Shape;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Arbitrary shapes for properties with jqwik. */
public final class Shapes {
  private Shapes() {}

  /** Shapes of 1 to {@code rank} axes of 1 to {@code most}. */
  public static Arbitrary<Shape> upTo(int rank, int most) {
    return Arbitraries.integers()
        .between(1, most)
        .array(int[].class)
        .ofMinSize(1)
        .ofMaxSize(rank)
        .map(Shape::of);
  }

  /** Small images {@code [N, H, W, C]} with channel counts around those that fill a vector. */
  public static Arbitrary<Shape> images() {
    Arbitrary<Integer> size = Arbitraries.integers().between(1, 9);
    return Combinators.combine(Arbitraries.integers().between(1, 4), size, size, channels())
        .as(Shape::of);
  }

  /** Channel counts around those that fill a vector. */
  static Arbitrary<Integer> channels() {
    return Arbitraries.of(1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 24, 31, 32, 33);
  }
}
