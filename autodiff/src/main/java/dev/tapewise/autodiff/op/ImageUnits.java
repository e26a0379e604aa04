package dev.tapewise.autodiff.op;

import dev.tapewise.core.geometry.RowBands;

/**
 * How the images of a batch are handed to chunks when a kernel works on rows of images and sums are
 * gathered by {@link RowBands}: a unit is the images of one band, one image, or, in batches of few
 * images, a part of an image made of whole bands. Depends on shapes and the batch alone.
 */
final class ImageUnits {
  /** Units that a batch is cut into at least, where its images have enough rows. */
  private static final int WANTED = 16;

  /**
   * Rows of a part at least: a kernel stages the rows around a part once more for its neighbour.
   */
  private static final int ROWS = 7;

  private final RowBands bands;
  private final int width;
  private final int mostParts;

  ImageUnits(RowBands bands, int height, int width) {
    this.bands = bands;
    this.width = width;
    this.mostParts = Math.min(bands.perImage(), Math.max(1, height / ROWS));
  }

  /** Parts of an image. */
  int parts(int batch) {
    return Math.min(mostParts, (WANTED + batch - 1) / batch);
  }

  /** The number of units. */
  int count(int batch) {
    return bands.images() > 1 ? bands.count(batch) : batch * parts(batch);
  }

  /** The first image of a unit. */
  int firstImage(int unit, int batch) {
    return bands.images() > 1 ? unit * bands.images() : unit / parts(batch);
  }

  /** The image behind the last of a unit. */
  int endImage(int unit, int batch) {
    return bands.images() > 1
        ? Math.min(batch, (unit + 1) * bands.images())
        : unit / parts(batch) + 1;
  }

  /** Which part of its image a unit is. */
  int part(int unit, int batch) {
    return unit % parts(batch);
  }

  /** The first row, within its image, of the part {@code part}; behind the last, the height. */
  int firstRow(int part, int parts) {
    return bands.start(Chunks.start(bands.perImage(), part, parts), 1) / width;
  }
}
