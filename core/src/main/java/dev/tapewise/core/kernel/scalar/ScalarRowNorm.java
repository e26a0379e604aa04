package dev.tapewise.core.kernel.scalar;

import dev.tapewise.core.kernel.LaneTree;
import dev.tapewise.core.kernel.RowNorm;
import java.util.Arrays;

/** The definition of {@link RowNorm}. */
final class ScalarRowNorm implements RowNorm {

  @Override
  public float moments(float[] out, int at, float[] x, int offset, int count) {
    Arrays.fill(out, at, at + OUT, 0f);
    for (int i = 0; i < count; i++) {
      out[at + i % LANES] += x[offset + i];
    }
    float centre = LaneTree.combine(out, at) / count;
    Arrays.fill(out, at, at + LANES, 0f);
    for (int i = 0; i < count; i++) {
      float t = x[offset + i] - centre;
      int lane = at + i % LANES;
      out[lane] += t;
      out[lane + LANES] = Math.fma(t, t, out[lane + LANES]);
    }
    LaneTree.combine(out, at);
    LaneTree.combine(out, at + LANES);
    return centre;
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
    Arrays.fill(out, at, at + OUT, 0f);
    for (int i = 0; i < count; i++) {
      float g = dy[dyOffset + i] * gamma[gammaOffset + i];
      int lane = at + i % LANES;
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
    for (int i = 0; i < count; i++) {
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
    for (int i = 0; i < count; i++) {
      float own = Math.fma(x[xOffset + i] - centre, b, d);
      float g = Math.fma(dy[dyOffset + i] * gamma[gammaOffset + i], a, own);
      dx[dxOffset + i] = add ? dx[dxOffset + i] + g : g;
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
    for (int i = 0; i < count; i++) {
      float g = dy[dyOffset + i];
      float normal = Math.fma(x[xOffset + i] - centre, scale, shift);
      sums[gammaSum + i] = Math.fma(g, normal, sums[gammaSum + i]);
      sums[betaSum + i] += g;
    }
  }
}
