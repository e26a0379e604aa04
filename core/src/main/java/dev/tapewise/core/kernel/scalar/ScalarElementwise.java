package dev.tapewise.core.kernel.scalar;

import dev.tapewise.core.kernel.Elementwise;

/** The definition of {@link Elementwise}. */
final class ScalarElementwise implements Elementwise {

  @Override
  public void clamp(
      float[] y, int yOffset, float[] x, int xOffset, int count, float low, float high) {
    for (int i = 0; i < count; i++) {
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
    for (int i = 0; i < count; i++) {
      float t = x[xOffset + i];
      float gated = low < t && t < high ? dy[dyOffset + i] : 0f;
      dx[dxOffset + i] = add ? dx[dxOffset + i] + gated : gated;
    }
  }

  @Override
  public void add(
      float[] y, int yOffset, float[] a, int aOffset, float[] b, int bOffset, int count) {
    for (int i = 0; i < count; i++) {
      y[yOffset + i] = a[aOffset + i] + b[bOffset + i];
    }
  }

  @Override
  public void scale(float[] y, int yOffset, float[] x, int xOffset, int count, float factor) {
    for (int i = 0; i < count; i++) {
      y[yOffset + i] = factor * x[xOffset + i];
    }
  }

  @Override
  public void addScaled(float[] y, int yOffset, float[] x, int xOffset, int count, float factor) {
    for (int i = 0; i < count; i++) {
      y[yOffset + i] = Math.fma(factor, x[xOffset + i], y[yOffset + i]);
    }
  }
}
