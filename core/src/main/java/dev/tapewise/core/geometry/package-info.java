/**
 * The geometry of windows: immutable values, checked once when made, that derive every size, region
 * and band of rows in one place. May use {@code dev.tapewise.core} and Guava. Kernels, ops and
 * tests share one geometry for forward and backward, so they cannot disagree about it.
 */
@NullMarked
package dev.tapewise.core.geometry;

import org.jspecify.annotations.NullMarked;
