package dev.tapewise.core.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Reads one NHWC row once, transforms it on the way and writes it into a {@link RowRing}: {@code
 * ring[at + block * blockStep + column * L + lane]}.
 *
 * <p>Pixels are outside, channel blocks inside, one pixel at a time, so memory is read strictly
 * forward: several pixels per step are faster in cache (shared range checks and coefficients) but
 * up to twice as slow from memory, where hardware prefetch sees interleaved streams.
 *
 * <p>The channels behind the last whole vector are read as a whole vector too, together with the
 * first ones of the next pixel, which land in padded lanes where nobody looks; only where the row
 * ends one by one.
 *
 * <p>A clamp is two comparisons and two blends, a third of the instructions of {@code max} and
 * {@code min} with their care for NaN and signed zeros, and the same bits by the choice of the
 * bounds that are compared with ({@link #belowBound}, {@link #aboveBound}).
 */
final class RowStaging {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;

  private RowStaging() {}

  /**
   * Stages {@code width} pixels of {@code x} as they are.
   *
   * @param from the first channel, a multiple of {@code L}: those before it are staged already
   */
  static void copy(
      float[] ring, int at, int blockStep, float[] x, int xAt, int width, int channels, int from) {
    int whole = channels - channels % L;
    for (int j = 0; j < width && from < whole; j++) {
      int x0 = xAt + j * channels;
      int to = at + from / L * blockStep + j * L;
      for (int c = from; c < whole; c += L) {
        FloatVector.fromArray(S, x, x0 + c).intoArray(ring, to);
        to += blockStep;
      }
    }
    if (whole < channels) {
      copyTail(ring, at + whole / L * blockStep, x, xAt, width, channels, whole);
    }
  }

  private static void copyTail(
      float[] ring, int at, float[] x, int xAt, int width, int channels, int whole) {
    int vectors = tailVectors(width, channels, whole);
    for (int j = 0; j < vectors; j++) {
      FloatVector.fromArray(S, x, xAt + j * channels + whole).intoArray(ring, at + j * L);
    }
    for (int j = vectors; j < width; j++) {
      for (int c = whole; c < channels; c++) {
        ring[at + j * L + c - whole] = x[xAt + j * channels + c];
      }
    }
  }

  /**
   * Stages {@code min(max(fma(x, scale, shift), low), high)}.
   *
   * @param coefficients holds scale from {@code scale} on and shift from {@code shift} on
   */
  static void normalise(
      float[] ring,
      int at,
      int blockStep,
      float[] x,
      int xAt,
      int width,
      int channels,
      int from,
      float[] coefficients,
      int scale,
      int shift,
      float low,
      float high) {
    float below = belowBound(low);
    float above = aboveBound(high);
    int whole = channels - channels % L;
    for (int j = 0; j < width && from < whole; j++) {
      int x0 = xAt + j * channels;
      int to = at + from / L * blockStep + j * L;
      for (int c = from; c < whole; c += L) {
        FloatVector factor = FloatVector.fromArray(S, coefficients, scale + c);
        FloatVector term = FloatVector.fromArray(S, coefficients, shift + c);
        FloatVector v = FloatVector.fromArray(S, x, x0 + c).fma(factor, term);
        v = v.blend(low, v.compare(VectorOperators.LT, below));
        v = v.blend(high, v.compare(VectorOperators.GT, above));
        v.intoArray(ring, to);
        to += blockStep;
      }
    }
    if (whole < channels) {
      int tail = at + whole / L * blockStep;
      normaliseTail(
          ring, tail, x, xAt, width, channels, whole, coefficients, scale, shift, low, high);
    }
  }

  private static void normaliseTail(
      float[] ring,
      int at,
      float[] x,
      int xAt,
      int width,
      int channels,
      int whole,
      float[] coefficients,
      int scale,
      int shift,
      float low,
      float high) {
    int vectors = tailVectors(width, channels, whole);
    for (int j = 0; j < vectors; j++) {
      FloatVector factor = FloatVector.fromArray(S, coefficients, scale + whole);
      FloatVector term = FloatVector.fromArray(S, coefficients, shift + whole);
      FloatVector.fromArray(S, x, xAt + j * channels + whole)
          .fma(factor, term)
          .max(low)
          .min(high)
          .intoArray(ring, at + j * L);
    }
    for (int j = vectors; j < width; j++) {
      for (int c = whole; c < channels; c++) {
        float v =
            Math.fma(x[xAt + j * channels + c], coefficients[scale + c], coefficients[shift + c]);
        ring[at + j * L + c - whole] = Math.min(Math.max(v, low), high);
      }
    }
  }

  /**
   * Stages a gradient through norm and activation, {@code fma(g', a, fma(z, b, d))} with {@code g'
   * = g} where {@code low < fma(z, scale, shift) < high}, else 0.
   *
   * @param coefficients holds the five vectors from {@code scale}, {@code shift}, {@code a}, {@code
   *     b} and {@code d} on
   */
  static void gradient(
      float[] ring,
      int at,
      int blockStep,
      float[] g,
      int gAt,
      float[] z,
      int zAt,
      int width,
      int channels,
      int from,
      float[] coefficients,
      int scale,
      int shift,
      int a,
      int b,
      int d,
      float low,
      float high) {
    int whole = channels - channels % L;
    for (int j = 0; j < width && from < whole; j++) {
      int gPixel = gAt + j * channels;
      int zPixel = zAt + j * channels;
      int to = at + from / L * blockStep + j * L;
      for (int c = from; c < whole; c += L) {
        FloatVector u = FloatVector.fromArray(S, z, zPixel + c);
        FloatVector factor = FloatVector.fromArray(S, coefficients, scale + c);
        FloatVector n = u.fma(factor, FloatVector.fromArray(S, coefficients, shift + c));
        VectorMask<Float> open =
            n.compare(VectorOperators.GT, low).and(n.compare(VectorOperators.LT, high));
        FloatVector v = FloatVector.zero(S).blend(FloatVector.fromArray(S, g, gPixel + c), open);
        FloatVector factorZ = FloatVector.fromArray(S, coefficients, b + c);
        FloatVector rest = u.fma(factorZ, FloatVector.fromArray(S, coefficients, d + c));
        v.fma(FloatVector.fromArray(S, coefficients, a + c), rest).intoArray(ring, to);
        to += blockStep;
      }
    }
    if (whole < channels) {
      gradientTail(
          ring,
          at + whole / L * blockStep,
          g,
          gAt + whole,
          z,
          zAt + whole,
          width,
          channels,
          channels - whole,
          coefficients,
          scale + whole,
          shift + whole,
          a + whole,
          b + whole,
          d + whole,
          low,
          high);
    }
  }

  /** The last {@code count} channels of every pixel; all places are those of the first of them. */
  private static void gradientTail(
      float[] ring,
      int at,
      float[] g,
      int gAt,
      float[] z,
      int zAt,
      int width,
      int channels,
      int count,
      float[] coefficients,
      int scale,
      int shift,
      int a,
      int b,
      int d,
      float low,
      float high) {
    int vectors = tailVectors(width, channels, channels - count);
    for (int j = 0; j < vectors; j++) {
      int pixel = j * channels;
      int to = at + j * L;
      FloatVector u = FloatVector.fromArray(S, z, zAt + pixel);
      FloatVector factor = FloatVector.fromArray(S, coefficients, scale);
      FloatVector n = u.fma(factor, FloatVector.fromArray(S, coefficients, shift));
      VectorMask<Float> open =
          n.compare(VectorOperators.GT, low).and(n.compare(VectorOperators.LT, high));
      FloatVector v = FloatVector.zero(S).blend(FloatVector.fromArray(S, g, gAt + pixel), open);
      FloatVector factorZ = FloatVector.fromArray(S, coefficients, b);
      FloatVector rest = u.fma(factorZ, FloatVector.fromArray(S, coefficients, d));
      v.fma(FloatVector.fromArray(S, coefficients, a), rest).intoArray(ring, to);
    }
    for (int j = vectors; j < width; j++) {
      int pixel = j * channels;
      for (int c = 0; c < count; c++) {
        float u = z[zAt + pixel + c];
        float n = Math.fma(u, coefficients[scale + c], coefficients[shift + c]);
        float v = low < n && n < high ? g[gAt + pixel + c] : 0f;
        float rest = Math.fma(u, coefficients[b + c], coefficients[d + c]);
        ring[at + j * L + c] = Math.fma(v, coefficients[a + c], rest);
      }
    }
  }

  /** Pixels of a row whose whole vector from channel {@code whole} on still lies in the row. */
  static int tailVectors(int width, int channels, int whole) {
    int room = width * channels - whole - L;
    return room < 0 ? 0 : room / channels + 1;
  }

  /** What {@code v < bound} must compare with so that a blend gives the bits of {@code max}. */
  static float belowBound(float low) {
    return Float.floatToRawIntBits(low) == 0 ? Float.MIN_VALUE : low; // max(-0, +0) is +0
  }

  /** What {@code v > bound} must compare with so that a blend gives the bits of {@code min}. */
  static float aboveBound(float high) {
    boolean negativeZero = high == 0f && Float.floatToRawIntBits(high) != 0;
    return negativeZero ? -Float.MIN_VALUE : high; // min(+0, -0) is -0
  }
}
