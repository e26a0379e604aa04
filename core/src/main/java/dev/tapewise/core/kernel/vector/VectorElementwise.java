package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.kernel.Elementwise;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link Elementwise} with consecutive elements as lanes and the last few one by one. */
final class VectorElementwise implements Elementwise {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;

  @Override
  public void clamp(
      float[] y, int yOffset, float[] x, int xOffset, int count, float low, float high) {
    int i = 0;
    for (; i <= count - L; i += L) {
      FloatVector.fromArray(S, x, xOffset + i).max(low).min(high).intoArray(y, yOffset + i);
    }
    for (; i < count; i++) {
      y[yOffset + i] = Math.min(Math.max(x[xOffset + i], low), high);
    }
  }

  @Override
  public void clampGradient(
      float[] dx,
      int dxOffset,
      float[] dy,
      int dyOffset,
      float[] x,
      int xOffset,
      int count,
      float low,
      float high,
      boolean add) {
    // Two methods: a flag inside the loop would deoptimise a warm kernel when it is first seen.
    if (add) {
      addGated(dx, dxOffset, dy, dyOffset, x, xOffset, count, low, high);
    } else {
      writeGated(dx, dxOffset, dy, dyOffset, x, xOffset, count, low, high);
    }
  }

  private static void writeGated(
      float[] dx,
      int dxOffset,
      float[] dy,
      int dyOffset,
      float[] x,
      int xOffset,
      int count,
      float low,
      float high) {
    FloatVector zero = FloatVector.zero(S);
    int i = 0;
    for (; i <= count - L; i += L) {
      FloatVector t = FloatVector.fromArray(S, x, xOffset + i);
      zero.blend(
              FloatVector.fromArray(S, dy, dyOffset + i),
              t.compare(VectorOperators.GT, low).and(t.compare(VectorOperators.LT, high)))
          .intoArray(dx, dxOffset + i);
    }
    for (; i < count; i++) {
      float t = x[xOffset + i];
      dx[dxOffset + i] = low < t && t < high ? dy[dyOffset + i] : 0f;
    }
  }

  private static void addGated(
      float[] dx,
      int dxOffset,
      float[] dy,
      int dyOffset,
      float[] x,
      int xOffset,
      int count,
      float low,
      float high) {
    FloatVector zero = FloatVector.zero(S);
    int i = 0;
    for (; i <= count - L; i += L) {
      FloatVector t = FloatVector.fromArray(S, x, xOffset + i);
      FloatVector gated =
          zero.blend(
              FloatVector.fromArray(S, dy, dyOffset + i),
              t.compare(VectorOperators.GT, low).and(t.compare(VectorOperators.LT, high)));
      FloatVector.fromArray(S, dx, dxOffset + i).add(gated).intoArray(dx, dxOffset + i);
    }
    for (; i < count; i++) {
      float t = x[xOffset + i];
      dx[dxOffset + i] += low < t && t < high ? dy[dyOffset + i] : 0f;
    }
  }

  @Override
  public void add(
      float[] y, int yOffset, float[] a, int aOffset, float[] b, int bOffset, int count) {
    int i = 0;
    for (; i <= count - L; i += L) {
      FloatVector.fromArray(S, a, aOffset + i)
          .add(FloatVector.fromArray(S, b, bOffset + i))
          .intoArray(y, yOffset + i);
    }
    for (; i < count; i++) {
      y[yOffset + i] = a[aOffset + i] + b[bOffset + i];
    }
  }

  @Override
  public void scale(float[] y, int yOffset, float[] x, int xOffset, int count, float factor) {
    int i = 0;
    for (; i <= count - L; i += L) {
      FloatVector.fromArray(S, x, xOffset + i).mul(factor).intoArray(y, yOffset + i);
    }
    for (; i < count; i++) {
      y[yOffset + i] = factor * x[xOffset + i];
    }
  }

  @Override
  public void addScaled(float[] y, int yOffset, float[] x, int xOffset, int count, float factor) {
    FloatVector f = FloatVector.broadcast(S, factor);
    int i = 0;
    for (; i <= count - L; i += L) {
      FloatVector.fromArray(S, x, xOffset + i)
          .fma(f, FloatVector.fromArray(S, y, yOffset + i))
          .intoArray(y, yOffset + i);
    }
    for (; i < count; i++) {
      y[yOffset + i] = Math.fma(factor, x[xOffset + i], y[yOffset + i]);
    }
  }
}
