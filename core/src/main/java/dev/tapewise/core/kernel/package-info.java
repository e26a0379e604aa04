/**
 * One interface per family of kernels, with the contract that fixes its bits, and the holder that
 * chooses once per process between the scalar twins and the Vector API. May use shapes, geometry
 * and storage. Ops bind to these interfaces and never to a package below.
 */
@NullMarked
package dev.tapewise.core.kernel;

import org.jspecify.annotations.NullMarked;
