package dev.tapewise.core.kernel;

import dev.tapewise.core.geometry.ResizeGeometry;

/** Resized images, NHWC, one row at a time. */
public interface Resample {

  /**
   * Row {@code row} of a bilinear resize: between two columns {@code fma(x1, w1, x0 * w0)}, then
   * between the two rows so found the same way; a second weight is w1 and {@code w0 = 1 - w1}.
   *
   * @param yOffset where the row lies in y
   * @param xOffset where the image lies in x
   */
  void bilinear(float[] y, int yOffset, float[] x, int xOffset, ResizeGeometry geometry, int row);

  /**
   * Row {@code row} of the gradient of a resize, nearest or bilinear: an element of dx is the sum,
   * from 0 in raster order of the outputs that read it, of {@code fma(dy, rowWeight * columnWeight,
   * sum)}; with {@code add} that sum is added to the old value.
   *
   * @param dxOffset where the row lies in dx
   * @param dyOffset where the image lies in dy
   */
  void gradient(
      float[] dx,
      int dxOffset,
      float[] dy,
      int dyOffset,
      ResizeGeometry geometry,
      int row,
      boolean add);
}
