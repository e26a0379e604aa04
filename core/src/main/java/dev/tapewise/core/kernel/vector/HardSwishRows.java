package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.kernel.Activation;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Reading;
import dev.tapewise.core.kernel.UnaryFunction;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Pixels read through a norm and {@link Activation#HARD_SWISH}, for {@link RowStaging} and {@link
 * VectorStaging}: channel {@code c} of pixel {@code j} goes to {@code out[at + c / L * blockStep +
 * j * pixelStep + c % L]}. Pixels lie {@code skip} floats behind the offset of their reading.
 */
final class HardSwishRows {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;
  private static final float INFINITY = Float.POSITIVE_INFINITY;

  private HardSwishRows() {}

  /** Stages a row as {@link RowStaging#normalise} does. */
  static void stage(
      float[] ring, int at, int blockStep, Reading x, int skip, int width, int channels, int from) {
    int whole = channels - channels % L;
    vectors(ring, at, blockStep, L, x, skip, width, channels, from, whole);
    if (whole < channels) {
      int tails = RowStaging.tailVectors(width, channels, whole);
      vectors(ring, at, blockStep, L, x, skip, tails, channels, whole, whole + L);
      rest(ring, at, blockStep, L, x, skip, tails, width, channels, whole);
    }
  }

  /** Stages a row of a gradient as {@link RowStaging#gradient} does. */
  static void stage(
      float[] ring,
      int at,
      int blockStep,
      GradientReading dy,
      int skip,
      int width,
      int channels,
      int from) {
    int whole = channels - channels % L;
    vectors(ring, at, blockStep, L, dy, skip, width, channels, from, whole);
    if (whole < channels) {
      int tails = RowStaging.tailVectors(width, channels, whole);
      vectors(ring, at, blockStep, L, dy, skip, tails, channels, whole, whole + L);
      rest(ring, at, blockStep, L, dy, skip, tails, width, channels, whole);
    }
  }

  /** Writes rows without gaps, also in place. */
  static void rows(float[] out, int at, Reading x, int skip, int rows, int channels) {
    int whole = channels - channels % L;
    vectors(out, at, L, channels, x, skip, rows, channels, 0, whole);
    rest(out, at, L, channels, x, skip, 0, rows, channels, whole);
  }

  /** Writes rows of a gradient without gaps, also in place. */
  static void rows(float[] out, int at, GradientReading dy, int skip, int rows, int channels) {
    int whole = channels - channels % L;
    vectors(out, at, L, channels, dy, skip, rows, channels, 0, whole);
    rest(out, at, L, channels, dy, skip, 0, rows, channels, whole);
  }

  /** Channels {@code from} to {@code end} in whole vectors. */
  private static void vectors(
      float[] out,
      int at,
      int blockStep,
      int pixelStep,
      Reading reading,
      int skip,
      int width,
      int channels,
      int from,
      int end) {
    float[] x = reading.data();
    float[] coefficients = Objects.requireNonNull(reading.coefficients());
    int xAt = reading.offset() + skip;
    int scale = reading.scale();
    int shift = reading.shift();
    for (int j = 0; j < width && from < end; j++) {
      int x0 = xAt + j * channels;
      int to = at + from / L * blockStep + j * pixelStep;
      for (int c = from; c < end; c += L) {
        FloatVector factor = FloatVector.fromArray(S, coefficients, scale + c);
        FloatVector term = FloatVector.fromArray(S, coefficients, shift + c);
        FloatVector t = FloatVector.fromArray(S, x, x0 + c).fma(factor, term);
        FloatVector gate = t.add(3f);
        gate = gate.blend(0f, gate.compare(VectorOperators.LT, 0f));
        gate = gate.blend(6f, gate.compare(VectorOperators.GT, 6f));
        t.blend(-3f, t.compare(VectorOperators.LT, -3f))
            .mul(gate.mul(UnaryFunction.SIXTH))
            .intoArray(out, to);
        to += blockStep;
      }
    }
  }

  /** The channels from {@code from} on of pixels {@code first} to {@code width}, one by one. */
  private static void rest(
      float[] out,
      int at,
      int blockStep,
      int pixelStep,
      Reading reading,
      int skip,
      int first,
      int width,
      int channels,
      int from) {
    float[] x = reading.data();
    float[] coefficients = Objects.requireNonNull(reading.coefficients());
    int xAt = reading.offset() + skip;
    for (int j = first; j < width; j++) {
      int to = at + from / L * blockStep + j * pixelStep - from;
      for (int c = from; c < channels; c++) {
        float scale = coefficients[reading.scale() + c];
        float t = Math.fma(x[xAt + j * channels + c], scale, coefficients[reading.shift() + c]);
        out[to + c] = Activation.HARD_SWISH.value(t);
      }
    }
  }

  /** The gradient of channels {@code from} to {@code end} in whole vectors. */
  private static void vectors(
      float[] out,
      int at,
      int blockStep,
      int pixelStep,
      GradientReading dy,
      int skip,
      int width,
      int channels,
      int from,
      int end) {
    float[] g = dy.data();
    float[] z = Objects.requireNonNull(dy.input());
    float[] coefficients = Objects.requireNonNull(dy.coefficients());
    int gAt = dy.offset() + skip;
    int zAt = dy.inputOffset() + skip;
    int scale = dy.scale();
    int shift = dy.shift();
    int a = dy.a();
    int b = dy.b();
    int d = dy.d();
    for (int j = 0; j < width && from < end; j++) {
      int gPixel = gAt + j * channels;
      int zPixel = zAt + j * channels;
      int to = at + from / L * blockStep + j * pixelStep;
      for (int c = from; c < end; c += L) {
        FloatVector u = FloatVector.fromArray(S, z, zPixel + c);
        FloatVector factor = FloatVector.fromArray(S, coefficients, scale + c);
        FloatVector t = u.fma(factor, FloatVector.fromArray(S, coefficients, shift + c));
        FloatVector slope =
            t.add(1.5f)
                .mul(UnaryFunction.THIRD)
                .blend(1f, t.compare(VectorOperators.GT, 3f))
                .blend(0f, t.compare(VectorOperators.LT, -3f));
        FloatVector v = FloatVector.fromArray(S, g, gPixel + c).mul(slope);
        v = FloatVector.zero(S).blend(v, t.abs().compare(VectorOperators.LT, INFINITY));
        FloatVector factorZ = FloatVector.fromArray(S, coefficients, b + c);
        FloatVector rest = u.fma(factorZ, FloatVector.fromArray(S, coefficients, d + c));
        v.fma(FloatVector.fromArray(S, coefficients, a + c), rest).intoArray(out, to);
        to += blockStep;
      }
    }
  }

  /** The gradient of the channels from {@code from} on of pixels {@code first} to {@code width}. */
  private static void rest(
      float[] out,
      int at,
      int blockStep,
      int pixelStep,
      GradientReading dy,
      int skip,
      int first,
      int width,
      int channels,
      int from) {
    float[] g = dy.data();
    float[] z = Objects.requireNonNull(dy.input());
    float[] coefficients = Objects.requireNonNull(dy.coefficients());
    for (int j = first; j < width; j++) {
      int pixel = skip + j * channels;
      int to = at + from / L * blockStep + j * pixelStep - from;
      for (int c = from; c < channels; c++) {
        float u = z[dy.inputOffset() + pixel + c];
        float t = Math.fma(u, coefficients[dy.scale() + c], coefficients[dy.shift() + c]);
        float v = Activation.HARD_SWISH.gradient(g[dy.offset() + pixel + c], t);
        float rest = Math.fma(u, coefficients[dy.b() + c], coefficients[dy.d() + c]);
        out[to + c] = Math.fma(v, coefficients[dy.a() + c], rest);
      }
    }
  }
}
