package dev.tapewise.core.kernel.scalar;

import dev.tapewise.core.kernel.Update;

/** The definition of {@link Update}. */
final class ScalarUpdate implements Update {

  @Override
  public void sgd(
      float[] w,
      int wOffset,
      float[] g,
      int gOffset,
      float[] v,
      int vOffset,
      int count,
      float rate,
      float momentum,
      float decay,
      boolean nesterov) {
    for (int i = 0; i < count; i++) {
      float weight = w[wOffset + i];
      float d = Math.fma(weight, decay, g[gOffset + i]);
      float velocity = Math.fma(v[vOffset + i], momentum, d);
      float u = nesterov ? Math.fma(velocity, momentum, d) : velocity;
      v[vOffset + i] = velocity;
      w[wOffset + i] = Math.fma(u, -rate, weight);
    }
  }
}
