/**
 * Tapewise and PyTorch side by side: whole steps, each side in a process of its own, and single
 * convolutions, both in one process. May use every module, and PyTorch through Bytedeco's presets
 * of libtorch; compiled only with the profile {@code peers}. Run it with {@code bench/peers}.
 */
@NullMarked
package dev.tapewise.bench.peers;

import org.jspecify.annotations.NullMarked;
