/**
 * Arrays as {@code java.lang.foreign} wants them, made once instead of for every call. Stands on
 * the JDK alone.
 */
@NullMarked
package dev.tapewise.core.segment;

import org.jspecify.annotations.NullMarked;
