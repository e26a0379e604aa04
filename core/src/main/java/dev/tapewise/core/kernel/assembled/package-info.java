/**
 * Tiles of matrix products, rows of depthwise and grouped convolutions and sums of batch norms in
 * x86-64 machine code that is assembled at run time: the one package that calls native code. It
 * knows no other package but that of segments. Nothing names it but the vector kernels, which run
 * on the Vector API alone wherever this package says that it is not supported.
 */
@NullMarked
package dev.tapewise.core.kernel.assembled;

import org.jspecify.annotations.NullMarked;
