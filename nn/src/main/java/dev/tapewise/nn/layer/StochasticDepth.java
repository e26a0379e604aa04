package dev.tapewise.nn.layer;

import dev.tapewise.autodiff.Var;

/**
 * Stochastic depth, drop path: in training, the branch of a residual that ends with this layer is
 * left out for some of the images; nothing in evaluation. See {@link
 * dev.tapewise.autodiff.op.UnitDropout}.
 *
 * @param probability the share that is dropped, at least 0 and below 1
 */
public record StochasticDepth(float probability) implements Layer {

  /** Checks the probability. */
  public StochasticDepth {
    if (!(probability >= 0 && probability < 1)) {
      throw new IllegalArgumentException(
          "the probability of stochastic depth must be at least 0 and below 1 but is "
              + probability
              + "; 0.1 to 0.2 in the last block, less in earlier ones, is usual");
    }
  }

  @Override
  public Var apply(Var x) {
    return x.stochasticDepth(probability);
  }
}
