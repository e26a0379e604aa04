package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.kernel.assembled.AssembledKernels;

/** Assembled rows, where this machine has them. */
final class AssembledDepthwiseTest extends DepthwiseTwins {
  AssembledDepthwiseTest() {
    super(AssembledKernels.ifSupported(Lanes.COUNT).map(AssembledKernels::rows).orElse(null));
  }
}
