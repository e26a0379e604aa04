package dev.tapewise.core.geometry;

/**
 * The geometry of a resized image.
 *
 * @param rows how rows are resized
 * @param columns how columns are resized
 * @param channels channels
 */
public record ResizeGeometry(ResizeAxis rows, ResizeAxis columns, int channels) {

  /** Checks that sizes of images are ints. */
  public ResizeGeometry {
    Math.multiplyExact(Math.multiplyExact(rows.in(), columns.in()), channels);
    Math.multiplyExact(Math.multiplyExact(rows.out(), columns.out()), channels);
  }

  /** Floats of one input row. */
  public int inRow() {
    return columns.in() * channels;
  }

  /** Floats of one output row. */
  public int outRow() {
    return columns.out() * channels;
  }

  /** Floats of one input image. */
  public int inSize() {
    return rows.in() * inRow();
  }

  /** Floats of one output image. */
  public int outSize() {
    return rows.out() * outRow();
  }

  @Override
  public String toString() {
    return "%d x %d to %d x %d, %d channels"
        .formatted(rows.in(), columns.in(), rows.out(), columns.out(), channels);
  }
}
