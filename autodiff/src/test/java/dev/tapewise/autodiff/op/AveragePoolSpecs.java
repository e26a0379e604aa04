package dev.tapewise.autodiff.op;

import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.PoolGeometry;
import java.util.List;

/** How to draw average pools. */
final class AveragePoolSpecs {
  private AveragePoolSpecs() {}

  static List<OpSpecs.Spec> all() {
    return List.of(
        new OpSpecs.Spec(AveragePool.class, "average pool", true, AveragePoolSpecs::windows),
        new OpSpecs.Spec(AveragePool.class, "global average pool", true, AveragePoolSpecs::global));
  }

  private static OpSample windows(Draw d) {
    int c = d.channels();
    int h = d.oneOf(3, 4, 7);
    int w = d.oneOf(3, 5, 8);
    int batch = d.between(1, 3);
    int kh = d.between(1, 3);
    int kw = d.between(1, 3);
    PoolGeometry g =
        new PoolGeometry(
            h,
            w,
            c,
            kh,
            kw,
            d.between(1, 3),
            d.between(1, 3),
            d.between(0, kh - 1),
            d.between(0, kh - 1),
            d.between(0, kw - 1),
            d.between(0, kw - 1),
            d.flag());
    return new OpSample(
        "batch " + batch + " " + g,
        List.of(d.batched(Shape.of(batch, h, w, c))),
        (tape, v) -> tape.record(new AveragePool(g, false), v),
        v -> Naive.averagePool(v[0], g, batch));
  }

  private static OpSample global(Draw d) {
    int c = d.channels();
    int h = d.oneOf(1, 3, 7);
    int batch = d.between(1, 3);
    PoolGeometry g = new PoolGeometry(h, h, c, h, h, 1, 1, 0, 0, 0, 0, true);
    return new OpSample(
        "batch " + batch + " " + g,
        List.of(d.batched(Shape.of(batch, h, h, c))),
        (tape, v) -> v.get(0).globalAveragePool(),
        v -> Naive.averagePool(v[0], g, batch));
  }
}
