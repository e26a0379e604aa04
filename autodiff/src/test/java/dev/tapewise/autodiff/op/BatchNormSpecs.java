package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Initializer;
import dev.tapewise.core.Shape;
import java.util.Arrays;
import java.util.List;

/** How to draw batch norms. */
final class BatchNormSpecs {
  private BatchNormSpecs() {}

  static List<OpSpecs.Spec> all() {
    return List.of(
        new OpSpecs.Spec(
            BatchNorm.class, "batch norm in training", false, BatchNormSpecs::training),
        new OpSpecs.Spec(
            BatchNorm.class, "batch norm in evaluation", false, BatchNormSpecs::evaluation));
  }

  private static OpSample training(Draw d) {
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

  private static OpSample evaluation(Draw d) {
    int c = d.channels();
    int batch = d.between(1, 3);
    int h = d.oneOf(1, 2, 5);
    double[] mean = new double[c];
    double[] variance = new double[c];
    Arrays.fill(mean, 0.25);
    Arrays.fill(variance, 0.5);
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
}
