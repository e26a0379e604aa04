/**
 * The scalar twins: plain loops with {@code Math.fma}, short and complete, whose results are the
 * definition, bit for bit. They use the JDK and the interfaces of {@code dev.tapewise.core.kernel}.
 * They are chosen when the Vector API is missing or switched off, and every test judges the fast
 * kernels by them.
 */
@NullMarked
package dev.tapewise.core.kernel.scalar;

import org.jspecify.annotations.NullMarked;
