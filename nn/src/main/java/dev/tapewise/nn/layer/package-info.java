/**
 * Layers: each holds its parameters and options and records ops when it is given a variable. May
 * use the tape and {@code dev.tapewise.nn}, never a kernel. Models are made of them.
 */
@NullMarked
package dev.tapewise.nn.layer;

import org.jspecify.annotations.NullMarked;
