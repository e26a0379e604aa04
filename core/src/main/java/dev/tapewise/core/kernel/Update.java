package dev.tapewise.core.kernel;

/** Optimizer updates over a range of a parameter slab. */
public interface Update {

  /**
   * SGD with momentum: {@code d = fma(w, decay, g)}, {@code v = fma(v, momentum, d)}, then {@code w
   * = fma(u, -rate, w)} with {@code u = nesterov ? fma(v, momentum, d) : v} (PyTorch's SGD with
   * dampening 0; with a zero velocity the first step gives v = d).
   */
  void sgd(
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
      boolean nesterov);
}
