package dev.tapewise.nn.optim;

import com.google.common.collect.ImmutableList;
import dev.tapewise.core.Slab;

/** An optimizer bound to the parameters of a model: one pass over their slab per step. */
public interface Updater {

  /** Changes all trainable parameters by their gradients. Allocates nothing. */
  void update(float learningRate);

  /** What is remembered between steps: slabs with the offsets of the parameters. */
  ImmutableList<Slab> state();
}
