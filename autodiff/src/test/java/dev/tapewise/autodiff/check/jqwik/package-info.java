/**
 * Arbitraries for jqwik: shapes, tensors and convolutions to check gradients over. Published with
 * the module's {@code tests} artifact; needs jqwik, which that artifact does not bring along.
 */
@NullMarked
package dev.tapewise.autodiff.check.jqwik;

import org.jspecify.annotations.NullMarked;
