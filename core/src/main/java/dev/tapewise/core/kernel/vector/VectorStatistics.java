package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.kernel.Activation;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Statistics;
import dev.tapewise.core.kernel.assembled.AssembledSums;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * {@link Statistics} with channels as lanes: columns of a few vectors run down the rows, so that
 * sums stay in registers and their chains overlap; the channels behind the last whole vector are
 * summed one by one. What a batch norm sums, assembled code does where that is to be had, with all
 * channels where the processor has masks.
 */
final class VectorStatistics implements Statistics {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;

  private final @Nullable AssembledSums assembled;

  /**
   * Sums of vectors.
   *
   * @param assembled sums for batch norms, or null
   */
  VectorStatistics(@Nullable AssembledSums assembled) {
    this.assembled = assembled;
  }

  /** How many channels, from the first on, are summed by assembled code. */
  private int assembled(int channels) {
    return assembled == null ? 0 : assembled.channels(channels);
  }

  @Override
  public void moments(
      float[] mean,
      int meanOffset,
      float[] centred,
      int centredOffset,
      float[] x,
      int offset,
      int rows,
      int channels) {
    int from = assembled(channels);
    if (assembled != null && from > 0) {
      assembled.moments(mean, meanOffset, centred, centredOffset, x, offset, rows, channels);
    } else {
      from = channels - channels % L;
      vectorMoments(mean, meanOffset, centred, centredOffset, x, offset, rows, channels);
    }
    sumsOneByOne(mean, meanOffset, x, offset, rows, channels, from);
    for (int c = from; c < channels; c++) {
      float centre = mean[meanOffset + c] / rows;
      mean[meanOffset + c] = centre;
      float sum = 0f;
      for (int r = 0; r < rows; r++) {
        float t = x[offset + r * channels + c] - centre;
        sum = Math.fma(t, t, sum);
      }
      centred[centredOffset + c] = sum;
    }
  }

  /** The moments of all whole vectors of channels. */
  private static void vectorMoments(
      float[] mean,
      int meanOffset,
      float[] centred,
      int centredOffset,
      float[] x,
      int offset,
      int rows,
      int channels) {
    int c = sums4s(mean, meanOffset, x, offset, rows, channels);
    for (; c <= channels - L; c += L) {
      sums1(mean, meanOffset + c, x, offset + c, rows, channels);
    }
    for (c = 0; c <= channels - L; c += L) {
      FloatVector.fromArray(S, mean, meanOffset + c).div(rows).intoArray(mean, meanOffset + c);
    }
    c = 0;
    for (; c <= channels - 4 * L; c += 4 * L) {
      squares4(mean, meanOffset + c, centred, centredOffset + c, x, offset + c, rows, channels);
    }
    for (; c <= channels - L; c += L) {
      squares1(mean, meanOffset + c, centred, centredOffset + c, x, offset + c, rows, channels);
    }
  }

  /** The centred squares of 4 vectors of channels. */
  private static void squares4(
      float[] mean,
      int meanAt,
      float[] centred,
      int centredAt,
      float[] x,
      int at,
      int rows,
      int channels) {
    FloatVector m0 = FloatVector.fromArray(S, mean, meanAt);
    FloatVector m1 = FloatVector.fromArray(S, mean, meanAt + L);
    FloatVector m2 = FloatVector.fromArray(S, mean, meanAt + 2 * L);
    FloatVector m3 = FloatVector.fromArray(S, mean, meanAt + 3 * L);
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = FloatVector.zero(S);
    FloatVector s2 = FloatVector.zero(S);
    FloatVector s3 = FloatVector.zero(S);
    for (int r = 0; r < rows; r++) {
      int p = at + r * channels;
      FloatVector t0 = FloatVector.fromArray(S, x, p).sub(m0);
      FloatVector t1 = FloatVector.fromArray(S, x, p + L).sub(m1);
      FloatVector t2 = FloatVector.fromArray(S, x, p + 2 * L).sub(m2);
      FloatVector t3 = FloatVector.fromArray(S, x, p + 3 * L).sub(m3);
      s0 = t0.fma(t0, s0);
      s1 = t1.fma(t1, s1);
      s2 = t2.fma(t2, s2);
      s3 = t3.fma(t3, s3);
    }
    s0.intoArray(centred, centredAt);
    s1.intoArray(centred, centredAt + L);
    s2.intoArray(centred, centredAt + 2 * L);
    s3.intoArray(centred, centredAt + 3 * L);
  }

  /** The centred squares of 1 vector of channels. */
  private static void squares1(
      float[] mean,
      int meanAt,
      float[] centred,
      int centredAt,
      float[] x,
      int at,
      int rows,
      int channels) {
    FloatVector m = FloatVector.fromArray(S, mean, meanAt);
    FloatVector s = FloatVector.zero(S);
    for (int r = 0; r < rows; r++) {
      FloatVector t = FloatVector.fromArray(S, x, at + r * channels).sub(m);
      s = t.fma(t, s);
    }
    s.intoArray(centred, centredAt);
  }

  @Override
  public void gradientSums(
      float[] sum,
      int sumOffset,
      float[] product,
      int productOffset,
      GradientReading dy,
      float[] meanArray,
      int mean,
      int row,
      int rows,
      int channels) {
    float[] input = Objects.requireNonNull(dy.input());
    float[] coefficients = Objects.requireNonNull(dy.coefficients());
    int g = dy.offset() + row * channels;
    int z = dy.inputOffset() + row * channels;
    int from = assembled(channels);
    // assembled code takes the sums in one array, coefficients and means in another
    boolean together = isSame(sum, product) && isSame(coefficients, meanArray);
    if (assembled != null && from > 0 && together) {
      assembledSums(
          assembled,
          sum,
          sumOffset,
          productOffset,
          dy,
          g,
          input,
          z,
          coefficients,
          mean,
          rows,
          channels);
    } else {
      from = channels - channels % L;
      vectorSums(sum, sumOffset, product, productOffset, dy, meanArray, mean, row, rows, channels);
    }
    for (int c = from; c < channels; c++) {
      float gradientSum = 0f;
      float productSum = 0f;
      for (int r = 0; r < rows; r++) {
        float v = input[z + r * channels + c];
        float t = Math.fma(v, coefficients[dy.scale() + c], coefficients[dy.shift() + c]);
        float gradient = dy.activation().gradient(dy.data()[g + r * channels + c], t);
        gradientSum += gradient;
        productSum = Math.fma(gradient, v - meanArray[mean + c], productSum);
      }
      sum[sumOffset + c] = gradientSum;
      product[productOffset + c] = productSum;
    }
  }

  @SuppressWarnings("ReferenceEquality") // of arrays, which have no other
  private static boolean isSame(float[] a, float[] b) {
    return a == b;
  }

  private static void assembledSums(
      AssembledSums code,
      float[] sums,
      int sum,
      int product,
      GradientReading dy,
      int g,
      float[] input,
      int z,
      float[] coefficients,
      int mean,
      int rows,
      int channels) {
    if (dy.activation() instanceof Activation.Clamp clamp) {
      code.gradientSums(
          sums,
          sum,
          product,
          dy.data(),
          g,
          input,
          z,
          coefficients,
          dy.scale(),
          dy.shift(),
          mean,
          clamp.low(),
          clamp.high(),
          rows,
          channels);
    } else {
      code.hardSwishSums(
          sums,
          sum,
          product,
          dy.data(),
          g,
          input,
          z,
          coefficients,
          dy.scale(),
          dy.shift(),
          mean,
          rows,
          channels);
    }
  }

  /** The gradient sums of all whole vectors of channels. */
  private static void vectorSums(
      float[] sum,
      int sumOffset,
      float[] product,
      int productOffset,
      GradientReading dy,
      float[] means,
      int mean,
      int row,
      int rows,
      int channels) {
    if (dy.activation() instanceof Activation.Clamp clamp) {
      clampedSums(
          sum, sumOffset, product, productOffset, dy, clamp, means, mean, row, rows, channels);
    } else {
      HardSwishSums.vectors(
          sum, sumOffset, product, productOffset, dy, means, mean, row, rows, channels);
    }
  }

  /** The gradient sums of all whole vectors of channels behind a clamp. */
  private static void clampedSums(
      float[] sum,
      int sumOffset,
      float[] product,
      int productOffset,
      GradientReading dy,
      Activation.Clamp clamp,
      float[] meanArray,
      int mean,
      int row,
      int rows,
      int channels) {
    float[] input = Objects.requireNonNull(dy.input());
    float[] coefficients = Objects.requireNonNull(dy.coefficients());
    int g = dy.offset() + row * channels;
    int z = dy.inputOffset() + row * channels;
    int c = 0;
    for (; c <= channels - 2 * L; c += 2 * L) {
      gradientSums2(
          sum,
          sumOffset + c,
          product,
          productOffset + c,
          dy.data(),
          g + c,
          input,
          z + c,
          coefficients,
          dy.scale() + c,
          dy.shift() + c,
          clamp.low(),
          clamp.high(),
          meanArray,
          mean + c,
          rows,
          channels);
    }
    for (; c <= channels - L; c += L) {
      gradientSums1(
          sum,
          sumOffset + c,
          product,
          productOffset + c,
          dy.data(),
          g + c,
          input,
          z + c,
          coefficients,
          dy.scale() + c,
          dy.shift() + c,
          clamp.low(),
          clamp.high(),
          meanArray,
          mean + c,
          rows,
          channels);
    }
  }

  /** Both gradient sums of 2 vectors of channels. */
  private static void gradientSums2(
      float[] sum,
      int sumAt,
      float[] product,
      int productAt,
      float[] g,
      int gAt,
      float[] z,
      int zAt,
      float[] coefficients,
      int scale,
      int shift,
      float low,
      float high,
      float[] mean,
      int meanAt,
      int rows,
      int channels) {
    FloatVector s0 = FloatVector.fromArray(S, coefficients, scale);
    FloatVector s1 = FloatVector.fromArray(S, coefficients, scale + L);
    FloatVector h0 = FloatVector.fromArray(S, coefficients, shift);
    FloatVector h1 = FloatVector.fromArray(S, coefficients, shift + L);
    FloatVector m0 = FloatVector.fromArray(S, mean, meanAt);
    FloatVector m1 = FloatVector.fromArray(S, mean, meanAt + L);
    FloatVector lowest = FloatVector.broadcast(S, low);
    FloatVector highest = FloatVector.broadcast(S, high);
    FloatVector zero = FloatVector.zero(S);
    FloatVector gatedSum0 = zero;
    FloatVector gatedSum1 = zero;
    FloatVector productSum0 = zero;
    FloatVector productSum1 = zero;
    for (int r = 0; r < rows; r++) {
      int zRow = zAt + r * channels;
      int gRow = gAt + r * channels;
      FloatVector v0 = FloatVector.fromArray(S, z, zRow);
      FloatVector t0 = v0.fma(s0, h0);
      VectorMask<Float> open0 =
          t0.compare(VectorOperators.GT, lowest).and(t0.compare(VectorOperators.LT, highest));
      FloatVector gated0 = zero.blend(FloatVector.fromArray(S, g, gRow), open0);
      gatedSum0 = gatedSum0.add(gated0);
      productSum0 = gated0.fma(v0.sub(m0), productSum0);
      FloatVector v1 = FloatVector.fromArray(S, z, zRow + L);
      FloatVector t1 = v1.fma(s1, h1);
      VectorMask<Float> open1 =
          t1.compare(VectorOperators.GT, lowest).and(t1.compare(VectorOperators.LT, highest));
      FloatVector gated1 = zero.blend(FloatVector.fromArray(S, g, gRow + L), open1);
      gatedSum1 = gatedSum1.add(gated1);
      productSum1 = gated1.fma(v1.sub(m1), productSum1);
    }
    gatedSum0.intoArray(sum, sumAt);
    gatedSum1.intoArray(sum, sumAt + L);
    productSum0.intoArray(product, productAt);
    productSum1.intoArray(product, productAt + L);
  }

  /** Both gradient sums of 1 vector of channels. */
  private static void gradientSums1(
      float[] sum,
      int sumAt,
      float[] product,
      int productAt,
      float[] g,
      int gAt,
      float[] z,
      int zAt,
      float[] coefficients,
      int scale,
      int shift,
      float low,
      float high,
      float[] mean,
      int meanAt,
      int rows,
      int channels) {
    FloatVector s = FloatVector.fromArray(S, coefficients, scale);
    FloatVector h = FloatVector.fromArray(S, coefficients, shift);
    FloatVector m = FloatVector.fromArray(S, mean, meanAt);
    FloatVector lowest = FloatVector.broadcast(S, low);
    FloatVector highest = FloatVector.broadcast(S, high);
    FloatVector zero = FloatVector.zero(S);
    FloatVector gatedSum = zero;
    FloatVector productSum = zero;
    for (int r = 0; r < rows; r++) {
      FloatVector v = FloatVector.fromArray(S, z, zAt + r * channels);
      FloatVector t = v.fma(s, h);
      VectorMask<Float> open =
          t.compare(VectorOperators.GT, lowest).and(t.compare(VectorOperators.LT, highest));
      FloatVector gated = zero.blend(FloatVector.fromArray(S, g, gAt + r * channels), open);
      gatedSum = gatedSum.add(gated);
      productSum = gated.fma(v.sub(m), productSum);
    }
    gatedSum.intoArray(sum, sumAt);
    productSum.intoArray(product, productAt);
  }

  /**
   * Without the rest's vectors: a classifier's bias has one rest per step, and a loop that runs
   * that rarely is compiled after thousands of steps only; until then its vectors are objects.
   */
  @Override
  public void columnSums(
      float[] sum, int sumOffset, float[] x, int offset, int rows, int channels) {
    int c = sums4s(sum, sumOffset, x, offset, rows, channels);
    sumsOneByOne(sum, sumOffset, x, offset, rows, channels, c);
  }

  /** The sums of all fours of vectors; the first channel behind them. */
  private static int sums4s(
      float[] sum, int sumOffset, float[] x, int offset, int rows, int channels) {
    int c = 0;
    for (; c <= channels - 4 * L; c += 4 * L) {
      sums4(sum, sumOffset + c, x, offset + c, rows, channels);
    }
    return c;
  }

  private static void sumsOneByOne(
      float[] sum, int sumOffset, float[] x, int offset, int rows, int channels, int from) {
    for (int c = from; c < channels; c++) {
      float total = 0f;
      for (int r = 0; r < rows; r++) {
        total += x[offset + r * channels + c];
      }
      sum[sumOffset + c] = total;
    }
  }

  /** The sums of 4 vectors of channels. */
  private static void sums4(float[] sum, int sumAt, float[] x, int at, int rows, int channels) {
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = FloatVector.zero(S);
    FloatVector s2 = FloatVector.zero(S);
    FloatVector s3 = FloatVector.zero(S);
    for (int r = 0; r < rows; r++) {
      int p = at + r * channels;
      s0 = s0.add(FloatVector.fromArray(S, x, p));
      s1 = s1.add(FloatVector.fromArray(S, x, p + L));
      s2 = s2.add(FloatVector.fromArray(S, x, p + 2 * L));
      s3 = s3.add(FloatVector.fromArray(S, x, p + 3 * L));
    }
    s0.intoArray(sum, sumAt);
    s1.intoArray(sum, sumAt + L);
    s2.intoArray(sum, sumAt + 2 * L);
    s3.intoArray(sum, sumAt + 3 * L);
  }

  /** The sums of 1 vector of channels. */
  private static void sums1(float[] sum, int sumAt, float[] x, int at, int rows, int channels) {
    FloatVector s = FloatVector.zero(S);
    for (int r = 0; r < rows; r++) {
      s = s.add(FloatVector.fromArray(S, x, at + r * channels));
    }
    s.intoArray(sum, sumAt);
  }
}
