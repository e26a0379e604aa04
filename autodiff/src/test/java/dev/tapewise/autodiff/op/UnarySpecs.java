package dev.tapewise.autodiff.op;

import dev.tapewise.core.Shape;
import dev.tapewise.core.kernel.UnaryFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** How to draw the functions of one element. */
final class UnarySpecs {
  /** Inputs nearer than this to a kink are moved there, so that no difference straddles it. */
  private static final float NEAR = 1e-3f;

  private UnarySpecs() {}

  static List<OpSpecs.Spec> all() {
    List<OpSpecs.Spec> all = new ArrayList<>();
    add(all, "leaky relu", d -> new UnaryFunction.LeakyRelu(d.oneOf(-5, 0, 1, 20, 130) / 100f), 0);
    add(all, "hard sigmoid", d -> new UnaryFunction.HardSigmoid(), -3, 3);
    add(all, "hard swish", d -> new UnaryFunction.HardSwish(), -3, 3);
    add(all, "sigmoid", d -> new UnaryFunction.Sigmoid());
    add(all, "silu", d -> new UnaryFunction.Silu());
    add(all, "tanh", d -> new UnaryFunction.Tanh());
    add(all, "gelu", d -> new UnaryFunction.Gelu());
    add(all, "gelu (tanh)", d -> new UnaryFunction.GeluTanh());
    add(all, "elu", d -> new UnaryFunction.Elu(d.oneOf(-1, 2, 10, 15) / 10f), 0);
    add(
        all,
        "softplus",
        // from a threshold of 16 on the jump to x is too small to see
        d -> new UnaryFunction.Softplus(d.oneOf(5, 10, 20) / 10f, d.oneOf(16, 20, 30)));
    return all;
  }

  private static void add(
      List<OpSpecs.Spec> all, String name, Function<Draw, UnaryFunction> function, float... kinks) {
    all.add(new OpSpecs.Spec(UnaryOp.class, name, false, d -> draw(d, function.apply(d), kinks)));
  }

  private static OpSample draw(Draw d, UnaryFunction function, float... kinks) {
    // the last shape has more than one chunk
    Shape s =
        d.between(0, 19) == 0
            ? Shape.of(2, 97, 97)
            : Shape.of(d.between(1, 3), d.oneOf(1, 3, 17), d.channels());
    OpSample.Input x = d.batched(s);
    for (int i = 0; i < x.values().length; i++) {
      x.values()[i] *= 9;
      for (float kink : kinks) {
        if (Math.abs(x.values()[i] - kink) < NEAR) {
          x.values()[i] = kink + NEAR;
        }
      }
    }
    return new OpSample(
        function + " " + s,
        List.of(x),
        (tape, v) -> tape.record(new UnaryOp(function), v),
        v -> NaiveUnary.apply(function, v[0]));
  }
}
