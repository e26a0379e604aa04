/**
 * Mistakes planted in kernels and ops, to see the tests find them. Outside the default build:
 * {@code mvn -Pmutants}. Nothing uses it.
 */
@NullMarked
package dev.tapewise.autodiff.mutants;

import org.jspecify.annotations.NullMarked;
