package dev.tapewise.nn.optim;

import dev.tapewise.autodiff.ParameterStore;
import dev.tapewise.core.Workers;

/**
 * A rule that changes parameters by their gradients. Immutable; what it remembers is in the {@link
 * Updater}.
 */
public interface Optimizer {

  /**
   * Lays out the state for the parameters of a model, all zeros.
   *
   * @param parameters complete: no parameter can be added afterwards
   * @param workers the team that plays the updates
   */
  Updater bind(ParameterStore parameters, Workers workers);

  /** Bytes of state that {@link #bind} will take. */
  long stateBytes(ParameterStore parameters);
}
