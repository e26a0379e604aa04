/**
 * Recording and playing: a tape records variables and ops, without data, and compiling it gives a
 * program that plays forward and backward with no allocation. May use {@code dev.tapewise.core}.
 * Layers and trainers are written on it, and so are ops and programs of one's own.
 */
@NullMarked
package dev.tapewise.autodiff;

import org.jspecify.annotations.NullMarked;
