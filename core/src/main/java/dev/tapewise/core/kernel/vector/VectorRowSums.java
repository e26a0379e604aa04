package dev.tapewise.core.kernel.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums over rows with channels as lanes. Four rows are read side by side from front to back, as
 * memory likes it; the sums stay in L1, read and written once for four rows.
 */
final class VectorRowSums {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;

  private VectorRowSums() {}

  static void sum(float[] sum, int to, float[] x, int from, int rows, int step, int channels) {
    Arrays.fill(sum, to, to + channels, 0f);
    int r = 0;
    for (; r <= rows - 4; r += 4) {
      sum4(sum, to, x, from + r * step, step, channels);
    }
    for (; r < rows; r++) {
      sum1(sum, to, x, from + r * step, channels);
    }
  }

  private static void sum4(float[] sum, int to, float[] x, int p0, int step, int channels) {
    int p1 = p0 + step;
    int p2 = p1 + step;
    int p3 = p2 + step;
    int c = 0;
    for (; c <= channels - L; c += L) {
      FloatVector.fromArray(S, sum, to + c)
          .add(FloatVector.fromArray(S, x, p0 + c))
          .add(FloatVector.fromArray(S, x, p1 + c))
          .add(FloatVector.fromArray(S, x, p2 + c))
          .add(FloatVector.fromArray(S, x, p3 + c))
          .intoArray(sum, to + c);
    }
    for (; c < channels; c++) {
      sum[to + c] = sum[to + c] + x[p0 + c] + x[p1 + c] + x[p2 + c] + x[p3 + c];
    }
  }

  private static void sum1(float[] sum, int to, float[] x, int p, int channels) {
    int c = 0;
    for (; c <= channels - L; c += L) {
      FloatVector.fromArray(S, sum, to + c)
          .add(FloatVector.fromArray(S, x, p + c))
          .intoArray(sum, to + c);
    }
    for (; c < channels; c++) {
      sum[to + c] += x[p + c];
    }
  }

  static void products(
      float[] sum,
      int to,
      float[] a,
      int aFrom,
      float[] b,
      int bFrom,
      int rows,
      int step,
      int channels) {
    Arrays.fill(sum, to, to + channels, 0f);
    int r = 0;
    for (; r <= rows - 4; r += 4) {
      products4(sum, to, a, aFrom + r * step, b, bFrom + r * step, step, channels);
    }
    for (; r < rows; r++) {
      products1(sum, to, a, aFrom + r * step, b, bFrom + r * step, channels);
    }
  }

  private static void products4(
      float[] sum, int to, float[] a, int p0, float[] b, int q0, int step, int channels) {
    int p1 = p0 + step;
    int p2 = p1 + step;
    int p3 = p2 + step;
    int q1 = q0 + step;
    int q2 = q1 + step;
    int q3 = q2 + step;
    int c = 0;
    for (; c <= channels - L; c += L) {
      FloatVector s = FloatVector.fromArray(S, sum, to + c);
      s = FloatVector.fromArray(S, a, p0 + c).fma(FloatVector.fromArray(S, b, q0 + c), s);
      s = FloatVector.fromArray(S, a, p1 + c).fma(FloatVector.fromArray(S, b, q1 + c), s);
      s = FloatVector.fromArray(S, a, p2 + c).fma(FloatVector.fromArray(S, b, q2 + c), s);
      s = FloatVector.fromArray(S, a, p3 + c).fma(FloatVector.fromArray(S, b, q3 + c), s);
      s.intoArray(sum, to + c);
    }
    for (; c < channels; c++) {
      float s = Math.fma(a[p0 + c], b[q0 + c], sum[to + c]);
      s = Math.fma(a[p1 + c], b[q1 + c], s);
      s = Math.fma(a[p2 + c], b[q2 + c], s);
      sum[to + c] = Math.fma(a[p3 + c], b[q3 + c], s);
    }
  }

  private static void products1(
      float[] sum, int to, float[] a, int p, float[] b, int q, int channels) {
    int c = 0;
    for (; c <= channels - L; c += L) {
      FloatVector.fromArray(S, a, p + c)
          .fma(FloatVector.fromArray(S, b, q + c), FloatVector.fromArray(S, sum, to + c))
          .intoArray(sum, to + c);
    }
    for (; c < channels; c++) {
      sum[to + c] = Math.fma(a[p + c], b[q + c], sum[to + c]);
    }
  }

  static void multiplyGradients(
      float[] dx,
      int dxTo,
      float[] dw,
      int dwTo,
      float[] dy,
      int dyFrom,
      float[] x,
      int xFrom,
      float[] w,
      int wFrom,
      int rows,
      int step,
      int channels) {
    Arrays.fill(dw, dwTo, dwTo + channels, 0f);
    int r = 0;
    for (; r <= rows - 4; r += 4) {
      int at = r * step;
      gradients4(dx, dxTo + at, dw, dwTo, dy, dyFrom + at, x, xFrom + at, w, wFrom, step, channels);
    }
    for (; r < rows; r++) {
      int at = r * step;
      gradients1(dx, dxTo + at, dw, dwTo, dy, dyFrom + at, x, xFrom + at, w, wFrom, channels);
    }
  }

  private static void gradients4(
      float[] dx,
      int o0,
      float[] dw,
      int to,
      float[] dy,
      int p0,
      float[] x,
      int q0,
      float[] w,
      int from,
      int step,
      int channels) {
    int o1 = o0 + step;
    int o2 = o1 + step;
    int o3 = o2 + step;
    int p1 = p0 + step;
    int p2 = p1 + step;
    int p3 = p2 + step;
    int q1 = q0 + step;
    int q2 = q1 + step;
    int q3 = q2 + step;
    int c = 0;
    for (; c <= channels - L; c += L) {
      FloatVector v = FloatVector.fromArray(S, w, from + c);
      FloatVector s = FloatVector.fromArray(S, dw, to + c);
      FloatVector g0 = FloatVector.fromArray(S, dy, p0 + c);
      s = g0.fma(FloatVector.fromArray(S, x, q0 + c), s);
      g0.mul(v).intoArray(dx, o0 + c);
      FloatVector g1 = FloatVector.fromArray(S, dy, p1 + c);
      s = g1.fma(FloatVector.fromArray(S, x, q1 + c), s);
      g1.mul(v).intoArray(dx, o1 + c);
      FloatVector g2 = FloatVector.fromArray(S, dy, p2 + c);
      s = g2.fma(FloatVector.fromArray(S, x, q2 + c), s);
      g2.mul(v).intoArray(dx, o2 + c);
      FloatVector g3 = FloatVector.fromArray(S, dy, p3 + c);
      s = g3.fma(FloatVector.fromArray(S, x, q3 + c), s);
      g3.mul(v).intoArray(dx, o3 + c);
      s.intoArray(dw, to + c);
    }
    for (; c < channels; c++) {
      float s = Math.fma(dy[p0 + c], x[q0 + c], dw[to + c]);
      s = Math.fma(dy[p1 + c], x[q1 + c], s);
      s = Math.fma(dy[p2 + c], x[q2 + c], s);
      dw[to + c] = Math.fma(dy[p3 + c], x[q3 + c], s);
      float v = w[from + c];
      dx[o0 + c] = dy[p0 + c] * v;
      dx[o1 + c] = dy[p1 + c] * v;
      dx[o2 + c] = dy[p2 + c] * v;
      dx[o3 + c] = dy[p3 + c] * v;
    }
  }

  private static void gradients1(
      float[] dx,
      int o,
      float[] dw,
      int to,
      float[] dy,
      int p,
      float[] x,
      int q,
      float[] w,
      int from,
      int channels) {
    int c = 0;
    for (; c <= channels - L; c += L) {
      FloatVector g = FloatVector.fromArray(S, dy, p + c);
      g.fma(FloatVector.fromArray(S, x, q + c), FloatVector.fromArray(S, dw, to + c))
          .intoArray(dw, to + c);
      g.mul(FloatVector.fromArray(S, w, from + c)).intoArray(dx, o + c);
    }
    for (; c < channels; c++) {
      dw[to + c] = Math.fma(dy[p + c], x[q + c], dw[to + c]);
      dx[o + c] = dy[p + c] * w[from + c];
    }
  }
}
