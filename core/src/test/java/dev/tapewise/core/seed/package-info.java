/** How the seed of all properties is chosen; the tests of every module use it. */
@NullMarked
package dev.tapewise.core.seed;

import org.jspecify.annotations.NullMarked;
