package dev.tapewise.nn.data;

/**
 * Writes one image of bytes as normalised floats: shifted, flipped, and with grey repeated over the
 * output's channels if it has more. What is shifted in from outside is black.
 */
final class ImageTransform {
  private static final int LEVELS = 256;

  private final int height;
  private final int width;
  private final int channels;
  private final int copies;
  private final float[] table;

  /** {@code outChannels} is {@code channels}, or anything if {@code channels} is 1. */
  ImageTransform(
      int height, int width, int channels, int outChannels, Normalisation normalisation) {
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.copies = outChannels / channels;
    this.table = normalisation.table();
  }

  /**
   * Writes {@code [height, width, outChannels]} to {@code out}: pixel (y, x) is that of {@code
   * image} at (y + rowShift, x + columnShift), or with x counted from the right if flipped.
   */
  void write(byte[] image, int rowShift, int columnShift, boolean flip, float[] out, int offset) {
    int rowFloats = width * channels * copies;
    for (int y = 0; y < height; y++) {
      int fromY = y + rowShift;
      int to = offset + y * rowFloats;
      if (fromY < 0 || fromY >= height) {
        blackRow(out, to);
      } else if (channels == 3) {
        colourRow(image, fromY * width, columnShift, flip, out, to);
      } else {
        row(image, fromY * width, columnShift, flip, out, to);
      }
    }
  }

  private void blackRow(float[] out, int offset) {
    int to = offset;
    for (int x = 0; x < width; x++) {
      for (int channel = 0; channel < channels; channel++) {
        for (int copy = 0; copy < copies; copy++) {
          out[to++] = table[channel * LEVELS];
        }
      }
    }
  }

  /** Any number of channels and copies, from the row of {@code image} at pixel {@code rowStart}. */
  private void row(
      byte[] image, int rowStart, int columnShift, boolean flip, float[] out, int offset) {
    int to = offset;
    for (int x = 0; x < width; x++) {
      int fromX = (flip ? width - 1 - x : x) + columnShift;
      boolean inside = fromX >= 0 && fromX < width;
      int from = (rowStart + fromX) * channels;
      for (int channel = 0; channel < channels; channel++) {
        int level = inside ? Byte.toUnsignedInt(image[from + channel]) : 0;
        float value = table[channel * LEVELS + level];
        for (int copy = 0; copy < copies; copy++) {
          out[to++] = value;
        }
      }
    }
  }

  /** The same for three channels, unrolled. */
  private void colourRow(
      byte[] image, int rowStart, int columnShift, boolean flip, float[] out, int offset) {
    int to = offset;
    for (int x = 0; x < width; x++, to += 3) {
      int fromX = (flip ? width - 1 - x : x) + columnShift;
      int red = 0;
      int green = 0;
      int blue = 0;
      if (fromX >= 0 && fromX < width) {
        int from = (rowStart + fromX) * 3;
        red = Byte.toUnsignedInt(image[from]);
        green = Byte.toUnsignedInt(image[from + 1]);
        blue = Byte.toUnsignedInt(image[from + 2]);
      }
      out[to] = table[red];
      out[to + 1] = table[LEVELS + green];
      out[to + 2] = table[2 * LEVELS + blue];
    }
  }
}
