package dev.tapewise.autodiff;

import dev.tapewise.core.Philox;
import dev.tapewise.core.Shape;

/** Fills a parameter before training. The values are a function of seed, stream and shape alone. */
@FunctionalInterface
public interface Initializer {

  /** Fills {@code size} floats from {@code offset} on. */
  void fill(float[] values, int offset, Shape shape, long seed, int stream);

  /** One value everywhere. */
  static Initializer constant(float value) {
    return (values, offset, shape, seed, stream) ->
        java.util.Arrays.fill(values, offset, offset + shape.intSize(), value);
  }

  /** Normal with a standard deviation. */
  static Initializer normal(float deviation) {
    return (values, offset, shape, seed, stream) -> {
      Philox.fillNormal(values, offset, shape.intSize(), seed, stream, 0, 0f, deviation);
    };
  }

  /** Uniform in (-bound, bound). */
  static Initializer uniform(float bound) {
    return (values, offset, shape, seed, stream) ->
        Philox.fillUniform(values, offset, shape.intSize(), seed, stream, 0, -bound, bound);
  }

  /**
   * Normal with variance 2 / fan-out, for convolutions {@code [kh, kw, in / groups, out]} (He et
   * al. 2015, arXiv:1502.01852, eq. 14); fan-out is {@code kh * kw * out / groups}.
   */
  static Initializer heFanOut(int groups) {
    return (values, offset, shape, seed, stream) -> {
      double fan = (double) shape.intSize() / shape.axis(-2) / groups;
      float deviation = (float) Math.sqrt(2 / fan);
      Philox.fillNormal(values, offset, shape.intSize(), seed, stream, 0, 0f, deviation);
    };
  }

  /**
   * Normal with variance 2 / fan-in; fan-in is everything but the last axis (He et al. 2015, eq.
   * 10).
   */
  static Initializer heFanIn() {
    return (values, offset, shape, seed, stream) -> {
      double fan = (double) shape.intSize() / shape.axis(-1);
      float deviation = (float) Math.sqrt(2 / fan);
      Philox.fillNormal(values, offset, shape.intSize(), seed, stream, 0, 0f, deviation);
    };
  }
}
