package dev.tapewise.nn.optim;

import dev.tapewise.autodiff.ParameterStore;
import dev.tapewise.autodiff.Role;
import dev.tapewise.core.Workers;
import dev.tapewise.core.kernel.Kernels;

/**
 * Stochastic gradient descent with momentum: {@code v = momentum * v + g + decay * w; w -= rate *
 * v}, or with Nesterov's momentum {@code w -= rate * (momentum * v + g + decay * w)}, PyTorch's SGD
 * with dampening 0 (Sutskever et al. 2013).
 *
 * <p>Weight decay leaves norms and biases alone unless {@link #decayAll} says otherwise. Immutable:
 * every method gives a changed copy.
 */
public final class Sgd implements Optimizer {
  private final float momentum;
  private final boolean nesterov;
  private final float decay;
  private final boolean decayAll;

  private Sgd(float momentum, boolean nesterov, float decay, boolean decayAll) {
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException(
          "momentum must be at least 0 and below 1 but is " + momentum + "; 0.9 is usual");
    }
    if (!(decay >= 0 && decay < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "weight decay must be a finite number of at least 0 but is " + decay + "; 4e-5 is usual");
    }
    if (nesterov && momentum == 0) {
      throw new IllegalArgumentException("Nesterov's momentum needs a momentum above 0");
    }
    this.momentum = momentum;
    this.nesterov = nesterov;
    this.decay = decay;
    this.decayAll = decayAll;
  }

  /** Plain gradient descent. */
  public static Sgd plain() {
    return new Sgd(0, false, 0, false);
  }

  /** With momentum. */
  public static Sgd withMomentum(float momentum) {
    return new Sgd(momentum, false, 0, false);
  }

  /** Looks ahead by Nesterov's momentum. */
  public Sgd nesterov() {
    return new Sgd(momentum, true, decay, decayAll);
  }

  /** Pulls weights towards 0: adds {@code decay * w} to their gradients. */
  public Sgd weightDecay(float newDecay) {
    return new Sgd(momentum, nesterov, newDecay, decayAll);
  }

  /** Lets weight decay act on norms and biases too, as PyTorch does unless told. */
  public Sgd decayAll() {
    return new Sgd(momentum, nesterov, decay, true);
  }

  @Override
  public Updater bind(ParameterStore parameters, Workers workers) {
    return new SgdUpdater(this, parameters, workers, Kernels.preferred());
  }

  @Override
  public long stateBytes(ParameterStore parameters) {
    return (long) parameters.slabSize() * Float.BYTES;
  }

  float momentum() {
    return momentum;
  }

  boolean isNesterov() {
    return nesterov;
  }

  /** The decay of parameters of a role. */
  float decayOf(Role role) {
    return decayAll || role == Role.WEIGHT ? decay : 0;
  }

  @Override
  public String toString() {
    return "SGD, momentum %s%s, weight decay %s%s"
        .formatted(
            momentum, nesterov ? " (Nesterov)" : "", decay, decayAll ? " on everything" : "");
  }
}
