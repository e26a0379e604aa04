package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Initializer;
import dev.tapewise.autodiff.Op;
import dev.tapewise.core.Philox;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.geometry.PoolGeometry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The registry of ops: how to draw a case of each. What holds for every op is tested over this
 * list.
 */
final class OpSpecs {

  /**
   * An op.
   *
   * @param type its class
   * @param name what is drawn
   * @param linear whether the output is linear in input 0
   * @param draw draws a case
   */
  record Spec(
      Class<? extends Op> type, String name, boolean linear, Function<Draw, OpSample> draw) {
    @Override
    public String toString() {
      return name;
    }
  }

  private OpSpecs() {}

  static List<Spec> all() {
    return List.of(
        new Spec(Conv2d.class, "pointwise conv2d", true, OpSpecs::pointwise),
        new Spec(Conv2d.class, "depthwise conv2d", true, d -> conv(d, Kind.DEPTHWISE)),
        new Spec(
            Conv2d.class, "depthwise conv2d with multiplier", true, d -> conv(d, Kind.MULTIPLIER)),
        new Spec(Conv2d.class, "grouped conv2d", true, d -> conv(d, Kind.GROUPED)),
        new Spec(Conv2d.class, "dense conv2d", true, d -> conv(d, Kind.DENSE)),
        new Spec(Linear.class, "linear", true, OpSpecs::linear),
        new Spec(BatchNorm.class, "batch norm in training", false, OpSpecs::batchNorm),
        new Spec(BatchNorm.class, "batch norm in evaluation", false, OpSpecs::evaluationNorm),
        new Spec(Clamp.class, "relu", false, d -> clamp(d, Clamp.relu())),
        new Spec(Clamp.class, "relu6", false, d -> clamp(d, Clamp.relu6())),
        new Spec(Add.class, "add", true, OpSpecs::add),
        new Spec(AveragePool.class, "average pool", true, OpSpecs::averagePool),
        new Spec(AveragePool.class, "global average pool", true, OpSpecs::globalPool),
        new Spec(Sum.class, "sum", true, OpSpecs::sum),
        new Spec(DropoutOp.class, "dropout", true, OpSpecs::dropout),
        new Spec(CrossEntropyLoss.class, "cross entropy", false, OpSpecs::crossEntropy));
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

  private static OpSample linear(Draw d) {
    int in = d.channels();
    int out = d.channels();
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

  private static OpSample batchNorm(Draw d) {
    int c = d.channels();
    int batch = d.between(2, 4);
    int h = d.oneOf(1, 2, 5, 14);
    float offset = d.oneOf(0, 0, 3);
    OpSample.Input x = d.batched(Shape.of(batch, h, h, c));
    for (int i = 0; i < x.values().length; i++) {
      x.values()[i] += offset;
    }
    // two values per channel have a variance near 0 now and then: a large epsilon keeps the problem
    // well posed
    float epsilon = 0.01f;
    return new OpSample(
        "batch norm [%d, %d, %d, %d] offset %s".formatted(batch, h, h, c, offset),
        List.of(x, d.constant(Shape.of(c)), d.constant(Shape.of(c))),
        (tape, v) -> {
          BatchNorm.Running running =
              new BatchNorm.Running(
                  tape.buffer("mean", Shape.of(c), Initializer.constant(0)),
                  tape.buffer("variance", Shape.of(c), Initializer.constant(1)));
          return tape.record(BatchNorm.training(running, epsilon, 0.1f), v);
        },
        v -> Naive.batchNorm(v[0], v[1], v[2], epsilon));
  }

  private static OpSample evaluationNorm(Draw d) {
    int c = d.channels();
    int batch = d.between(1, 3);
    int h = d.oneOf(1, 2, 5);
    double[] mean = new double[c];
    double[] variance = new double[c];
    java.util.Arrays.fill(mean, 0.25);
    java.util.Arrays.fill(variance, 0.5);
    return new OpSample(
        "batch norm in evaluation [%d, %d, %d, %d]".formatted(batch, h, h, c),
        List.of(
            d.batched(Shape.of(batch, h, h, c)), d.constant(Shape.of(c)), d.constant(Shape.of(c))),
        (tape, v) -> {
          BatchNorm.Running running =
              new BatchNorm.Running(
                  tape.buffer("mean", Shape.of(c), Initializer.constant(0.25f)),
                  tape.buffer("variance", Shape.of(c), Initializer.constant(0.5f)));
          return tape.record(BatchNorm.evaluation(running, 1e-3f), v);
        },
        v -> Naive.normalise(v[0], v[1], v[2], mean, variance, 1e-3f));
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

  private static OpSample add(Draw d) {
    Shape s = Shape.of(d.between(1, 3), d.oneOf(1, 3, 17), d.channels());
    return new OpSample(
        "add " + s,
        List.of(d.batched(s), d.batched(s)),
        (tape, v) -> tape.record(new Add(), v),
        v -> {
          double[] y = new double[v[0].length];
          for (int i = 0; i < y.length; i++) {
            y[i] = v[0][i] + v[1][i];
          }
          return y;
        });
  }

  private static OpSample averagePool(Draw d) {
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

  private static OpSample globalPool(Draw d) {
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

  private static OpSample sum(Draw d) {
    Shape s = Shape.of(d.between(1, 3), d.oneOf(1, 3, 17), d.channels());
    return new OpSample(
        "sum " + s,
        List.of(d.batched(s)),
        (tape, v) -> v.get(0).sum(),
        v -> {
          double sum = 0;
          for (double x : v[0]) {
            sum += x;
          }
          return new double[] {sum};
        });
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

  private static OpSample crossEntropy(Draw d) {
    int rows = d.oneOf(1, 2, 7, 20);
    int classes = d.oneOf(2, 3, 10, 16, 17, 33);
    float smoothing = d.oneOf(0, 1, 3) / 10f;
    float[] labels = new float[rows];
    for (int i = 0; i < rows; i++) {
      labels[i] = d.between(0, classes - 1);
    }
    OpSample.Input logits = d.batched(Shape.of(rows, classes));
    for (int i = 0; i < logits.values().length; i++) {
      logits.values()[i] *= 4;
    }
    return new OpSample(
        "cross entropy [%d, %d] smoothing %s".formatted(rows, classes, smoothing),
        List.of(logits, d.given(Shape.of(rows), labels)),
        (tape, v) -> tape.record(new CrossEntropyLoss(smoothing), v),
        v -> new double[] {Naive.crossEntropy(v[0], v[1], smoothing)});
  }
}
