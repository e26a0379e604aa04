/**
 * One file per op: its shape rule, what backward reads, forward and backward next to each other.
 * Ops use the tape's contract and the kernel interfaces, and know neither layers nor the compiler's
 * passes. The tape's own methods and users record them.
 */
@NullMarked
package dev.tapewise.autodiff.op;

import org.jspecify.annotations.NullMarked;
