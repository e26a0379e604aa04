/**
 * The trainer: it records, compiles and plays a model over data, guards against values that are not
 * finite, and tells what happens through events. May use every package of this module. Programs of
 * users and the command line start here.
 */
@NullMarked
package dev.tapewise.nn.train;

import org.jspecify.annotations.NullMarked;
