package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.kernel.Activation;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.UnaryFunction;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The gradient sums of {@link VectorStatistics} behind {@link Activation#HARD_SWISH}. */
final class HardSwishSums {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;

  private HardSwishSums() {}

  /** The sums of all whole vectors of channels. */
  static void vectors(
      float[] sum,
      int sumAt,
      float[] product,
      int productAt,
      GradientReading dy,
      float[] means,
      int mean,
      int row,
      int rows,
      int channels) {
    for (int c = 0; c <= channels - L; c += L) {
      vector(sum, sumAt, product, productAt, dy, means, mean, row, rows, channels, c);
    }
  }

  /**
   * Both sums of one vector of channels from {@code c} on; their arithmetic hides the latency of
   * the two chains.
   */
  private static void vector(
      float[] sum,
      int sumAt,
      float[] product,
      int productAt,
      GradientReading dy,
      float[] means,
      int mean,
      int row,
      int rows,
      int channels,
      int c) {
    float[] g = dy.data();
    float[] z = Objects.requireNonNull(dy.input());
    float[] coefficients = Objects.requireNonNull(dy.coefficients());
    int gAt = dy.offset() + row * channels + c;
    int zAt = dy.inputOffset() + row * channels + c;
    FloatVector scale = FloatVector.fromArray(S, coefficients, dy.scale() + c);
    FloatVector shift = FloatVector.fromArray(S, coefficients, dy.shift() + c);
    FloatVector m = FloatVector.fromArray(S, means, mean + c);
    FloatVector zero = FloatVector.zero(S);
    FloatVector gradientSum = zero;
    FloatVector productSum = zero;
    for (int r = 0; r < rows; r++) {
      FloatVector u = FloatVector.fromArray(S, z, zAt + r * channels);
      FloatVector t = u.fma(scale, shift);
      FloatVector slope =
          t.add(1.5f)
              .mul(UnaryFunction.THIRD)
              .blend(1f, t.compare(VectorOperators.GT, 3f))
              .blend(0f, t.compare(VectorOperators.LT, -3f));
      FloatVector v = FloatVector.fromArray(S, g, gAt + r * channels).mul(slope);
      v = zero.blend(v, t.abs().compare(VectorOperators.LT, Float.POSITIVE_INFINITY));
      gradientSum = gradientSum.add(v);
      productSum = v.fma(u.sub(m), productSum);
    }
    gradientSum.intoArray(sum, sumAt + c);
    productSum.intoArray(product, productAt + c);
  }
}
