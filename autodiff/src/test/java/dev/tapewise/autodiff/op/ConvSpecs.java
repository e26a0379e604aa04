package dev.tapewise.autodiff.op;

import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.ConvGeometry;
import java.util.ArrayList;
import java.util.List;

/** How to draw convolutions. */
final class ConvSpecs {
  private ConvSpecs() {}

  static List<OpSpecs.Spec> all() {
    return List.of(
        new OpSpecs.Spec(Conv2d.class, "pointwise conv2d", true, ConvSpecs::pointwise),
        new OpSpecs.Spec(Conv2d.class, "depthwise conv2d", true, d -> conv(d, Kind.DEPTHWISE)),
        new OpSpecs.Spec(
            Conv2d.class, "depthwise conv2d with multiplier", true, d -> conv(d, Kind.MULTIPLIER)),
        new OpSpecs.Spec(Conv2d.class, "grouped conv2d", true, d -> conv(d, Kind.GROUPED)),
        new OpSpecs.Spec(Conv2d.class, "dense conv2d", true, d -> conv(d, Kind.DENSE)));
  }

  private enum Kind {
    DEPTHWISE,
    MULTIPLIER,
    GROUPED,
    DENSE
  }

  private static OpSample conv(Draw d, Kind kind) {
    int in = d.channels();
    int out = d.channels();
    int groups = 1;
    switch (kind) {
      case DEPTHWISE -> {
        groups = in;
        out = in;
      }
      case MULTIPLIER -> {
        groups = in;
        out = in * d.between(2, 3);
      }
      case GROUPED -> {
        groups = d.between(2, 4);
        in = groups * d.oneOf(1, 2, 3, 5, 8);
        out = groups * d.oneOf(1, 2, 3, 4, 7);
      }
      case DENSE -> {}
    }
    int kh = d.oneOf(1, 2, 3, 3, 3, 5);
    int kw = d.oneOf(kh, kh, 1, 3);
    int dh = d.oneOf(1, 1, 2, 3);
    int dw = d.oneOf(dh, dh, 1, 2);
    int h = d.oneOf(1, 2, 3, 5, 7, 9);
    int w = d.oneOf(1, 3, 4, 6, 8, 11);
    int[] pad = {d.between(0, 3), d.between(0, 2), d.between(0, 3), d.between(0, 2)};
    // a window must fit: widen the padding where it does not
    pad[1] = Math.max(pad[1], (kh - 1) * dh + 1 - h - pad[0]);
    pad[3] = Math.max(pad[3], (kw - 1) * dw + 1 - w - pad[2]);
    int sh = d.oneOf(1, 1, 2, 3);
    int sw = d.oneOf(sh, sh, 1, 2);
    ConvGeometry g =
        new ConvGeometry(
            h, w, in, out, kh, kw, sh, sw, dh, dw, pad[0], pad[1], pad[2], pad[3], groups);
    int batch = d.between(1, 3);
    boolean bias = d.flag();
    List<OpSample.Input> inputs = new ArrayList<>();
    inputs.add(d.batched(Shape.of(batch, h, w, in)));
    inputs.add(d.constant(Shape.of(kh, kw, in / groups, out)));
    if (bias) {
      inputs.add(d.constant(Shape.of(out)));
    }
    return new OpSample(
        "batch " + batch + " bias " + bias + " " + g,
        inputs,
        (tape, v) -> tape.record(new Conv2d(g, bias), v),
        v -> Naive.conv(v[0], v[1], bias ? v[2] : null, g, batch));
  }

  private static OpSample pointwise(Draw d) {
    int in = d.oneOf(1, 3, 8, 17, 40, 300);
    int out = d.channels();
    int h = d.oneOf(1, 3, 7);
    int batch = d.between(1, 3);
    ConvGeometry g = new ConvGeometry(h, h, in, out, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1);
    return new OpSample(
        "batch " + batch + " " + g,
        List.of(d.batched(Shape.of(batch, h, h, in)), d.constant(Shape.of(1, 1, in, out))),
        (tape, v) -> tape.record(new Conv2d(g, false), v),
        v -> Naive.conv(v[0], v[1], null, g, batch));
  }
}
