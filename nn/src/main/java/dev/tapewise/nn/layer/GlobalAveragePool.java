package dev.tapewise.nn.layer;

import dev.tapewise.autodiff.Var;

/** The mean over all pixels: {@code [N, H, W, C]} to {@code [N, C]}. */
public record GlobalAveragePool() implements Layer {

  @Override
  public Var apply(Var x) {
    return x.globalAveragePool();
  }
}
