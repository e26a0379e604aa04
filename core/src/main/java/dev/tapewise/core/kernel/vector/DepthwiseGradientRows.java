package dev.tapewise.core.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The hot loops of 3×3 depthwise gradients over rows of a {@link RowRing}.
 *
 * <p>Input gradient of stride 2: four pairs of input columns. With the left padding counted, a pair
 * is the odd column {@code 2k + 1}, which the middle tap of output k reaches, and the even column
 * {@code 2k + 2}, which the last tap of output k and the first of output k + 1 reach. Kernel rows
 * likewise: an input row meets one kernel row or two. {@code tap} is where the three weights of a
 * kernel row start in a block.
 *
 * <p>Weight gradient: the nine sums of a channel block stay in registers along a row. The partial
 * gradient is {@code [block][9][L]}.
 */
final class DepthwiseGradientRows {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;

  private DepthwiseGradientRows() {}

  /** Four pairs of input columns that meet one kernel row. */
  static void inputPairsOfOneRow(
      float[] dx,
      int dxStart,
      int dxStep,
      float[] ring,
      int row0,
      int tap0,
      int blockStep,
      float[] w,
      int wStart,
      int channels) {
    int dxAt = dxStart;
    int wAt = wStart;
    int at0 = row0;
    for (int c = 0; c < channels; c += L) {
      FloatVector odd0 = FloatVector.zero(S);
      FloatVector even0 = FloatVector.zero(S);
      FloatVector odd1 = FloatVector.zero(S);
      FloatVector even1 = FloatVector.zero(S);
      FloatVector odd2 = FloatVector.zero(S);
      FloatVector even2 = FloatVector.zero(S);
      FloatVector odd3 = FloatVector.zero(S);
      FloatVector even3 = FloatVector.zero(S);
      FloatVector w0 = FloatVector.fromArray(S, w, wAt + tap0);
      FloatVector w1 = FloatVector.fromArray(S, w, wAt + tap0 + L);
      FloatVector w2 = FloatVector.fromArray(S, w, wAt + tap0 + 2 * L);
      FloatVector dz = FloatVector.fromArray(S, ring, at0);
      odd0 = dz.fma(w1, odd0);
      even0 = dz.fma(w2, even0);
      dz = FloatVector.fromArray(S, ring, at0 + L);
      odd1 = dz.fma(w1, odd1);
      even1 = dz.fma(w2, even1);
      even0 = dz.fma(w0, even0);
      dz = FloatVector.fromArray(S, ring, at0 + 2 * L);
      odd2 = dz.fma(w1, odd2);
      even2 = dz.fma(w2, even2);
      even1 = dz.fma(w0, even1);
      dz = FloatVector.fromArray(S, ring, at0 + 3 * L);
      odd3 = dz.fma(w1, odd3);
      even3 = dz.fma(w2, even3);
      even2 = dz.fma(w0, even2);
      dz = FloatVector.fromArray(S, ring, at0 + 4 * L);
      even3 = dz.fma(w0, even3);
      odd0.intoArray(dx, dxAt);
      even0.intoArray(dx, dxAt + dxStep);
      odd1.intoArray(dx, dxAt + 2 * dxStep);
      even1.intoArray(dx, dxAt + 3 * dxStep);
      odd2.intoArray(dx, dxAt + 4 * dxStep);
      even2.intoArray(dx, dxAt + 5 * dxStep);
      odd3.intoArray(dx, dxAt + 6 * dxStep);
      even3.intoArray(dx, dxAt + 7 * dxStep);
      dxAt += L;
      wAt += 9 * L;
      at0 += blockStep;
    }
  }

  /** Four pairs of input columns that meet two kernel rows, the first one below. */
  static void inputPairsOfTwoRows(
      float[] dx,
      int dxStart,
      int dxStep,
      float[] ring,
      int row0,
      int tap0,
      int row1,
      int tap1,
      int blockStep,
      float[] w,
      int wStart,
      int channels) {
    int dxAt = dxStart;
    int wAt = wStart;
    int at0 = row0;
    int at1 = row1;
    for (int c = 0; c < channels; c += L) {
      FloatVector odd0 = FloatVector.zero(S);
      FloatVector even0 = FloatVector.zero(S);
      FloatVector odd1 = FloatVector.zero(S);
      FloatVector even1 = FloatVector.zero(S);
      FloatVector odd2 = FloatVector.zero(S);
      FloatVector even2 = FloatVector.zero(S);
      FloatVector odd3 = FloatVector.zero(S);
      FloatVector even3 = FloatVector.zero(S);
      FloatVector w0 = FloatVector.fromArray(S, w, wAt + tap0);
      FloatVector w1 = FloatVector.fromArray(S, w, wAt + tap0 + L);
      FloatVector w2 = FloatVector.fromArray(S, w, wAt + tap0 + 2 * L);
      FloatVector dz = FloatVector.fromArray(S, ring, at0);
      odd0 = dz.fma(w1, odd0);
      even0 = dz.fma(w2, even0);
      dz = FloatVector.fromArray(S, ring, at0 + L);
      odd1 = dz.fma(w1, odd1);
      even1 = dz.fma(w2, even1);
      even0 = dz.fma(w0, even0);
      dz = FloatVector.fromArray(S, ring, at0 + 2 * L);
      odd2 = dz.fma(w1, odd2);
      even2 = dz.fma(w2, even2);
      even1 = dz.fma(w0, even1);
      dz = FloatVector.fromArray(S, ring, at0 + 3 * L);
      odd3 = dz.fma(w1, odd3);
      even3 = dz.fma(w2, even3);
      even2 = dz.fma(w0, even2);
      dz = FloatVector.fromArray(S, ring, at0 + 4 * L);
      even3 = dz.fma(w0, even3);
      w0 = FloatVector.fromArray(S, w, wAt + tap1);
      w1 = FloatVector.fromArray(S, w, wAt + tap1 + L);
      w2 = FloatVector.fromArray(S, w, wAt + tap1 + 2 * L);
      dz = FloatVector.fromArray(S, ring, at1);
      odd0 = dz.fma(w1, odd0);
      even0 = dz.fma(w2, even0);
      dz = FloatVector.fromArray(S, ring, at1 + L);
      odd1 = dz.fma(w1, odd1);
      even1 = dz.fma(w2, even1);
      even0 = dz.fma(w0, even0);
      dz = FloatVector.fromArray(S, ring, at1 + 2 * L);
      odd2 = dz.fma(w1, odd2);
      even2 = dz.fma(w2, even2);
      even1 = dz.fma(w0, even1);
      dz = FloatVector.fromArray(S, ring, at1 + 3 * L);
      odd3 = dz.fma(w1, odd3);
      even3 = dz.fma(w2, even3);
      even2 = dz.fma(w0, even2);
      dz = FloatVector.fromArray(S, ring, at1 + 4 * L);
      even3 = dz.fma(w0, even3);
      odd0.intoArray(dx, dxAt);
      even0.intoArray(dx, dxAt + dxStep);
      odd1.intoArray(dx, dxAt + 2 * dxStep);
      even1.intoArray(dx, dxAt + 3 * dxStep);
      odd2.intoArray(dx, dxAt + 4 * dxStep);
      even2.intoArray(dx, dxAt + 5 * dxStep);
      odd3.intoArray(dx, dxAt + 6 * dxStep);
      even3.intoArray(dx, dxAt + 7 * dxStep);
      dxAt += L;
      wAt += 9 * L;
      at0 += blockStep;
      at1 += blockStep;
    }
  }

  /** Adds one output row to the nine sums, stride 1. */
  static void weightStride1(
      float[] partial,
      int partialStart,
      float[] ring,
      int row0,
      int row1,
      int row2,
      int blockStep,
      int dzRow,
      int dzBlockStep,
      int outWidth,
      int channels) {
    int at = partialStart;
    int at0 = row0;
    int at1 = row1;
    int at2 = row2;
    int dzAt = dzRow;
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
      for (int j = 0; j < outWidth; j++) {
        int x = j * L;
        FloatVector dz = FloatVector.fromArray(S, ring, dzAt + j * L);
        sum0 = dz.fma(FloatVector.fromArray(S, ring, at0 + x), sum0);
        sum1 = dz.fma(FloatVector.fromArray(S, ring, at0 + x + L), sum1);
        sum2 = dz.fma(FloatVector.fromArray(S, ring, at0 + x + 2 * L), sum2);
        sum3 = dz.fma(FloatVector.fromArray(S, ring, at1 + x), sum3);
        sum4 = dz.fma(FloatVector.fromArray(S, ring, at1 + x + L), sum4);
        sum5 = dz.fma(FloatVector.fromArray(S, ring, at1 + x + 2 * L), sum5);
        sum6 = dz.fma(FloatVector.fromArray(S, ring, at2 + x), sum6);
        sum7 = dz.fma(FloatVector.fromArray(S, ring, at2 + x + L), sum7);
        sum8 = dz.fma(FloatVector.fromArray(S, ring, at2 + x + 2 * L), sum8);
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
      at0 += blockStep;
      at1 += blockStep;
      at2 += blockStep;
      dzAt += dzBlockStep;
    }
  }

  /** Adds one output row to the nine sums, stride 2. */
  static void weightStride2(
      float[] partial,
      int partialStart,
      float[] ring,
      int row0,
      int row1,
      int row2,
      int blockStep,
      int dzRow,
      int dzBlockStep,
      int outWidth,
      int channels) {
    int at = partialStart;
    int at0 = row0;
    int at1 = row1;
    int at2 = row2;
    int dzAt = dzRow;
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
      for (int j = 0; j < outWidth; j++) {
        int x = j * 2 * L;
        FloatVector dz = FloatVector.fromArray(S, ring, dzAt + j * L);
        sum0 = dz.fma(FloatVector.fromArray(S, ring, at0 + x), sum0);
        sum1 = dz.fma(FloatVector.fromArray(S, ring, at0 + x + L), sum1);
        sum2 = dz.fma(FloatVector.fromArray(S, ring, at0 + x + 2 * L), sum2);
        sum3 = dz.fma(FloatVector.fromArray(S, ring, at1 + x), sum3);
        sum4 = dz.fma(FloatVector.fromArray(S, ring, at1 + x + L), sum4);
        sum5 = dz.fma(FloatVector.fromArray(S, ring, at1 + x + 2 * L), sum5);
        sum6 = dz.fma(FloatVector.fromArray(S, ring, at2 + x), sum6);
        sum7 = dz.fma(FloatVector.fromArray(S, ring, at2 + x + L), sum7);
        sum8 = dz.fma(FloatVector.fromArray(S, ring, at2 + x + 2 * L), sum8);
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
      at0 += blockStep;
      at1 += blockStep;
      at2 += blockStep;
      dzAt += dzBlockStep;
    }
  }
}
