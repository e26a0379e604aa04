package dev.tapewise.nn.layer;

import dev.tapewise.autodiff.Var;

/**
 * Pixels made of channels (Shi et al. 2016): {@code [N, H, W, C * f * f]} to {@code [N, H * f, W *
 * f, C]}.
 *
 * @param factor f, at least 1
 */
public record PixelShuffle(int factor) implements Layer {

  @Override
  public Var apply(Var x) {
    return x.pixelShuffle(factor);
  }
}
