package dev.tapewise.autodiff.op;

import dev.tapewise.core.Task;
import dev.tapewise.core.geometry.RowBands;
import dev.tapewise.core.kernel.FinishedRows;

/**
 * Walks over the rows of images in units of {@link ImageUnits} and gathers sums over the bands of
 * what it writes: a band's as soon as the kernel says that its last row is finished, or, where a
 * band holds several images, behind the last of them.
 */
abstract class GatheringTask implements Task, FinishedRows {
  final ImageUnits units;
  private final RowBands bands;
  private final boolean wanted;

  /**
   * A task that writes images of such a size.
   *
   * @param wanted whether sums are gathered at all
   */
  GatheringTask(int height, int width, int channels, boolean wanted) {
    this.bands = RowBands.of(height, width, channels);
    this.units = new ImageUnits(bands, height, width);
    this.wanted = wanted;
  }

  /** Gathers the sums of one band. */
  abstract void gather(int band, int pixel, int pixels);

  /** Who is to be told which rows are finished. */
  final FinishedRows listener() {
    return wanted && bands.images() == 1 ? this : FinishedRows.IGNORED;
  }

  @Override
  public final void finished(int image, int from, int to) {
    int end = bands.before(image, to);
    for (int band = bands.before(image, from); band < end; band++) {
      gatherBand(band, image + 1); // of an image's own bands the batch does not matter
    }
  }

  /** The kernel has done all images of a unit, of a batch of so many. */
  final void unitFinished(int unit, int batch) {
    if (wanted && bands.images() > 1) {
      gatherBand(unit, batch); // the unit is the images of one band
    }
  }

  private void gatherBand(int band, int batch) {
    int pixel = bands.start(band, batch);
    gather(band, pixel, bands.start(band + 1, batch) - pixel);
  }
}
