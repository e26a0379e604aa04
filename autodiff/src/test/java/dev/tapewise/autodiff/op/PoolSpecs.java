package dev.tapewise.autodiff.op;

import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.Padding;
import dev.tapewise.core.geometry.PoolWindows;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** How to draw pools. */
final class PoolSpecs {
  private PoolSpecs() {}

  static List<OpSpecs.Spec> all() {
    return List.of(
        new OpSpecs.Spec(AveragePool.class, "average pool", true, d -> windows(d, false)),
        new OpSpecs.Spec(AveragePool.class, "global average pool", true, d -> global(d, false)),
        new OpSpecs.Spec(AveragePool.class, "adaptive average pool", true, d -> bins(d, false)),
        new OpSpecs.Spec(MaxPool.class, "max pool", false, d -> windows(d, true)),
        new OpSpecs.Spec(MaxPool.class, "global max pool", false, d -> global(d, true)),
        new OpSpecs.Spec(MaxPool.class, "adaptive max pool", false, d -> bins(d, true)));
  }

  /** Numbers that lie far enough apart for a difference not to change which one is largest. */
  private static OpSample.Input images(Draw d, Shape shape) {
    OpSample.Input x = d.batched(shape);
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < x.values().length; i++) {
      places.add(i);
    }
    Collections.shuffle(places, new Random(d.between(0, 1 << 30)));
    for (int i = 0; i < x.values().length; i++) {
      x.values()[places.get(i)] = 2f * i / x.values().length - 1;
    }
    return x;
  }

  /** An axis: size, window, stride, dilation, padding before and after, in that order. */
  private static int[] axis(Draw d, boolean dilated) {
    int window = d.between(1, 4);
    int dilation = dilated ? d.oneOf(1, 1, 2, 3) : 1;
    int extent = (window - 1) * dilation + 1;
    int before = d.between(0, extent - 1);
    int after = d.between(0, extent - 1);
    // small images are mostly padding; with dilation a window needs more than one of its elements
    int least = Math.max(dilation, extent - before - after);
    return new int[] {
      d.between(least, least + 6), window, d.between(1, 3), dilation, before, after
    };
  }

  private static OpSample windows(Draw d, boolean max) {
    int[] v = axis(d, max);
    int[] h = axis(d, max);
    boolean ceil = d.flag();
    boolean countPadding = d.flag();
    int batch = d.between(1, 3);
    PoolWindows windows =
        new PoolWindows(
            v[1], h[1], v[2], h[2], v[3], h[3], Padding.of(v[4], v[5], h[4], h[5]), ceil);
    Shape shape = Shape.of(batch, v[0], h[0], d.channels());
    int[][] rows = NaivePools.windows(v[0], v[1], v[2], v[3], v[4], v[5], ceil);
    int[][] columns = NaivePools.windows(h[0], h[1], h[2], h[3], h[4], h[5], ceil);
    return new OpSample(
        "x %s %s%s".formatted(shape, windows, countPadding ? " padding counts" : ""),
        List.of(images(d, shape)),
        (tape, x) -> max ? x.get(0).maxPool(windows) : x.get(0).averagePool(windows, countPadding),
        x ->
            max
                ? NaivePools.max(x[0], batch, v[0], h[0], rows, columns)
                : NaivePools.average(x[0], batch, v[0], h[0], rows, columns, countPadding));
  }

  private static OpSample bins(Draw d, boolean max) {
    int batch = d.between(1, 3);
    int h = d.oneOf(1, 2, 5, 7);
    int w = d.oneOf(1, 3, 6, 8);
    int oh = d.oneOf(1, 2, 3, 7);
    int ow = d.oneOf(1, 2, 4, 9);
    Shape shape = Shape.of(batch, h, w, d.channels());
    int[][] rows = NaivePools.bins(h, oh);
    int[][] columns = NaivePools.bins(w, ow);
    return new OpSample(
        "x %s to %d x %d bins".formatted(shape, oh, ow),
        List.of(images(d, shape)),
        (tape, x) -> max ? x.get(0).adaptiveMaxPool(oh, ow) : x.get(0).adaptiveAveragePool(oh, ow),
        x ->
            max
                ? NaivePools.max(x[0], batch, h, w, rows, columns)
                : NaivePools.average(x[0], batch, h, w, rows, columns, false));
  }

  private static OpSample global(Draw d, boolean max) {
    int batch = d.between(1, 3);
    int h = d.oneOf(1, 3, 7);
    int w = d.oneOf(1, 2, 5);
    Shape shape = Shape.of(batch, h, w, d.channels());
    int[][] rows = NaivePools.bins(h, 1);
    int[][] columns = NaivePools.bins(w, 1);
    return new OpSample(
        "x %s, all pixels".formatted(shape),
        List.of(images(d, shape)),
        (tape, x) -> max ? x.get(0).globalMaxPool() : x.get(0).globalAveragePool(),
        x ->
            max
                ? NaivePools.max(x[0], batch, h, w, rows, columns)
                : NaivePools.average(x[0], batch, h, w, rows, columns, false));
  }
}
