package dev.tapewise.autodiff.check.jqwik;

import dev.tapewise.core.geometry.ConvGeometry;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Arbitrary convolutions for properties with jqwik: small images, all options. */
public final class ConvGeometries {
  private ConvGeometries() {}

  /** Dense, grouped and depthwise convolutions. */
  public static Arbitrary<ConvGeometry> any() {
    Arbitrary<Integer> groups = Arbitraries.integers().between(1, 4);
    Arbitrary<Integer> perGroup = Arbitraries.integers().between(1, 6);
    Arbitrary<int[]> grouped =
        Combinators.combine(groups, perGroup, perGroup)
            .as((g, in, out) -> new int[] {g * in, g * out, g});
    Arbitrary<int[]> dense =
        Combinators.combine(Shapes.channels(), Shapes.channels())
            .as((in, out) -> new int[] {in, out, 1});
    return windows(Arbitraries.oneOf(dense, grouped, depthwiseChannels()));
  }

  /** Convolutions of every channel by itself. */
  public static Arbitrary<ConvGeometry> depthwise() {
    return windows(depthwiseChannels());
  }

  private static Arbitrary<int[]> depthwiseChannels() {
    return Shapes.channels().map(c -> new int[] {c, c, c});
  }

  private static Arbitrary<ConvGeometry> windows(Arbitrary<int[]> channels) {
    return Combinators.combine(channels, axis(), axis())
        .as((c, v, h) ->
            new ConvGeometry(
                v.size,
                h.size,
                c[0],
                c[1],
                v.kernel,
                h.kernel,
                v.stride,
                h.stride,
                v.dilation,
                h.dilation,
                v.before,
                v.after,
                h.before,
                h.after,
                c[2]));
  }

  private record Axis(int size, int kernel, int stride, int dilation, int before, int after) {}

  /** An axis whose padding is widened where the window would not fit. */
  private static Arbitrary<Axis> axis() {
    Arbitrary<Integer> three = Arbitraries.integers().between(1, 3);
    return Combinators.combine(
            Arbitraries.integers().between(1, 9),
            Arbitraries.of(1, 2, 3, 3, 5),
            three,
            Arbitraries.of(1, 1, 2, 3),
            Arbitraries.integers().between(0, 3),
            Arbitraries.integers().between(0, 3))
        .as((size, kernel, stride, dilation, before, after) -> {
          int missing = (kernel - 1) * dilation + 1 - size - before;
          return new Axis(size, kernel, stride, dilation, before, Math.max(after, missing));
        });
  }
}
