package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Task;

/**
 * Every image cut into bands of pixels by its shape alone: a band fits a core's cache and is short
 * enough for a sum in single precision. One chunk per band.
 */
abstract class ImageBands implements Task {
  private static final int MOST_PIXELS = 1024;

  private final Operand images;
  private final int pixels;
  private final int perImage;

  ImageBands(Operand images) {
    this.images = images;
    this.pixels = pixels(images);
    this.perImage = perImage(images);
  }

  private static int pixels(Operand images) {
    return images.shape().rest() / images.channels();
  }

  /** The bands of one image. */
  static int perImage(Operand images) {
    int most = Math.max(1, Math.min(MOST_PIXELS, Chunks.ELEMENTS / images.channels()));
    return Math.ceilDiv(pixels(images), most);
  }

  /** The pixels of a band. */
  static int pixels(Operand images, int band) {
    int pixels = pixels(images);
    int bands = perImage(images);
    return Chunks.start(pixels, band + 1, bands) - Chunks.start(pixels, band, bands);
  }

  @Override
  public final int chunks(int batch) {
    return images.images(batch) * perImage;
  }

  @Override
  public final void run(int chunk, int batch, Scratch scratch) {
    int image = chunk / perImage;
    int band = chunk - image * perImage;
    int start = Chunks.start(pixels, band, perImage);
    int rows = Chunks.start(pixels, band + 1, perImage) - start;
    run(image, chunk, image * pixels + start, rows);
  }

  /**
   * One band.
   *
   * @param band its number, counted over all images
   * @param row its first pixel, counted over all images
   */
  abstract void run(int image, int band, int row, int rows);
}
