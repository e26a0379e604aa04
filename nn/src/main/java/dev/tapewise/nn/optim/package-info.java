/**
 * Optimizers: one pass over runs of the parameter slab, with their state in slabs of the same
 * offsets. They use the update kernels and the workers of {@code dev.tapewise.core}. Trainers play
 * them after backward, and checkpoints store their state.
 */
@NullMarked
package dev.tapewise.nn.optim;

import org.jspecify.annotations.NullMarked;
