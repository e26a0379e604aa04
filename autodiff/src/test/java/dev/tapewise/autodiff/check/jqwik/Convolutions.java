package dev.tapewise.autodiff.check.jqwik;

import dev.tapewise.core.geometry.ConvOptions;
import dev.tapewise.core.geometry.Padding;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Arbitrary options of convolutions for properties with jqwik. */
public final class Convolutions {
  private Convolutions() {}

  /**
   * Stride and dilation from 1 to 3 per axis, padding none, same, or 0 to 3 on each side.
   *
   * @param groups one of which is chosen; they must divide the channels that the property uses
   */
  public static Arbitrary<ConvOptions> options(Integer... groups) {
    Arbitrary<Integer> step = Arbitraries.integers().between(1, 3);
    return Combinators.combine(padding(), step, step, step, step, Arbitraries.of(groups))
        .as((padding, strideHeight, strideWidth, dilationHeight, dilationWidth, chosen) ->
            ConvOptions.padded(padding)
                .withStride(strideHeight, strideWidth)
                .withDilation(dilationHeight, dilationWidth)
                .withGroups(chosen));
  }

  /** None, same, or 0 to 3 on each side. */
  public static Arbitrary<Padding> padding() {
    Arbitrary<Integer> side = Arbitraries.integers().between(0, 3);
    Arbitrary<Padding> sides = Combinators.combine(side, side, side, side).as(Padding::of);
    return Arbitraries.oneOf(Arbitraries.of(Padding.valid(), Padding.same()), sides);
  }
}
