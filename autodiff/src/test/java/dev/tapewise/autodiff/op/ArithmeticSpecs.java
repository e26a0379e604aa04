package dev.tapewise.autodiff.op;

import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.Broadcast;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;

/** Cases of elementwise arithmetic with broadcasting and of sums over axes. */
final class ArithmeticSpecs {
  private ArithmeticSpecs() {}

  static List<OpSpecs.Spec> all() {
    return List.of(
        new OpSpecs.Spec(
            ArithmeticOp.class, "add", false, d -> meet(d, ArithmeticOp.add(), (a, b) -> a + b)),
        new OpSpecs.Spec(
            ArithmeticOp.class,
            "sub",
            false,
            d -> meet(d, ArithmeticOp.subtract(), (a, b) -> a - b)),
        new OpSpecs.Spec(
            ArithmeticOp.class,
            "mul",
            true,
            d -> meet(d, ArithmeticOp.multiply(), (a, b) -> a * b)),
        new OpSpecs.Spec(
            ArithmeticOp.class, "div", true, d -> meet(d, ArithmeticOp.divide(), (a, b) -> a / b)),
        new OpSpecs.Spec(
            ArithmeticOp.class, "mul by a factor per channel", true, ArithmeticSpecs::excite),
        new OpSpecs.Spec(ArithmeticOp.class, "mul with itself", false, ArithmeticSpecs::square),
        new OpSpecs.Spec(Sum.class, "sum", true, d -> sum(d, false)),
        new OpSpecs.Spec(Sum.class, "mean", true, d -> sum(d, true)));
  }

  /** Any shape, now and then one whose sums have several parts. */
  private static Shape shape(Draw d) {
    return switch (d.between(0, 8)) {
      case 0 -> Shape.of(d.oneOf(1, 2, 7, 200));
      case 1 -> Shape.of(d.between(1, 4), d.channels());
      case 2 -> Shape.of(2, d.oneOf(17, 420, 10_000));
      case 3 -> Shape.of(d.oneOf(3, 210), d.between(1, 5), d.channels());
      case 4 -> Shape.of(d.between(1, 3), d.between(15, 22), d.between(15, 22), d.oneOf(1, 3, 33));
      case 5 -> Shape.of(d.between(1, 3), 2, d.between(1, 3), d.between(1, 4), d.channels());
      default -> Shape.of(d.between(1, 3), d.between(1, 7), d.between(1, 7), d.channels());
    };
  }

  private static OpSample meet(Draw d, ArithmeticOp op, DoubleBinaryOperator f) {
    Shape result = shape(d);
    boolean repeatsA = d.oneOf(0, 1, 1) == 1;
    boolean repeatsB = d.oneOf(0, 1, 1) == 1;
    boolean batchA = d.flag();
    boolean batchB = d.flag();
    Shape a = operand(d, result, batchA, repeatsA);
    Shape b = operand(d, result, batchB, repeatsB);
    Shape met = Broadcast.result(a, b);
    OpSample.Input left = batchA ? d.batched(a) : d.constant(a);
    OpSample.Input right = batchB ? d.batched(b) : d.constant(b);
    if (op.name().equals("div")) {
      for (int i = 0; i < right.values().length; i++) {
        right.values()[i] += Math.copySign(0.5f, right.values()[i]);
      }
    }
    return new OpSample(
        "%s %s%s %s%s"
            .formatted(op.name(), batchA ? "batch of " : "", a, batchB ? "batch of " : "", b),
        List.of(left, right),
        (tape, v) -> tape.record(op, v),
        v -> NaiveArithmetic.meet(v[0], a, v[1], b, met, f));
  }

  private static Shape operand(Draw d, Shape result, boolean batched, boolean repeats) {
    int skip = batched || !repeats ? 0 : Math.max(0, d.between(-2, result.rank() - 1));
    int[] axes = new int[result.rank() - skip];
    for (int i = 0; i < axes.length; i++) {
      boolean one = repeats && d.flag() && !(batched && i == 0);
      axes[i] = one ? 1 : result.axis(i + skip);
    }
    return Shape.of(axes);
  }

  private static OpSample excite(Draw d) {
    int h = d.oneOf(1, 3, 7, 20);
    Shape x = Shape.of(d.between(1, 3), h, d.oneOf(h, 1, 5), d.channels());
    Shape w = Shape.of(x.axis(0), 1, 1, x.axis(3));
    boolean first = d.flag();
    OpSample.Input map = d.batched(x);
    OpSample.Input factor = d.batched(w);
    Shape a = first ? w : x;
    Shape b = first ? x : w;
    return new OpSample(
        "mul " + a + " " + b,
        first ? List.of(factor, map) : List.of(map, factor),
        (tape, v) -> v.get(0).mul(v.get(1)),
        v -> NaiveArithmetic.meet(v[0], a, v[1], b, x, (p, q) -> p * q));
  }

  private static OpSample square(Draw d) {
    Shape x = shape(d);
    return new OpSample(
        "mul with itself " + x,
        List.of(d.batched(x)),
        (tape, v) -> v.get(0).mul(v.get(0)),
        v -> NaiveArithmetic.meet(v[0], x, v[0], x, x, (p, q) -> p * q));
  }

  private static OpSample sum(Draw d, boolean mean) {
    Shape x = shape(d);
    boolean batched = d.flag();
    boolean keepAxes = d.flag();
    boolean all = d.oneOf(0, 0, 0, 1) == 1;
    int[] axes = new int[x.rank()];
    int[] kept = new int[x.rank()];
    int count = 0;
    for (int i = 0; i < kept.length; i++) {
      boolean summed = all || d.flag() || (i == kept.length - 1 && count == 0);
      kept[i] = summed ? 1 : x.axis(i);
      if (summed) {
        axes[count++] = d.flag() ? i : i - kept.length;
      }
    }
    int[] chosen = Arrays.copyOf(axes, count);
    Shape result = Shape.of(kept);
    double divisor = mean ? (double) x.intSize() / result.intSize() : 1;
    return new OpSample(
        "%s of %s%s over %s keep %b"
            .formatted(
                mean ? "mean" : "sum",
                batched ? "batch of " : "",
                x,
                Arrays.toString(chosen),
                keepAxes),
        List.of(batched ? d.batched(x) : d.constant(x)),
        (tape, v) -> mean ? v.get(0).mean(keepAxes, chosen) : v.get(0).sum(keepAxes, chosen),
        v -> {
          double[] y = NaiveArithmetic.sum(v[0], x, result);
          for (int i = 0; i < y.length; i++) {
            y[i] /= divisor;
          }
          return y;
        });
  }
}
