package dev.tapewise.autodiff.op;

import dev.tapewise.core.Shape;
import java.util.List;

/** How to draw cross-entropies. */
final class CrossEntropySpecs {
  private CrossEntropySpecs() {}

  static List<OpSpecs.Spec> all() {
    return List.of(
        new OpSpecs.Spec(
            CrossEntropyLoss.class, "cross entropy", false, CrossEntropySpecs::crossEntropy));
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
