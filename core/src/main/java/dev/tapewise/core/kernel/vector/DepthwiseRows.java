package dev.tapewise.core.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The hot loops of a 3×3 depthwise forward pass of width stride 1 over rows of a {@link RowRing}:
 * no borders, no channel tails, every tap at a constant offset from one base so that range checks
 * merge.
 *
 * <p>Columns are outside, channel blocks inside, so that NHWC memory is written forward. A loaded
 * vector serves up to three outputs; three weights are live. Weights are packed {@code
 * [block][tap][L]}. The kernel rows come as three offsets, so any stride and dilation of rows will
 * do. With flipped weights and rows of the output's gradient this is also the input gradient of
 * stride 1.
 *
 * <p>Outputs go to {@code y[yStart + column * yStep + channel]}; {@code channels} is a multiple of
 * L and {@code blockStep} the distance of channel blocks in the ring.
 */
final class DepthwiseRows {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;

  private DepthwiseRows() {}

  /** A row of at least four columns; the last four overlap and are written twice, the same bits. */
  static void row(
      float[] y,
      int yStart,
      int yStep,
      int columns,
      float[] ring,
      int row0,
      int row1,
      int row2,
      int blockStep,
      float[] w,
      int wStart,
      float[] bias,
      int biasStart,
      int channels) {
    int j = 0;
    for (; j + 8 <= columns; j += 8) {
      int x = j * L;
      eightColumns(
          y,
          yStart + j * yStep,
          yStep,
          ring,
          row0 + x,
          row1 + x,
          row2 + x,
          blockStep,
          w,
          wStart,
          bias,
          biasStart,
          channels);
    }
    while (j < columns) {
      int k = Math.min(j, columns - 4);
      int x = k * L;
      fourColumns(
          y,
          yStart + k * yStep,
          yStep,
          ring,
          row0 + x,
          row1 + x,
          row2 + x,
          blockStep,
          w,
          wStart,
          bias,
          biasStart,
          channels);
      j = k + 4;
    }
  }

  /** Eight output columns. */
  private static void eightColumns(
      float[] y,
      int yStart,
      int yStep,
      float[] ring,
      int row0,
      int row1,
      int row2,
      int blockStep,
      float[] w,
      int wStart,
      float[] bias,
      int biasStart,
      int channels) {
    int yAt = yStart;
    int at0 = row0;
    int at1 = row1;
    int at2 = row2;
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
      FloatVector w0 = FloatVector.fromArray(S, w, wAt);
      FloatVector w1 = FloatVector.fromArray(S, w, wAt + L);
      FloatVector w2 = FloatVector.fromArray(S, w, wAt + 2 * L);
      FloatVector x = FloatVector.fromArray(S, ring, at0);
      sum0 = x.fma(w0, sum0);
      x = FloatVector.fromArray(S, ring, at0 + L);
      sum0 = x.fma(w1, sum0);
      sum1 = x.fma(w0, sum1);
      x = FloatVector.fromArray(S, ring, at0 + 2 * L);
      sum0 = x.fma(w2, sum0);
      sum1 = x.fma(w1, sum1);
      sum2 = x.fma(w0, sum2);
      x = FloatVector.fromArray(S, ring, at0 + 3 * L);
      sum1 = x.fma(w2, sum1);
      sum2 = x.fma(w1, sum2);
      sum3 = x.fma(w0, sum3);
      x = FloatVector.fromArray(S, ring, at0 + 4 * L);
      sum2 = x.fma(w2, sum2);
      sum3 = x.fma(w1, sum3);
      sum4 = x.fma(w0, sum4);
      x = FloatVector.fromArray(S, ring, at0 + 5 * L);
      sum3 = x.fma(w2, sum3);
      sum4 = x.fma(w1, sum4);
      sum5 = x.fma(w0, sum5);
      x = FloatVector.fromArray(S, ring, at0 + 6 * L);
      sum4 = x.fma(w2, sum4);
      sum5 = x.fma(w1, sum5);
      sum6 = x.fma(w0, sum6);
      x = FloatVector.fromArray(S, ring, at0 + 7 * L);
      sum5 = x.fma(w2, sum5);
      sum6 = x.fma(w1, sum6);
      sum7 = x.fma(w0, sum7);
      x = FloatVector.fromArray(S, ring, at0 + 8 * L);
      sum6 = x.fma(w2, sum6);
      sum7 = x.fma(w1, sum7);
      x = FloatVector.fromArray(S, ring, at0 + 9 * L);
      sum7 = x.fma(w2, sum7);
      w0 = FloatVector.fromArray(S, w, wAt + 3 * L);
      w1 = FloatVector.fromArray(S, w, wAt + 4 * L);
      w2 = FloatVector.fromArray(S, w, wAt + 5 * L);
      x = FloatVector.fromArray(S, ring, at1);
      sum0 = x.fma(w0, sum0);
      x = FloatVector.fromArray(S, ring, at1 + L);
      sum0 = x.fma(w1, sum0);
      sum1 = x.fma(w0, sum1);
      x = FloatVector.fromArray(S, ring, at1 + 2 * L);
      sum0 = x.fma(w2, sum0);
      sum1 = x.fma(w1, sum1);
      sum2 = x.fma(w0, sum2);
      x = FloatVector.fromArray(S, ring, at1 + 3 * L);
      sum1 = x.fma(w2, sum1);
      sum2 = x.fma(w1, sum2);
      sum3 = x.fma(w0, sum3);
      x = FloatVector.fromArray(S, ring, at1 + 4 * L);
      sum2 = x.fma(w2, sum2);
      sum3 = x.fma(w1, sum3);
      sum4 = x.fma(w0, sum4);
      x = FloatVector.fromArray(S, ring, at1 + 5 * L);
      sum3 = x.fma(w2, sum3);
      sum4 = x.fma(w1, sum4);
      sum5 = x.fma(w0, sum5);
      x = FloatVector.fromArray(S, ring, at1 + 6 * L);
      sum4 = x.fma(w2, sum4);
      sum5 = x.fma(w1, sum5);
      sum6 = x.fma(w0, sum6);
      x = FloatVector.fromArray(S, ring, at1 + 7 * L);
      sum5 = x.fma(w2, sum5);
      sum6 = x.fma(w1, sum6);
      sum7 = x.fma(w0, sum7);
      x = FloatVector.fromArray(S, ring, at1 + 8 * L);
      sum6 = x.fma(w2, sum6);
      sum7 = x.fma(w1, sum7);
      x = FloatVector.fromArray(S, ring, at1 + 9 * L);
      sum7 = x.fma(w2, sum7);
      w0 = FloatVector.fromArray(S, w, wAt + 6 * L);
      w1 = FloatVector.fromArray(S, w, wAt + 7 * L);
      w2 = FloatVector.fromArray(S, w, wAt + 8 * L);
      x = FloatVector.fromArray(S, ring, at2);
      sum0 = x.fma(w0, sum0);
      x = FloatVector.fromArray(S, ring, at2 + L);
      sum0 = x.fma(w1, sum0);
      sum1 = x.fma(w0, sum1);
      x = FloatVector.fromArray(S, ring, at2 + 2 * L);
      sum0 = x.fma(w2, sum0);
      sum1 = x.fma(w1, sum1);
      sum2 = x.fma(w0, sum2);
      x = FloatVector.fromArray(S, ring, at2 + 3 * L);
      sum1 = x.fma(w2, sum1);
      sum2 = x.fma(w1, sum2);
      sum3 = x.fma(w0, sum3);
      x = FloatVector.fromArray(S, ring, at2 + 4 * L);
      sum2 = x.fma(w2, sum2);
      sum3 = x.fma(w1, sum3);
      sum4 = x.fma(w0, sum4);
      x = FloatVector.fromArray(S, ring, at2 + 5 * L);
      sum3 = x.fma(w2, sum3);
      sum4 = x.fma(w1, sum4);
      sum5 = x.fma(w0, sum5);
      x = FloatVector.fromArray(S, ring, at2 + 6 * L);
      sum4 = x.fma(w2, sum4);
      sum5 = x.fma(w1, sum5);
      sum6 = x.fma(w0, sum6);
      x = FloatVector.fromArray(S, ring, at2 + 7 * L);
      sum5 = x.fma(w2, sum5);
      sum6 = x.fma(w1, sum6);
      sum7 = x.fma(w0, sum7);
      x = FloatVector.fromArray(S, ring, at2 + 8 * L);
      sum6 = x.fma(w2, sum6);
      sum7 = x.fma(w1, sum7);
      x = FloatVector.fromArray(S, ring, at2 + 9 * L);
      sum7 = x.fma(w2, sum7);
      sum0.intoArray(y, yAt);
      sum1.intoArray(y, yAt + yStep);
      sum2.intoArray(y, yAt + 2 * yStep);
      sum3.intoArray(y, yAt + 3 * yStep);
      sum4.intoArray(y, yAt + 4 * yStep);
      sum5.intoArray(y, yAt + 5 * yStep);
      sum6.intoArray(y, yAt + 6 * yStep);
      sum7.intoArray(y, yAt + 7 * yStep);
      yAt += L;
      at0 += blockStep;
      at1 += blockStep;
      at2 += blockStep;
      wAt += 9 * L;
    }
  }

  /** Four output columns. */
  private static void fourColumns(
      float[] y,
      int yStart,
      int yStep,
      float[] ring,
      int row0,
      int row1,
      int row2,
      int blockStep,
      float[] w,
      int wStart,
      float[] bias,
      int biasStart,
      int channels) {
    int yAt = yStart;
    int at0 = row0;
    int at1 = row1;
    int at2 = row2;
    int wAt = wStart;
    for (int c = 0; c < channels; c += L) {
      FloatVector sum0 = FloatVector.fromArray(S, bias, biasStart + c);
      FloatVector sum1 = sum0;
      FloatVector sum2 = sum0;
      FloatVector sum3 = sum0;
      FloatVector w0 = FloatVector.fromArray(S, w, wAt);
      FloatVector w1 = FloatVector.fromArray(S, w, wAt + L);
      FloatVector w2 = FloatVector.fromArray(S, w, wAt + 2 * L);
      FloatVector x = FloatVector.fromArray(S, ring, at0);
      sum0 = x.fma(w0, sum0);
      x = FloatVector.fromArray(S, ring, at0 + L);
      sum0 = x.fma(w1, sum0);
      sum1 = x.fma(w0, sum1);
      x = FloatVector.fromArray(S, ring, at0 + 2 * L);
      sum0 = x.fma(w2, sum0);
      sum1 = x.fma(w1, sum1);
      sum2 = x.fma(w0, sum2);
      x = FloatVector.fromArray(S, ring, at0 + 3 * L);
      sum1 = x.fma(w2, sum1);
      sum2 = x.fma(w1, sum2);
      sum3 = x.fma(w0, sum3);
      x = FloatVector.fromArray(S, ring, at0 + 4 * L);
      sum2 = x.fma(w2, sum2);
      sum3 = x.fma(w1, sum3);
      x = FloatVector.fromArray(S, ring, at0 + 5 * L);
      sum3 = x.fma(w2, sum3);
      w0 = FloatVector.fromArray(S, w, wAt + 3 * L);
      w1 = FloatVector.fromArray(S, w, wAt + 4 * L);
      w2 = FloatVector.fromArray(S, w, wAt + 5 * L);
      x = FloatVector.fromArray(S, ring, at1);
      sum0 = x.fma(w0, sum0);
      x = FloatVector.fromArray(S, ring, at1 + L);
      sum0 = x.fma(w1, sum0);
      sum1 = x.fma(w0, sum1);
      x = FloatVector.fromArray(S, ring, at1 + 2 * L);
      sum0 = x.fma(w2, sum0);
      sum1 = x.fma(w1, sum1);
      sum2 = x.fma(w0, sum2);
      x = FloatVector.fromArray(S, ring, at1 + 3 * L);
      sum1 = x.fma(w2, sum1);
      sum2 = x.fma(w1, sum2);
      sum3 = x.fma(w0, sum3);
      x = FloatVector.fromArray(S, ring, at1 + 4 * L);
      sum2 = x.fma(w2, sum2);
      sum3 = x.fma(w1, sum3);
      x = FloatVector.fromArray(S, ring, at1 + 5 * L);
      sum3 = x.fma(w2, sum3);
      w0 = FloatVector.fromArray(S, w, wAt + 6 * L);
      w1 = FloatVector.fromArray(S, w, wAt + 7 * L);
      w2 = FloatVector.fromArray(S, w, wAt + 8 * L);
      x = FloatVector.fromArray(S, ring, at2);
      sum0 = x.fma(w0, sum0);
      x = FloatVector.fromArray(S, ring, at2 + L);
      sum0 = x.fma(w1, sum0);
      sum1 = x.fma(w0, sum1);
      x = FloatVector.fromArray(S, ring, at2 + 2 * L);
      sum0 = x.fma(w2, sum0);
      sum1 = x.fma(w1, sum1);
      sum2 = x.fma(w0, sum2);
      x = FloatVector.fromArray(S, ring, at2 + 3 * L);
      sum1 = x.fma(w2, sum1);
      sum2 = x.fma(w1, sum2);
      sum3 = x.fma(w0, sum3);
      x = FloatVector.fromArray(S, ring, at2 + 4 * L);
      sum2 = x.fma(w2, sum2);
      sum3 = x.fma(w1, sum3);
      x = FloatVector.fromArray(S, ring, at2 + 5 * L);
      sum3 = x.fma(w2, sum3);
      sum0.intoArray(y, yAt);
      sum1.intoArray(y, yAt + yStep);
      sum2.intoArray(y, yAt + 2 * yStep);
      sum3.intoArray(y, yAt + 3 * yStep);
      yAt += L;
      at0 += blockStep;
      at1 += blockStep;
      at2 += blockStep;
      wAt += 9 * L;
    }
  }
}
