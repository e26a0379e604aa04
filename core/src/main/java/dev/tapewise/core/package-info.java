/**
 * Shapes, storage, the team of workers and what it plays, counter-based random numbers, and what is
 * known of the machine. May use the JDK and Guava, and nothing of the other modules. Everything
 * above stands on it: ops bind to slabs and tasks, layers draw their weights from the random
 * numbers.
 */
@NullMarked
package dev.tapewise.core;

import org.jspecify.annotations.NullMarked;
