package dev.tapewise.core.geometry;

import dev.tapewise.core.Shape;

/**
 * How the pixels of {@code [batch, height, width, channels]} are cut into bands for sums over batch
 * and space. The cut depends on shapes alone, so a sum over bands has the same bits whoever
 * computes which band, in the fused and in the plain program.
 *
 * <p>A band holds about 48 to 192 pixels so that its rows stay in a core's cache. An image of more
 * pixels is cut into bands of whole rows of nearly equal height; smaller images are taken several
 * at a time.
 */
public final class RowBands {
  private static final int CACHED_FLOATS = 48 * 1024;

  private final int height;
  private final int width;
  private final int perImage;
  private final int images;

  private RowBands(int height, int width, int perImage, int images) {
    this.height = height;
    this.width = width;
    this.perImage = perImage;
    this.images = images;
  }

  /**
   * The bands of {@code [N, H, W, C]}, or of {@code [N, ..., C]} as images of one row.
   *
   * @param shape a shape of at least two axes
   */
  public static RowBands of(Shape shape) {
    int channels = shape.axis(-1);
    return shape.rank() == 4
        ? of(shape.axis(1), shape.axis(2), channels)
        : of(1, shape.rest() / channels, channels);
  }

  /**
   * The bands of images of {@code height} rows of {@code width} pixels of {@code channels} floats.
   */
  public static RowBands of(int height, int width, int channels) {
    int target = Math.max(48, Math.min(192, CACHED_FLOATS / channels));
    long pixels = (long) height * width;
    if (pixels >= target) {
      int bands = (int) Math.min(height, (pixels + target - 1) / target);
      return new RowBands(height, width, bands, 1);
    }
    return new RowBands(height, width, 1, (int) (target / pixels));
  }

  /** Bands per image, 1 where a band holds whole images. */
  public int perImage() {
    return perImage;
  }

  /** Images per band, 1 where an image has several bands. */
  public int images() {
    return images;
  }

  /** The number of bands of a batch. */
  public int count(int batch) {
    return perImage > 1
        ? Math.multiplyExact(batch, perImage)
        : (int) (((long) batch + images - 1) / images);
  }

  /**
   * The first pixel of a band, counted over the whole batch; {@code start(count(batch), batch)} is
   * the end.
   */
  public int start(int band, int batch) {
    if (perImage > 1) {
      int image = band / perImage;
      int part = band - image * perImage;
      return (image * height + (int) ((long) height * part / perImage)) * width;
    }
    return (int) Math.min((long) band * images, batch) * height * width;
  }

  /**
   * The number of bands that end at row {@code row} of an image or before it, counted over the
   * whole batch.
   *
   * @throws IllegalStateException if bands hold several images
   */
  public int before(int image, int row) {
    if (images > 1) {
      throw new IllegalStateException("bands of " + images + " images");
    }
    return image * perImage + (int) (((row + 1L) * perImage - 1) / height);
  }

  /** The most pixels that a band has. */
  public int maxPixels() {
    return perImage > 1 ? (height + perImage - 1) / perImage * width : images * height * width;
  }
}
