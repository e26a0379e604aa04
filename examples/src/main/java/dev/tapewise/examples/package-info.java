/**
 * The command line, the program that trains MobileNet, and an op of one's own with its proof. May
 * use every module, picocli and a progress bar, and is the only place that prints or ends the
 * process. Nothing depends on it but the benchmarks.
 */
@NullMarked
package dev.tapewise.examples;

import org.jspecify.annotations.NullMarked;
