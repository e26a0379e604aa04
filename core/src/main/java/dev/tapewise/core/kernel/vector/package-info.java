/**
 * The kernels on the Vector API, the only package that knows {@code jdk.incubator.vector}. They may
 * use the kernel interfaces, geometry and scratch storage, and give the scalar twins' bits at every
 * width. Nothing names them but the holder in {@code dev.tapewise.core.kernel}, so that a JVM
 * without the incubator module never loads them.
 */
@NullMarked
package dev.tapewise.core.kernel.vector;

import org.jspecify.annotations.NullMarked;
