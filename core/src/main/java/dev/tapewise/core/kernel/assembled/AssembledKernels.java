package dev.tapewise.core.kernel.assembled;

import java.util.Optional;

/**
 * What this process assembles.
 *
 * @param tiles tiles of matrix products
 * @param rows rows of depthwise and grouped convolutions
 * @param sums sums of batch norms
 */
public record AssembledKernels(AssembledTiles tiles, AssembledRows rows, AssembledSums sums) {

  /**
   * The kernels, where they can be had and are wanted: see {@link Support}.
   *
   * @param lanes floats in a vector of this process
   */
  public static Optional<AssembledKernels> ifSupported(int lanes) {
    return Support.given(lanes)
        ? Support.orReport(() ->
            new AssembledKernels(
                new AssembledTiles(lanes), new AssembledRows(lanes), new AssembledSums(lanes)))
        : Optional.empty();
  }
}
