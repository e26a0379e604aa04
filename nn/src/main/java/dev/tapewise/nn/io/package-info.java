/**
 * Files: safetensors and checkpoints, read with checks and written beside, synced, then renamed.
 * May use {@code dev.tapewise.autodiff} and gson, which no other package sees. Data sets, models
 * and trainers read and save through it.
 */
@NullMarked
package dev.tapewise.nn.io;

import org.jspecify.annotations.NullMarked;
