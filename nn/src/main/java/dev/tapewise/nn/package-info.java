/**
 * What all of the neural network packages share: the module that records itself, its parameters in
 * one slab, and their names. May use {@code dev.tapewise.autodiff} and {@code dev.tapewise.core}.
 * Layers, models, optimizers and files are written on it.
 */
@NullMarked
package dev.tapewise.nn;

import org.jspecify.annotations.NullMarked;
