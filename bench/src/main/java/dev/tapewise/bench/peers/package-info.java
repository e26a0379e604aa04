/**
 * Tapewise and PyTorch side by side: whole steps and single layers, in rounds, with result tables.
 * May use every module, and starts PyTorch in processes of its own, so that the build needs it only
 * with the profile {@code peers}. Run it with {@code bench/peers}.
 */
@NullMarked
package dev.tapewise.bench.peers;

import org.jspecify.annotations.NullMarked;
