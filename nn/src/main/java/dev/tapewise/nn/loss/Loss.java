package dev.tapewise.nn.loss;

import dev.tapewise.autodiff.Var;

/** Records how wrong the output of a network is. */
@FunctionalInterface
public interface Loss {

  /**
   * Records the loss.
   *
   * @param output logits {@code [N, classes]}, or what the loss says
   * @param targets class indices {@code [N]}, which is what a trainer gives, or what the loss says
   * @return the mean over the batch, a scalar
   */
  Var record(Var output, Var targets);
}
