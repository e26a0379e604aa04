package dev.tapewise.autodiff.op;

import dev.tapewise.core.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How to draw group, instance and layer norms, with parameters and without. */
final class NormSpecs {
  // few values have a variance near 0 now and then: a large epsilon keeps the problem well posed
  private static final float EPSILON = 0.01f;

  private NormSpecs() {}

  static List<OpSpecs.Spec> all() {
    return List.of(
        new OpSpecs.Spec(GroupNorm.class, "group norm", false, NormSpecs::group),
        new OpSpecs.Spec(GroupNorm.class, "instance norm", false, NormSpecs::instance),
        new OpSpecs.Spec(LayerNorm.class, "layer norm", false, NormSpecs::layer));
  }

  private static double[] filled(int size, double value) {
    double[] all = new double[size];
    Arrays.fill(all, value);
    return all;
  }

  private static OpSample.Input offset(Draw d, Shape shape) {
    OpSample.Input x = d.batched(shape);
    float offset = d.oneOf(0, 0, 3);
    for (int i = 0; i < x.values().length; i++) {
      x.values()[i] += offset;
    }
    return x;
  }

  private static List<OpSample.Input> inputs(Draw d, Shape x, boolean affine, Shape factors) {
    List<OpSample.Input> inputs = new ArrayList<>();
    inputs.add(offset(d, x));
    if (affine) {
      inputs.add(d.constant(factors));
      inputs.add(d.constant(factors));
    }
    return inputs;
  }

  private static OpSample group(Draw d) {
    int channels = d.oneOf(2, 3, 4, 6, 8, 12, 16, 24, 25, 32, 33, 48);
    int groups = 1;
    for (int tries = d.between(0, 3); tries > 0; tries--) {
      int factor = d.oneOf(2, 3, 5);
      groups *= channels % (groups * factor) == 0 ? factor : 1;
    }
    int height = d.oneOf(1, 2, 5, 9);
    int width = d.oneOf(1, 3, 7);
    if (height * width * channels == groups) {
      width = 2;
    }
    Shape shape = Shape.of(d.between(1, 3), height, width, channels);
    return grouped(d, shape, groups, GroupNorm.of(groups, true, EPSILON), true);
  }

  private static OpSample instance(Draw d) {
    boolean affine = d.flag();
    // more than one band of pixels now and then
    int height = d.oneOf(2, 3, 5, 9, 40);
    Shape shape = Shape.of(d.between(1, 3), height, d.oneOf(1, 3, 7, 30), d.channels());
    return grouped(d, shape, shape.axis(3), GroupNorm.instance(affine, EPSILON), affine);
  }

  private static OpSample grouped(Draw d, Shape shape, int groups, GroupNorm op, boolean affine) {
    int channels = shape.axis(-1);
    boolean withParameters = affine;
    return new OpSample(
        "%s of %s in %d groups, affine %b".formatted(op.name(), shape, groups, affine),
        inputs(d, shape, affine, Shape.of(channels)),
        (tape, v) -> tape.record(op, v),
        v ->
            NaiveNorms.group(
                v[0],
                withParameters ? v[1] : filled(channels, 1),
                withParameters ? v[2] : filled(channels, 0),
                shape.axis(0),
                channels,
                groups,
                EPSILON));
  }

  private static OpSample layer(Draw d) {
    boolean affine = d.flag();
    int batch = d.between(1, 3);
    // now and then so many rows that the sums for gamma and beta take several blocks a chunk
    boolean many = d.between(0, 5) == 0;
    int height = many ? 300 : d.oneOf(1, 2, 5, 30);
    int width = d.oneOf(2, 3, 7);
    int channels = many ? d.between(2, 5) : d.channels();
    Shape shape = Shape.of(batch, height, width, channels);
    Shape normalised =
        switch (d.between(0, 2)) {
          case 0 -> Shape.of(height, width, channels);
          case 1 -> Shape.of(width, channels);
          default -> Shape.of(Math.max(2, channels));
        };
    if (normalised.rank() == 1) {
      shape = Shape.of(batch, height, width, normalised.axis(0));
    }
    int size = normalised.intSize();
    return new OpSample(
        "layer norm of %s over %s, affine %b".formatted(shape, normalised, affine),
        inputs(d, shape, affine, normalised),
        (tape, v) -> tape.record(LayerNorm.of(normalised, affine, EPSILON), v),
        v ->
            NaiveNorms.layer(
                v[0],
                affine ? v[1] : filled(size, 1),
                affine ? v[2] : filled(size, 0),
                size,
                EPSILON));
  }
}
