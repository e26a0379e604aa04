package dev.tapewise.autodiff.op;

import dev.tapewise.core.Philox;
import dev.tapewise.core.Shape;
import java.util.List;

/** How to draw the ops of one short loop: clamps and dropout. */
final class BasicSpecs {
  private BasicSpecs() {}

  static List<OpSpecs.Spec> all() {
    return List.of(
        new OpSpecs.Spec(Clamp.class, "relu", false, d -> clamp(d, Clamp.relu())),
        new OpSpecs.Spec(Clamp.class, "relu6", false, d -> clamp(d, Clamp.relu6())),
        new OpSpecs.Spec(DropoutOp.class, "dropout", true, BasicSpecs::dropout));
  }

  private static OpSample clamp(Draw d, Clamp op) {
    Shape s = Shape.of(d.between(1, 3), d.oneOf(1, 3, 17), d.channels());
    OpSample.Input x = d.batched(s);
    for (int i = 0; i < x.values().length; i++) {
      x.values()[i] *= 9;
    }
    return new OpSample(
        op.name() + " " + s,
        List.of(x),
        (tape, v) -> tape.record(op, v),
        v -> Naive.clamp(v[0], op.low(), op.high()));
  }

  private static OpSample dropout(Draw d) {
    Shape s = Shape.of(d.between(1, 3), d.oneOf(1, 3, 17), d.channels());
    float p = d.oneOf(1, 2, 5) / 10f;
    int stream = d.between(0, 5);
    return new OpSample(
        "dropout " + p + " " + s,
        List.of(d.batched(s)),
        (tape, v) -> tape.record(new DropoutOp(p, stream), v),
        v -> {
          double[] y = new double[v[0].length];
          float[] uniform = new float[y.length];
          Philox.fillUniform(uniform, 0, uniform.length, 0, stream, 0, 0, 1);
          for (int i = 0; i < y.length; i++) {
            y[i] = uniform[i] >= p ? v[0][i] / (1 - p) : 0;
          }
          return y;
        });
  }
}
