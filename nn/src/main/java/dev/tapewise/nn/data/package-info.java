/**
 * Data sets, their readers, batches, shuffling and augmentation, all of it a function of seed,
 * epoch and index. May use {@code dev.tapewise.core} and the faults of {@code dev.tapewise.nn.io};
 * every reader names file, offset and expectation when it fails. Trainers take batches from here
 * into a program's inputs.
 */
@NullMarked
package dev.tapewise.nn.data;

import org.jspecify.annotations.NullMarked;
