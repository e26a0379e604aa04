package dev.tapewise.nn.loss;

import dev.tapewise.autodiff.Var;

/** Records how wrong logits are. */
@FunctionalInterface
public interface Loss {

  /**
   * Records the loss.
   *
   * @param logits {@code [N, classes]}
   * @param labels class indices {@code [N]}
   * @return the mean over the batch, a scalar
   */
  Var record(Var logits, Var labels);
}
