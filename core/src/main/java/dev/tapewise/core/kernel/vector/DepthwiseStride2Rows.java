package dev.tapewise.core.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The hot loop of a 3×3 depthwise forward pass of width stride 2, as {@link DepthwiseRows} has it
 * for width stride 1.
 */
final class DepthwiseStride2Rows {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;

  private DepthwiseStride2Rows() {}

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
    while (j < columns) {
      int k = Math.min(j, columns - 4);
      int x = 2 * k * L;
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
      x = FloatVector.fromArray(S, ring, at0 + 2 * L);
      sum0 = x.fma(w2, sum0);
      sum1 = x.fma(w0, sum1);
      x = FloatVector.fromArray(S, ring, at0 + 3 * L);
      sum1 = x.fma(w1, sum1);
      x = FloatVector.fromArray(S, ring, at0 + 4 * L);
      sum1 = x.fma(w2, sum1);
      sum2 = x.fma(w0, sum2);
      x = FloatVector.fromArray(S, ring, at0 + 5 * L);
      sum2 = x.fma(w1, sum2);
      x = FloatVector.fromArray(S, ring, at0 + 6 * L);
      sum2 = x.fma(w2, sum2);
      sum3 = x.fma(w0, sum3);
      x = FloatVector.fromArray(S, ring, at0 + 7 * L);
      sum3 = x.fma(w1, sum3);
      x = FloatVector.fromArray(S, ring, at0 + 8 * L);
      sum3 = x.fma(w2, sum3);
      w0 = FloatVector.fromArray(S, w, wAt + 3 * L);
      w1 = FloatVector.fromArray(S, w, wAt + 4 * L);
      w2 = FloatVector.fromArray(S, w, wAt + 5 * L);
      x = FloatVector.fromArray(S, ring, at1);
      sum0 = x.fma(w0, sum0);
      x = FloatVector.fromArray(S, ring, at1 + L);
      sum0 = x.fma(w1, sum0);
      x = FloatVector.fromArray(S, ring, at1 + 2 * L);
      sum0 = x.fma(w2, sum0);
      sum1 = x.fma(w0, sum1);
      x = FloatVector.fromArray(S, ring, at1 + 3 * L);
      sum1 = x.fma(w1, sum1);
      x = FloatVector.fromArray(S, ring, at1 + 4 * L);
      sum1 = x.fma(w2, sum1);
      sum2 = x.fma(w0, sum2);
      x = FloatVector.fromArray(S, ring, at1 + 5 * L);
      sum2 = x.fma(w1, sum2);
      x = FloatVector.fromArray(S, ring, at1 + 6 * L);
      sum2 = x.fma(w2, sum2);
      sum3 = x.fma(w0, sum3);
      x = FloatVector.fromArray(S, ring, at1 + 7 * L);
      sum3 = x.fma(w1, sum3);
      x = FloatVector.fromArray(S, ring, at1 + 8 * L);
      sum3 = x.fma(w2, sum3);
      w0 = FloatVector.fromArray(S, w, wAt + 6 * L);
      w1 = FloatVector.fromArray(S, w, wAt + 7 * L);
      w2 = FloatVector.fromArray(S, w, wAt + 8 * L);
      x = FloatVector.fromArray(S, ring, at2);
      sum0 = x.fma(w0, sum0);
      x = FloatVector.fromArray(S, ring, at2 + L);
      sum0 = x.fma(w1, sum0);
      x = FloatVector.fromArray(S, ring, at2 + 2 * L);
      sum0 = x.fma(w2, sum0);
      sum1 = x.fma(w0, sum1);
      x = FloatVector.fromArray(S, ring, at2 + 3 * L);
      sum1 = x.fma(w1, sum1);
      x = FloatVector.fromArray(S, ring, at2 + 4 * L);
      sum1 = x.fma(w2, sum1);
      sum2 = x.fma(w0, sum2);
      x = FloatVector.fromArray(S, ring, at2 + 5 * L);
      sum2 = x.fma(w1, sum2);
      x = FloatVector.fromArray(S, ring, at2 + 6 * L);
      sum2 = x.fma(w2, sum2);
      sum3 = x.fma(w0, sum3);
      x = FloatVector.fromArray(S, ring, at2 + 7 * L);
      sum3 = x.fma(w1, sum3);
      x = FloatVector.fromArray(S, ring, at2 + 8 * L);
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
