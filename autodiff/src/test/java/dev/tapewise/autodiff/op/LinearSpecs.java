package dev.tapewise.autodiff.op;

import dev.tapewise.core.Shape;
import java.util.ArrayList;
import java.util.List;

/** How to draw linear layers. */
final class LinearSpecs {
  private LinearSpecs() {}

  static List<OpSpecs.Spec> all() {
    return List.of(new OpSpecs.Spec(Linear.class, "linear", true, LinearSpecs::linear));
  }

  private static OpSample linear(Draw d) {
    // a long reduction goes in parts, and many columns are divided
    int in = d.oneOf(d.channels(), d.channels(), 300);
    int out = d.oneOf(d.channels(), d.channels(), 70);
    int batch = d.oneOf(1, 2, 6, 7, 19);
    boolean bias = d.flag();
    List<OpSample.Input> inputs = new ArrayList<>();
    inputs.add(d.batched(Shape.of(batch, in)));
    inputs.add(d.constant(Shape.of(in, out)));
    if (bias) {
      inputs.add(d.constant(Shape.of(out)));
    }
    return new OpSample(
        "linear %d x %d -> %d bias %b".formatted(batch, in, out, bias),
        inputs,
        (tape, v) -> tape.record(new Linear(bias), v),
        v -> Naive.linear(v[0], v[1], bias ? v[2] : null, in, out));
  }
}
