/**
 * What happens once between recording and playing: the graph, fusion, order, lifetimes, the memory
 * plan, binding, and the description of it all, each pass in a class of its own. May use the tape's
 * types and {@code dev.tapewise.core}. Only {@code dev.tapewise.autodiff} calls it.
 */
@NullMarked
package dev.tapewise.autodiff.compile;

import org.jspecify.annotations.NullMarked;
