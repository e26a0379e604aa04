/**
 * Proof for ops: gradients compared with differences of a forward pass in double precision. May use
 * everything of this module and no test framework. Tests of ours and of users' own ops use it; the
 * arbitraries for jqwik are in this package of the module's {@code tests} artifact.
 */
@NullMarked
package dev.tapewise.autodiff.check;

import org.jspecify.annotations.NullMarked;
