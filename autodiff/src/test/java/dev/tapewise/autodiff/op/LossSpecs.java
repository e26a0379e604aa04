package dev.tapewise.autodiff.op;

import dev.tapewise.core.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How to draw softmax, losses and dropout of units, for {@link OpSpecs}. */
final class LossSpecs {
  private LossSpecs() {}

  static List<OpSpecs.Spec> all() {
    return List.of(
        new OpSpecs.Spec(SoftmaxOp.class, "softmax", false, d -> softmax(d, false)),
        new OpSpecs.Spec(SoftmaxOp.class, "log softmax", false, d -> softmax(d, true)),
        new OpSpecs.Spec(
            CrossEntropyLoss.class,
            "cross entropy with weights and ignored rows",
            false,
            LossSpecs::crossEntropy),
        new OpSpecs.Spec(
            SoftCrossEntropyLoss.class, "soft cross entropy", false, LossSpecs::softCrossEntropy),
        regression("squared error", NaiveLosses.Curve.SQUARED),
        regression("absolute error", NaiveLosses.Curve.ABSOLUTE),
        regression("huber", NaiveLosses.Curve.HUBER),
        regression("smooth L1", NaiveLosses.Curve.SMOOTH),
        new OpSpecs.Spec(
            BinaryCrossEntropyLoss.class,
            "binary cross entropy",
            false,
            LossSpecs::binaryCrossEntropy),
        new OpSpecs.Spec(UnitDropout.class, "stochastic depth", true, d -> dropUnits(d, false)),
        new OpSpecs.Spec(UnitDropout.class, "channel dropout", true, d -> dropUnits(d, true)));
  }

  private static OpSample.Input wide(OpSample.Input in, float factor) {
    for (int i = 0; i < in.values().length; i++) {
      in.values()[i] *= factor;
    }
    return in;
  }

  /**
   * Without signs, as targets and weights are: sums of terms of both signs cancel, and say nothing
   * about a relative error.
   */
  private static float[] positive(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.abs(values[i]);
    }
    return values;
  }

  private static Reduction reduction(Draw d) {
    return switch (d.between(0, 2)) {
      case 0 -> Reduction.MEAN;
      case 1 -> Reduction.SUM;
      default -> Reduction.NONE;
    };
  }

  private static OpSample softmax(Draw d, boolean logarithm) {
    int[] axes = new int[d.between(1, 4)];
    Arrays.setAll(axes, i -> d.oneOf(1, 2, 3, 5));
    int axis = d.between(0, axes.length - 1);
    if (d.flag()) {
      axis = axes.length - 1;
    }
    axes[axis] = d.oneOf(1, 2, 10, 15, 16, 17, 33, 100);
    if (axis < axes.length - 1) {
      axes[axes.length - 1] = d.oneOf(1, 3, 16, 17, 70);
    }
    int inner = 1;
    for (int i = axis + 1; i < axes.length; i++) {
      inner *= axes[i];
    }
    int length = axes[axis];
    int after = inner;
    int given = d.flag() ? axis : axis - axes.length;
    Shape s = Shape.of(axes);
    return new OpSample(
        (logarithm ? "log " : "") + "softmax over axis " + given + " of " + s,
        List.of(wide(d.batched(s), 4)),
        (tape, v) -> logarithm ? v.get(0).logSoftmax(given) : v.get(0).softmax(given),
        v -> NaiveLosses.softmax(v[0], length, after, logarithm));
  }

  /** Rows of logits: a batch, or the pixels of one. */
  private static Shape rows(Draw d, int classes) {
    return d.flag()
        ? Shape.of(d.oneOf(1, 2, 7, 20), classes)
        : Shape.of(d.between(1, 3), d.between(1, 4), 3, classes);
  }

  private static float[] weights(Draw d, int classes) {
    float[] weights = new float[classes];
    for (int c = 0; c < classes; c++) {
      weights[c] = d.between(0, 4) / 2f;
    }
    weights[0] = 1.5f;
    return weights;
  }

  private static float[] ones(int classes) {
    float[] ones = new float[classes];
    Arrays.fill(ones, 1f);
    return ones;
  }

  private static OpSample crossEntropy(Draw d) {
    int classes = d.oneOf(2, 3, 10, 16, 17, 33);
    Shape s = rows(d, classes);
    int rows = s.intSize() / classes;
    float smoothing = d.oneOf(0, 1, 3) / 10f;
    boolean weighted = d.flag();
    float[] weights = weighted ? weights(d, classes) : ones(classes);
    boolean ignoring = d.flag();
    int ignored = d.oneOf(-100, 1);
    Reduction reduction = reduction(d);
    float[] labels = new float[rows];
    for (int i = 1; i < rows; i++) {
      labels[i] = ignoring && d.flag() ? ignored : d.between(0, classes - 1);
    }
    Shape labelShape =
        s.rank() == 2 ? Shape.of(s.axis(0)) : Shape.of(s.axis(0), s.axis(1), s.axis(2));
    CrossEntropyLoss plain = new CrossEntropyLoss(smoothing).reducedBy(reduction);
    CrossEntropyLoss counted = weighted ? plain.weights(weights) : plain;
    CrossEntropyLoss op = ignoring ? counted.ignoring(ignored) : counted;
    return new OpSample(
        "cross entropy %s smoothing %s weights %b ignored %s %s"
            .formatted(s, smoothing, weighted, ignoring ? ignored : "none", reduction),
        List.of(wide(d.batched(s), 4), d.given(labelShape, labels)),
        (tape, v) -> tape.record(op, v),
        v ->
            NaiveLosses.crossEntropy(
                v[0], v[1], smoothing, weights, ignoring ? ignored : Double.NaN, reduction));
  }

  private static OpSample softCrossEntropy(Draw d) {
    int classes = d.oneOf(2, 3, 10, 16, 17, 33);
    Shape s = rows(d, classes);
    float smoothing = d.oneOf(0, 1, 3) / 10f;
    boolean weighted = d.flag();
    float[] weights = weighted ? weights(d, classes) : ones(classes);
    Reduction reduction = reduction(d);
    SoftCrossEntropyLoss plain = new SoftCrossEntropyLoss(smoothing).reducedBy(reduction);
    SoftCrossEntropyLoss op = weighted ? plain.weights(weights) : plain;
    OpSample.Input targets = d.batched(s);
    positive(targets.values());
    return new OpSample(
        "soft cross entropy %s smoothing %s weights %b %s"
            .formatted(s, smoothing, weighted, reduction),
        List.of(wide(d.batched(s), 4), targets),
        (tape, v) -> tape.record(op, v),
        v -> NaiveLosses.softCrossEntropy(v[0], v[1], smoothing, weights, reduction));
  }

  private static OpSpecs.Spec regression(String name, NaiveLosses.Curve curve) {
    return new OpSpecs.Spec(RegressionLoss.class, name, false, d -> regression(d, curve));
  }

  private static OpSample regression(Draw d, NaiveLosses.Curve curve) {
    Shape s = Shape.of(d.between(1, 3), d.oneOf(1, 3, 700), d.channels());
    float limit = d.oneOf(1, 2, 4) / 2f;
    Reduction reduction = reduction(d);
    RegressionLoss mean =
        switch (curve) {
          case SQUARED -> RegressionLoss.squared();
          case ABSOLUTE -> RegressionLoss.absolute();
          case HUBER -> RegressionLoss.huber(limit);
          case SMOOTH -> RegressionLoss.smoothAbsolute(limit);
        };
    RegressionLoss op = mean.reducedBy(reduction);
    OpSample.Input x = wide(d.batched(s), 3);
    OpSample.Input t = d.batched(s);
    for (int i = 0; i < x.values().length; i++) {
      // A difference quotient must not straddle a kink.
      float size = Math.abs(x.values()[i] - t.values()[i]);
      if (size < 0.01 || Math.abs(size - limit) < 0.01) {
        x.values()[i] += 0.05f;
      }
    }
    return new OpSample(
        "%s %s limit %s %s".formatted(curve, s, limit, reduction),
        List.of(x, t),
        (tape, v) -> tape.record(op, v),
        v -> NaiveLosses.regression(v[0], v[1], curve, limit, reduction));
  }

  private static OpSample binaryCrossEntropy(Draw d) {
    int channels = d.channels();
    Shape s = Shape.of(d.between(1, 3), d.oneOf(1, 3, 40), channels);
    Reduction reduction = reduction(d);
    float[] positive = d.flag() ? weights(d, channels) : new float[] {d.between(1, 3)};
    OpSample.Input t = d.batched(s);
    positive(t.values());
    List<OpSample.Input> inputs = new ArrayList<>(List.of(wide(d.batched(s), 6), t));
    BinaryCrossEntropyLoss plain =
        new BinaryCrossEntropyLoss().positiveWeights(positive).reducedBy(reduction);
    boolean weighted = d.flag();
    boolean whole = d.flag();
    if (weighted) {
      Shape end = Shape.of(channels);
      inputs.add(
          whole
              ? d.given(s, positive(d.values(s)))
              : new OpSample.Input(end, false, false, positive(d.values(end))));
    }
    BinaryCrossEntropyLoss op = weighted ? plain.weighted() : plain;
    return new OpSample(
        "binary cross entropy %s positive %s weights %s %s"
            .formatted(s, Arrays.toString(positive), weighted ? whole : "none", reduction),
        inputs,
        (tape, v) -> tape.record(op, v),
        v ->
            NaiveLosses.binaryCrossEntropy(
                v[0], v[1], weighted ? v[2] : new double[] {1}, positive, reduction));
  }

  private static OpSample dropUnits(Draw d, boolean channels) {
    int c = d.channels();
    Shape s = Shape.of(d.between(1, 9), d.oneOf(1, 3), c);
    float p = d.oneOf(1, 2, 5) / 10f;
    int stream = d.between(0, 5);
    boolean whole = d.flag();
    int size = s.rest();
    UnitDropout op =
        channels
            ? UnitDropout.channels(p, stream)
            : whole ? UnitDropout.batch(p, stream) : UnitDropout.images(p, stream);
    int unit = whole && !channels ? s.intSize() : size;
    return new OpSample(
        "%s %s of %s %s".formatted(op.name(), p, whole ? "batches" : "images", s),
        List.of(d.batched(s)),
        (tape, v) -> tape.record(op, v),
        v -> NaiveLosses.dropUnits(v[0], unit, channels ? c : 1, p, stream));
  }
}
