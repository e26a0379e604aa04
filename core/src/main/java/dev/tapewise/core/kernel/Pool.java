package dev.tapewise.core.kernel;

import dev.tapewise.core.geometry.PoolGeometry;

/**
 * Average pools of one image, NHWC. Sums run in raster order from 0; one multiplication by 1/count
 * follows.
 */
public interface Pool {

  /** The average over every window: {@code y [oh, ow, c]} from {@code x [h, w, c]}. */
  void average(float[] y, int yOffset, float[] x, int xOffset, PoolGeometry geometry);

  /**
   * The gradient of {@link #average}: an element of dx is the sum, from 0 in raster order of the
   * windows that hold it, of {@code fma(dy, 1/count, sum)}; with {@code add} that sum is added to
   * the old value.
   */
  void averageGradient(
      float[] dx, int dxOffset, float[] dy, int dyOffset, PoolGeometry geometry, boolean add);
}
