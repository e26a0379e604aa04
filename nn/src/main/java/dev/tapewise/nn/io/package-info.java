/**
 * Files: safetensors and checkpoints, read with checks and written beside, synced, then renamed.
 * May use {@code dev.tapewise.nn} and gson, which no other package sees. Models and trainers save
 * and resume through it.
 */
@NullMarked
package dev.tapewise.nn.io;

import org.jspecify.annotations.NullMarked;
