package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.kernel.LaneTree;
import dev.tapewise.core.kernel.RowNorm;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link RowNorm} with neighbours as lanes. The 16 virtual lanes of a sum are one vector of 16, two
 * of 8 or four of 4: the tests of {@code L} are constant, so only the vectors of this process's
 * width are left in the machine code. The last few values are taken one by one, into the lanes that
 * are theirs.
 */
final class VectorRowNorm implements RowNorm {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;

  @Override
  public float moments(float[] out, int at, float[] x, int offset, int count) {
    sums(out, at, x, offset, count);
    float centre = LaneTree.combine(out, at) / count;
    moments(out, at, x, offset, centre, count);
    LaneTree.combine(out, at);
    LaneTree.combine(out, at + LANES);
    return centre;
  }

  private static void sums(float[] out, int at, float[] x, int offset, int count) {
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = FloatVector.zero(S);
    FloatVector s2 = FloatVector.zero(S);
    FloatVector s3 = FloatVector.zero(S);
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      s0 = s0.add(FloatVector.fromArray(S, x, offset + i));
      if (L <= 8) {
        s1 = s1.add(FloatVector.fromArray(S, x, offset + i + L));
      }
      if (L <= 4) {
        s2 = s2.add(FloatVector.fromArray(S, x, offset + i + 2 * L));
        s3 = s3.add(FloatVector.fromArray(S, x, offset + i + 3 * L));
      }
    }
    s0.intoArray(out, at);
    if (L <= 8) {
      s1.intoArray(out, at + L);
    }
    if (L <= 4) {
      s2.intoArray(out, at + 2 * L);
      s3.intoArray(out, at + 3 * L);
    }
    for (int lane = at; i < count; i++, lane++) {
      out[lane] += x[offset + i];
    }
  }

  private static void moments(float[] out, int at, float[] x, int offset, float centre, int count) {
    FloatVector m = FloatVector.broadcast(S, centre);
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = FloatVector.zero(S);
    FloatVector s2 = FloatVector.zero(S);
    FloatVector s3 = FloatVector.zero(S);
    FloatVector q0 = FloatVector.zero(S);
    FloatVector q1 = FloatVector.zero(S);
    FloatVector q2 = FloatVector.zero(S);
    FloatVector q3 = FloatVector.zero(S);
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      FloatVector t0 = FloatVector.fromArray(S, x, offset + i).sub(m);
      s0 = s0.add(t0);
      q0 = t0.fma(t0, q0);
      if (L <= 8) {
        FloatVector t1 = FloatVector.fromArray(S, x, offset + i + L).sub(m);
        s1 = s1.add(t1);
        q1 = t1.fma(t1, q1);
      }
      if (L <= 4) {
        FloatVector t2 = FloatVector.fromArray(S, x, offset + i + 2 * L).sub(m);
        FloatVector t3 = FloatVector.fromArray(S, x, offset + i + 3 * L).sub(m);
        s2 = s2.add(t2);
        q2 = t2.fma(t2, q2);
        s3 = s3.add(t3);
        q3 = t3.fma(t3, q3);
      }
    }
    s0.intoArray(out, at);
    q0.intoArray(out, at + LANES);
    if (L <= 8) {
      s1.intoArray(out, at + L);
      q1.intoArray(out, at + LANES + L);
    }
    if (L <= 4) {
      s2.intoArray(out, at + 2 * L);
      q2.intoArray(out, at + LANES + 2 * L);
      s3.intoArray(out, at + 3 * L);
      q3.intoArray(out, at + LANES + 3 * L);
    }
    for (int lane = at; i < count; i++, lane++) {
      float t = x[offset + i] - centre;
      out[lane] += t;
      out[lane + LANES] = Math.fma(t, t, out[lane + LANES]);
    }
  }

  @Override
  public void gradientSums(
      float[] out,
      int at,
      float[] dy,
      int dyOffset,
      float[] gamma,
      int gammaOffset,
      float[] x,
      int xOffset,
      float centre,
      int count) {
    FloatVector m = FloatVector.broadcast(S, centre);
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = FloatVector.zero(S);
    FloatVector s2 = FloatVector.zero(S);
    FloatVector s3 = FloatVector.zero(S);
    FloatVector p0 = FloatVector.zero(S);
    FloatVector p1 = FloatVector.zero(S);
    FloatVector p2 = FloatVector.zero(S);
    FloatVector p3 = FloatVector.zero(S);
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      int j = dyOffset + i;
      int k = gammaOffset + i;
      int l = xOffset + i;
      FloatVector g0 = FloatVector.fromArray(S, dy, j).mul(FloatVector.fromArray(S, gamma, k));
      s0 = s0.add(g0);
      p0 = g0.fma(FloatVector.fromArray(S, x, l).sub(m), p0);
      if (L <= 8) {
        FloatVector g1 =
            FloatVector.fromArray(S, dy, j + L).mul(FloatVector.fromArray(S, gamma, k + L));
        s1 = s1.add(g1);
        p1 = g1.fma(FloatVector.fromArray(S, x, l + L).sub(m), p1);
      }
      if (L <= 4) {
        FloatVector g2 =
            FloatVector.fromArray(S, dy, j + 2 * L).mul(FloatVector.fromArray(S, gamma, k + 2 * L));
        FloatVector g3 =
            FloatVector.fromArray(S, dy, j + 3 * L).mul(FloatVector.fromArray(S, gamma, k + 3 * L));
        s2 = s2.add(g2);
        p2 = g2.fma(FloatVector.fromArray(S, x, l + 2 * L).sub(m), p2);
        s3 = s3.add(g3);
        p3 = g3.fma(FloatVector.fromArray(S, x, l + 3 * L).sub(m), p3);
      }
    }
    s0.intoArray(out, at);
    p0.intoArray(out, at + LANES);
    if (L <= 8) {
      s1.intoArray(out, at + L);
      p1.intoArray(out, at + LANES + L);
    }
    if (L <= 4) {
      s2.intoArray(out, at + 2 * L);
      p2.intoArray(out, at + LANES + 2 * L);
      s3.intoArray(out, at + 3 * L);
      p3.intoArray(out, at + LANES + 3 * L);
    }
    for (int lane = at; i < count; i++, lane++) {
      float g = dy[dyOffset + i] * gamma[gammaOffset + i];
      out[lane] += g;
      out[lane + LANES] = Math.fma(g, x[xOffset + i] - centre, out[lane + LANES]);
    }
    LaneTree.combine(out, at);
    LaneTree.combine(out, at + LANES);
  }

  @Override
  public void forward(
      float[] y,
      int yOffset,
      float[] x,
      int xOffset,
      float[] gamma,
      int gammaOffset,
      float[] beta,
      int betaOffset,
      float centre,
      float scale,
      float shift,
      int count) {
    FloatVector m = FloatVector.broadcast(S, centre);
    FloatVector factor = FloatVector.broadcast(S, scale);
    FloatVector summand = FloatVector.broadcast(S, shift);
    int i = 0;
    for (; i <= count - L; i += L) {
      FloatVector.fromArray(S, x, xOffset + i)
          .sub(m)
          .fma(factor, summand)
          .fma(
              FloatVector.fromArray(S, gamma, gammaOffset + i),
              FloatVector.fromArray(S, beta, betaOffset + i))
          .intoArray(y, yOffset + i);
    }
    for (; i < count; i++) {
      float normal = Math.fma(x[xOffset + i] - centre, scale, shift);
      y[yOffset + i] = Math.fma(normal, gamma[gammaOffset + i], beta[betaOffset + i]);
    }
  }

  @Override
  public void gradient(
      float[] dx,
      int dxOffset,
      float[] dy,
      int dyOffset,
      float[] gamma,
      int gammaOffset,
      float[] x,
      int xOffset,
      float centre,
      float a,
      float b,
      float d,
      int count,
      boolean add) {
    // Two methods: a flag inside the loop would deoptimise a warm kernel when it is first seen.
    if (add) {
      addGradient(
          dx, dxOffset, dy, dyOffset, gamma, gammaOffset, x, xOffset, centre, a, b, d, count);
    } else {
      writeGradient(
          dx, dxOffset, dy, dyOffset, gamma, gammaOffset, x, xOffset, centre, a, b, d, count);
    }
  }

  private static void writeGradient(
      float[] dx,
      int dxOffset,
      float[] dy,
      int dyOffset,
      float[] gamma,
      int gammaOffset,
      float[] x,
      int xOffset,
      float centre,
      float a,
      float b,
      float d,
      int count) {
    FloatVector m = FloatVector.broadcast(S, centre);
    FloatVector va = FloatVector.broadcast(S, a);
    FloatVector vb = FloatVector.broadcast(S, b);
    FloatVector vd = FloatVector.broadcast(S, d);
    int i = 0;
    for (; i <= count - L; i += L) {
      FloatVector own = FloatVector.fromArray(S, x, xOffset + i).sub(m).fma(vb, vd);
      FloatVector.fromArray(S, dy, dyOffset + i)
          .mul(FloatVector.fromArray(S, gamma, gammaOffset + i))
          .fma(va, own)
          .intoArray(dx, dxOffset + i);
    }
    for (; i < count; i++) {
      float own = Math.fma(x[xOffset + i] - centre, b, d);
      dx[dxOffset + i] = Math.fma(dy[dyOffset + i] * gamma[gammaOffset + i], a, own);
    }
  }

  private static void addGradient(
      float[] dx,
      int dxOffset,
      float[] dy,
      int dyOffset,
      float[] gamma,
      int gammaOffset,
      float[] x,
      int xOffset,
      float centre,
      float a,
      float b,
      float d,
      int count) {
    FloatVector m = FloatVector.broadcast(S, centre);
    FloatVector va = FloatVector.broadcast(S, a);
    FloatVector vb = FloatVector.broadcast(S, b);
    FloatVector vd = FloatVector.broadcast(S, d);
    int i = 0;
    for (; i <= count - L; i += L) {
      FloatVector own = FloatVector.fromArray(S, x, xOffset + i).sub(m).fma(vb, vd);
      FloatVector g =
          FloatVector.fromArray(S, dy, dyOffset + i)
              .mul(FloatVector.fromArray(S, gamma, gammaOffset + i))
              .fma(va, own);
      FloatVector.fromArray(S, dx, dxOffset + i).add(g).intoArray(dx, dxOffset + i);
    }
    for (; i < count; i++) {
      float own = Math.fma(x[xOffset + i] - centre, b, d);
      dx[dxOffset + i] += Math.fma(dy[dyOffset + i] * gamma[gammaOffset + i], a, own);
    }
  }

  @Override
  public void parameterSums(
      float[] sums,
      int gammaSum,
      int betaSum,
      float[] dy,
      int dyOffset,
      float[] x,
      int xOffset,
      float centre,
      float scale,
      float shift,
      int count) {
    FloatVector m = FloatVector.broadcast(S, centre);
    FloatVector factor = FloatVector.broadcast(S, scale);
    FloatVector summand = FloatVector.broadcast(S, shift);
    int i = 0;
    for (; i <= count - L; i += L) {
      FloatVector g = FloatVector.fromArray(S, dy, dyOffset + i);
      FloatVector normal = FloatVector.fromArray(S, x, xOffset + i).sub(m).fma(factor, summand);
      g.fma(normal, FloatVector.fromArray(S, sums, gammaSum + i)).intoArray(sums, gammaSum + i);
      FloatVector.fromArray(S, sums, betaSum + i).add(g).intoArray(sums, betaSum + i);
    }
    for (; i < count; i++) {
      float g = dy[dyOffset + i];
      float normal = Math.fma(x[xOffset + i] - centre, scale, shift);
      sums[gammaSum + i] = Math.fma(g, normal, sums[gammaSum + i]);
      sums[betaSum + i] += g;
    }
  }
}
