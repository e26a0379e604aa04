/**
 * Learning rates as functions of the step: pure, immutable, and free to combine with a warm-up.
 * They use the JDK only. Trainers ask them once per step.
 */
@NullMarked
package dev.tapewise.nn.schedule;

import org.jspecify.annotations.NullMarked;
