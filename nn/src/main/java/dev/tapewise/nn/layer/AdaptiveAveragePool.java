package dev.tapewise.nn.layer;

import dev.tapewise.autodiff.Var;

/**
 * The average over {@code height * width} bins of any image: {@code [N, H, W, C]} to {@code [N,
 * height, width, C]}.
 *
 * @param height rows of bins
 * @param width columns of bins
 */
public record AdaptiveAveragePool(int height, int width) implements Layer {

  @Override
  public Var apply(Var x) {
    return x.adaptiveAveragePool(height, width);
  }
}
