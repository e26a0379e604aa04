package dev.tapewise.core.kernel;

/**
 * Binary cross-entropy from a logit x with target t and weight p of the positive case: {@code -p *
 * t * log σ(x) - (1 - t) * log(1 - σ(x))}. Everything is formed from {@code e = exp(-|x|)}, so that
 * nothing overflows and small losses and slopes keep their digits. Both providers use it as it is.
 */
public final class BinaryCrossEntropy {
  private BinaryCrossEntropy() {}

  /** The loss. */
  public static float loss(float x, float t, float p) {
    float tail = Functions.log1p(Functions.exp(-Math.abs(x)));
    return Math.fma(p * t, Math.max(-x, 0f) + tail, (1f - t) * (Math.max(x, 0f) + tail));
  }

  /** The slope in x: {@code (1 - t) * σ(x) - p * t * σ(-x)}. */
  public static float slope(float x, float t, float p) {
    float e = Functions.exp(-Math.abs(x));
    float near = 1f / (1f + e);
    float far = e / (1f + e);
    float up = x < 0f ? far : near;
    float down = x < 0f ? near : far;
    return Math.fma(1f - t, up, -(p * t * down));
  }

  /** The slope in t: {@code log(1 - σ(x)) - p * log σ(x)}; it is -x for p = 1. */
  public static float targetSlope(float x, float p) {
    float tail = Functions.log1p(Functions.exp(-Math.abs(x)));
    return Math.fma(p - 1f, tail, p * Math.max(-x, 0f) - Math.max(x, 0f));
  }
}
