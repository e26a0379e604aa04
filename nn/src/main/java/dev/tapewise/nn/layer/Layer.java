package dev.tapewise.nn.layer;

import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;

/**
 * Records ops when it is given a tensor. A layer holds options and no data: its parameters live in
 * the store of the tape, under the path at which it is applied, so that one layer object can be
 * recorded for training, for evaluation, and at several places.
 */
@FunctionalInterface
public interface Layer {

  /**
   * Records this layer at the current path of {@code x.tape()}.
   *
   * @throws IllegalArgumentException if x does not fit, naming the path, the rule and the shapes
   */
  Var apply(Var x);

  /** Records this layer one step further down the path: its parameters stand under {@code name}. */
  default Var applyUnder(String name, Var x) {
    Tape tape = x.tape();
    tape.enter(name);
    try {
      return apply(x);
    } finally {
      tape.exit();
    }
  }
}
