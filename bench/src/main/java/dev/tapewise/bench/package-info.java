/**
 * Benchmarks: JMH for kernels, whole steps with their result tables, and the peers they are
 * compared with. May use every module. Nothing depends on it; its tests hold the walls between the
 * modules.
 */
@NullMarked
package dev.tapewise.bench;

import org.jspecify.annotations.NullMarked;
