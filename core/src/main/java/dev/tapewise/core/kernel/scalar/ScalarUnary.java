package dev.tapewise.core.kernel.scalar;

import dev.tapewise.core.kernel.Unary;
import dev.tapewise.core.kernel.UnaryFunction;

/** The definition of {@link Unary}: the table, element by element. */
final class ScalarUnary implements Unary {
  private final UnaryFunction f;

  ScalarUnary(UnaryFunction f) {
    this.f = f;
  }

  @Override
  public void value(
      float[] y, int yOffset, float[] x, int xOffset, int count, float[] scratch, int at) {
    for (int i = 0; i < count; i++) {
      y[yOffset + i] = f.value(x[xOffset + i]);
    }
  }

  @Override
  public void gradient(
      float[] dx,
      int dxOffset,
      float[] dy,
      int dyOffset,
      float[] v,
      int vOffset,
      int count,
      float[] scratch,
      int at) {
    for (int i = 0; i < count; i++) {
      dx[dxOffset + i] = dy[dyOffset + i] * f.slope(v[vOffset + i]);
    }
  }
}
