package dev.tapewise.core.kernel;

import dev.tapewise.core.geometry.PoolGeometry;

/**
 * Pools of rows of one image, NHWC. Channels do not meet.
 *
 * <p>A gradient element is the sum, from 0 in raster order of the windows that hold it; with {@code
 * add} that sum is added to the old value.
 */
public interface Pool {

  /**
   * The average over the windows of output rows {@code fromRow} to {@code toRow}: {@code y [oh, ow,
   * c]} from {@code x [h, w, c]}. Sums run in raster order from 0; one multiplication by the
   * window's factor follows.
   *
   * @param factors {@code [oh, ow]}: what the sum of a window is multiplied by
   */
  void average(
      float[] y,
      int yOffset,
      float[] x,
      int xOffset,
      float[] factors,
      PoolGeometry geometry,
      int fromRow,
      int toRow);

  /**
   * The gradient of {@link #average} for input rows {@code fromRow} to {@code toRow}: sums of
   * {@code fma(dy, factor, sum)}.
   */
  void averageGradient(
      float[] dx,
      int dxOffset,
      float[] dy,
      int dyOffset,
      float[] factors,
      PoolGeometry geometry,
      int fromRow,
      int toRow,
      boolean add);

  /**
   * The largest of the windows of output rows {@code fromRow} to {@code toRow}, and which pixel has
   * it: the first in raster order. A NaN is larger than all, the last NaN of several wins.
   *
   * @param winners receives {@code [oh, ow, c]}: the pixel {@code row * width + column}, at most
   *     2²⁴, as a float
   */
  void max(
      float[] y,
      int yOffset,
      float[] winners,
      int winnersOffset,
      float[] x,
      int xOffset,
      PoolGeometry geometry,
      int fromRow,
      int toRow);

  /**
   * The gradient of {@link #max} for input rows {@code fromRow} to {@code toRow}: sums of dy over
   * the windows that an element has won.
   */
  void maxGradient(
      float[] dx,
      int dxOffset,
      float[] dy,
      int dyOffset,
      float[] winners,
      int winnersOffset,
      PoolGeometry geometry,
      int fromRow,
      int toRow,
      boolean add);
}
