package dev.tapewise.core.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Depthwise loops over rows of a {@link RowRing} for any kernel size, stride and dilation, driven
 * by tables: tap t reads the ring at {@code offsets[offsetsAt + t]} from the output column's place
 * and the weight {@code taps[t]}. Where the pixel step is a constant (1 or 2) range checks merge,
 * so those steps have methods of their own.
 */
final class DepthwiseTaps {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;

  private DepthwiseTaps() {}

  /**
   * {@code columns} outputs at {@code y[yStart + column * yStep + channel]}, in the widest blocks
   * that fit.
   *
   * @param xStep pixels from one output column to the next in the ring
   * @param count taps; with none, outputs are the bias
   * @param wStep floats of the packed weights of a channel block
   */
  static void row(
      float[] y,
      int yStart,
      int yStep,
      int columns,
      float[] ring,
      int xStep,
      int blockStep,
      int[] offsets,
      int offsetsAt,
      int[] taps,
      int count,
      float[] w,
      int wStart,
      int wStep,
      float[] bias,
      int biasStart,
      int channels) {
    int j = 0;
    for (; j + 8 <= columns; j += 8) {
      int at = j * xStep * L;
      int yAt = yStart + j * yStep;
      if (xStep == 1) {
        eightStep1(
            y, yAt, yStep, ring, at, blockStep, offsets, offsetsAt, taps, count, w, wStart, wStep,
            bias, biasStart, channels);
      } else if (xStep == 2) {
        eightStep2(
            y, yAt, yStep, ring, at, blockStep, offsets, offsetsAt, taps, count, w, wStart, wStep,
            bias, biasStart, channels);
      } else {
        eight(
            y, yAt, yStep, ring, at, xStep * L, blockStep, offsets, offsetsAt, taps, count, w,
            wStart, wStep, bias, biasStart, channels);
      }
    }
    for (; j < columns; j++) {
      one(
          y,
          yStart + j * yStep,
          ring,
          j * xStep * L,
          blockStep,
          offsets,
          offsetsAt,
          taps,
          count,
          w,
          wStart,
          wStep,
          bias,
          biasStart,
          channels);
    }
  }

  /** One output column. */
  static void one(
      float[] y,
      int yStart,
      float[] ring,
      int start,
      int blockStep,
      int[] offsets,
      int offsetsAt,
      int[] taps,
      int count,
      float[] w,
      int wStart,
      int wStep,
      float[] bias,
      int biasStart,
      int channels) {
    int yAt = yStart;
    int xAt = start;
    int wAt = wStart;
    for (int c = 0; c < channels; c += L) {
      FloatVector sum = FloatVector.fromArray(S, bias, biasStart + c);
      for (int t = 0; t < count; t++) {
        FloatVector tap = FloatVector.fromArray(S, w, wAt + taps[t] * L);
        sum = FloatVector.fromArray(S, ring, xAt + offsets[offsetsAt + t]).fma(tap, sum);
      }
      sum.intoArray(y, yAt);
      yAt += L;
      xAt += blockStep;
      wAt += wStep;
    }
  }

  /** Eight output columns, pixel step 1. */
  private static void eightStep1(
      float[] y,
      int yStart,
      int yStep,
      float[] ring,
      int start,
      int blockStep,
      int[] offsets,
      int offsetsAt,
      int[] taps,
      int count,
      float[] w,
      int wStart,
      int wStep,
      float[] bias,
      int biasStart,
      int channels) {
    int yAt = yStart;
    int xAt = start;
    int wAt = wStart;
    for (int c = 0; c < channels; c += L) {
      FloatVector sum0 = FloatVector.fromArray(S, bias, biasStart + c);
      FloatVector sum1 = sum0;
      FloatVector sum2 = sum0;
      FloatVector sum3 = sum0;
      FloatVector sum4 = sum0;
      FloatVector sum5 = sum0;
      FloatVector sum6 = sum0;
      FloatVector sum7 = sum0;
      for (int t = 0; t < count; t++) {
        int at = xAt + offsets[offsetsAt + t];
        FloatVector tap = FloatVector.fromArray(S, w, wAt + taps[t] * L);
        sum0 = FloatVector.fromArray(S, ring, at).fma(tap, sum0);
        sum1 = FloatVector.fromArray(S, ring, at + L).fma(tap, sum1);
        sum2 = FloatVector.fromArray(S, ring, at + 2 * L).fma(tap, sum2);
        sum3 = FloatVector.fromArray(S, ring, at + 3 * L).fma(tap, sum3);
        sum4 = FloatVector.fromArray(S, ring, at + 4 * L).fma(tap, sum4);
        sum5 = FloatVector.fromArray(S, ring, at + 5 * L).fma(tap, sum5);
        sum6 = FloatVector.fromArray(S, ring, at + 6 * L).fma(tap, sum6);
        sum7 = FloatVector.fromArray(S, ring, at + 7 * L).fma(tap, sum7);
      }
      sum0.intoArray(y, yAt);
      sum1.intoArray(y, yAt + yStep);
      sum2.intoArray(y, yAt + 2 * yStep);
      sum3.intoArray(y, yAt + 3 * yStep);
      sum4.intoArray(y, yAt + 4 * yStep);
      sum5.intoArray(y, yAt + 5 * yStep);
      sum6.intoArray(y, yAt + 6 * yStep);
      sum7.intoArray(y, yAt + 7 * yStep);
      yAt += L;
      xAt += blockStep;
      wAt += wStep;
    }
  }

  /** Eight output columns, pixel step 2. */
  private static void eightStep2(
      float[] y,
      int yStart,
      int yStep,
      float[] ring,
      int start,
      int blockStep,
      int[] offsets,
      int offsetsAt,
      int[] taps,
      int count,
      float[] w,
      int wStart,
      int wStep,
      float[] bias,
      int biasStart,
      int channels) {
    int yAt = yStart;
    int xAt = start;
    int wAt = wStart;
    for (int c = 0; c < channels; c += L) {
      FloatVector sum0 = FloatVector.fromArray(S, bias, biasStart + c);
      FloatVector sum1 = sum0;
      FloatVector sum2 = sum0;
      FloatVector sum3 = sum0;
      FloatVector sum4 = sum0;
      FloatVector sum5 = sum0;
      FloatVector sum6 = sum0;
      FloatVector sum7 = sum0;
      for (int t = 0; t < count; t++) {
        int at = xAt + offsets[offsetsAt + t];
        FloatVector tap = FloatVector.fromArray(S, w, wAt + taps[t] * L);
        sum0 = FloatVector.fromArray(S, ring, at).fma(tap, sum0);
        sum1 = FloatVector.fromArray(S, ring, at + 2 * L).fma(tap, sum1);
        sum2 = FloatVector.fromArray(S, ring, at + 4 * L).fma(tap, sum2);
        sum3 = FloatVector.fromArray(S, ring, at + 6 * L).fma(tap, sum3);
        sum4 = FloatVector.fromArray(S, ring, at + 8 * L).fma(tap, sum4);
        sum5 = FloatVector.fromArray(S, ring, at + 10 * L).fma(tap, sum5);
        sum6 = FloatVector.fromArray(S, ring, at + 12 * L).fma(tap, sum6);
        sum7 = FloatVector.fromArray(S, ring, at + 14 * L).fma(tap, sum7);
      }
      sum0.intoArray(y, yAt);
      sum1.intoArray(y, yAt + yStep);
      sum2.intoArray(y, yAt + 2 * yStep);
      sum3.intoArray(y, yAt + 3 * yStep);
      sum4.intoArray(y, yAt + 4 * yStep);
      sum5.intoArray(y, yAt + 5 * yStep);
      sum6.intoArray(y, yAt + 6 * yStep);
      sum7.intoArray(y, yAt + 7 * yStep);
      yAt += L;
      xAt += blockStep;
      wAt += wStep;
    }
  }

  /** Eight output columns, any pixel step; {@code xStep} in floats. */
  private static void eight(
      float[] y,
      int yStart,
      int yStep,
      float[] ring,
      int start,
      int xStep,
      int blockStep,
      int[] offsets,
      int offsetsAt,
      int[] taps,
      int count,
      float[] w,
      int wStart,
      int wStep,
      float[] bias,
      int biasStart,
      int channels) {
    int yAt = yStart;
    int xAt = start;
    int wAt = wStart;
    for (int c = 0; c < channels; c += L) {
      FloatVector sum0 = FloatVector.fromArray(S, bias, biasStart + c);
      FloatVector sum1 = sum0;
      FloatVector sum2 = sum0;
      FloatVector sum3 = sum0;
      FloatVector sum4 = sum0;
      FloatVector sum5 = sum0;
      FloatVector sum6 = sum0;
      FloatVector sum7 = sum0;
      for (int t = 0; t < count; t++) {
        int at = xAt + offsets[offsetsAt + t];
        FloatVector tap = FloatVector.fromArray(S, w, wAt + taps[t] * L);
        sum0 = FloatVector.fromArray(S, ring, at).fma(tap, sum0);
        sum1 = FloatVector.fromArray(S, ring, at + xStep).fma(tap, sum1);
        sum2 = FloatVector.fromArray(S, ring, at + 2 * xStep).fma(tap, sum2);
        sum3 = FloatVector.fromArray(S, ring, at + 3 * xStep).fma(tap, sum3);
        sum4 = FloatVector.fromArray(S, ring, at + 4 * xStep).fma(tap, sum4);
        sum5 = FloatVector.fromArray(S, ring, at + 5 * xStep).fma(tap, sum5);
        sum6 = FloatVector.fromArray(S, ring, at + 6 * xStep).fma(tap, sum6);
        sum7 = FloatVector.fromArray(S, ring, at + 7 * xStep).fma(tap, sum7);
      }
      sum0.intoArray(y, yAt);
      sum1.intoArray(y, yAt + yStep);
      sum2.intoArray(y, yAt + 2 * yStep);
      sum3.intoArray(y, yAt + 3 * yStep);
      sum4.intoArray(y, yAt + 4 * yStep);
      sum5.intoArray(y, yAt + 5 * yStep);
      sum6.intoArray(y, yAt + 6 * yStep);
      sum7.intoArray(y, yAt + 7 * yStep);
      yAt += L;
      xAt += blockStep;
      wAt += wStep;
    }
  }

  /**
   * Adds one output row to the sums of nine taps, whose ring offsets are {@code offsets[offsetsAt]}
   * and the next eight; the partial gradient is {@code [block][9][L]}.
   *
   * @param xStep pixels from one output column to the next in the ring
   */
  static void nineWeights(
      float[] partial,
      int partialStart,
      float[] ring,
      int xStep,
      int blockStep,
      int[] offsets,
      int offsetsAt,
      int dzRow,
      int dzBlockStep,
      int outWidth,
      int channels) {
    int x0 = offsets[offsetsAt];
    int x1 = offsets[offsetsAt + 1];
    int x2 = offsets[offsetsAt + 2];
    int x3 = offsets[offsetsAt + 3];
    int x4 = offsets[offsetsAt + 4];
    int x5 = offsets[offsetsAt + 5];
    int x6 = offsets[offsetsAt + 6];
    int x7 = offsets[offsetsAt + 7];
    int x8 = offsets[offsetsAt + 8];
    int at = partialStart;
    int block = 0;
    int dzAt = dzRow;
    int step = xStep * L;
    for (int c = 0; c < channels; c += L) {
      FloatVector sum0 = FloatVector.fromArray(S, partial, at);
      FloatVector sum1 = FloatVector.fromArray(S, partial, at + L);
      FloatVector sum2 = FloatVector.fromArray(S, partial, at + 2 * L);
      FloatVector sum3 = FloatVector.fromArray(S, partial, at + 3 * L);
      FloatVector sum4 = FloatVector.fromArray(S, partial, at + 4 * L);
      FloatVector sum5 = FloatVector.fromArray(S, partial, at + 5 * L);
      FloatVector sum6 = FloatVector.fromArray(S, partial, at + 6 * L);
      FloatVector sum7 = FloatVector.fromArray(S, partial, at + 7 * L);
      FloatVector sum8 = FloatVector.fromArray(S, partial, at + 8 * L);
      int x = block;
      for (int j = 0; j < outWidth; j++) {
        FloatVector dz = FloatVector.fromArray(S, ring, dzAt + j * L);
        sum0 = dz.fma(FloatVector.fromArray(S, ring, x + x0), sum0);
        sum1 = dz.fma(FloatVector.fromArray(S, ring, x + x1), sum1);
        sum2 = dz.fma(FloatVector.fromArray(S, ring, x + x2), sum2);
        sum3 = dz.fma(FloatVector.fromArray(S, ring, x + x3), sum3);
        sum4 = dz.fma(FloatVector.fromArray(S, ring, x + x4), sum4);
        sum5 = dz.fma(FloatVector.fromArray(S, ring, x + x5), sum5);
        sum6 = dz.fma(FloatVector.fromArray(S, ring, x + x6), sum6);
        sum7 = dz.fma(FloatVector.fromArray(S, ring, x + x7), sum7);
        sum8 = dz.fma(FloatVector.fromArray(S, ring, x + x8), sum8);
        x += step;
      }
      sum0.intoArray(partial, at);
      sum1.intoArray(partial, at + L);
      sum2.intoArray(partial, at + 2 * L);
      sum3.intoArray(partial, at + 3 * L);
      sum4.intoArray(partial, at + 4 * L);
      sum5.intoArray(partial, at + 5 * L);
      sum6.intoArray(partial, at + 6 * L);
      sum7.intoArray(partial, at + 7 * L);
      sum8.intoArray(partial, at + 8 * L);
      at += 9 * L;
      block += blockStep;
      dzAt += dzBlockStep;
    }
  }
}
