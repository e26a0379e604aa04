/**
 * The side of the comparisons that runs PyTorch, through Bytedeco's presets of libtorch. Compiled
 * only with the profile {@code peers}; started by {@code dev.tapewise.bench.peers}.
 */
@NullMarked
package dev.tapewise.bench.torch;

import org.jspecify.annotations.NullMarked;
