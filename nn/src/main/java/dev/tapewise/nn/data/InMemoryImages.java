package dev.tapewise.nn.data;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableList;
import java.util.Objects;

/** Images in one byte array {@code [size, height, width, channels]}, at most 2 GB. */
public final class InMemoryImages implements ImageDataset {
  private final int height;
  private final int width;
  private final int channels;
  private final int imageBytes;
  private final ImmutableList<String> classNames;
  private final byte[] pixels;
  private final int[] labels;

  /**
   * Takes over both arrays, which must not change afterwards.
   *
   * @param height rows of each image
   * @param width columns of each image
   * @param channels channels of each image
   * @param classNames one name for each class
   * @param pixels unsigned bytes, {@code [size, height, width, channels]}
   * @param labels {@code [size]}, each from 0 to the number of classes less 1
   * @throws IllegalArgumentException if the sizes disagree, there is no image, or a label is out of
   *     range
   */
  public InMemoryImages(
      int height,
      int width,
      int channels,
      ImmutableList<String> classNames,
      byte[] pixels,
      int[] labels) {
    checkArgument(
        height > 0 && width > 0 && channels > 0,
        "images of %s x %s x %s: every size must be at least 1",
        height,
        width,
        channels);
    checkArgument(labels.length > 0, "a data set needs at least one image");
    checkArgument(
        (double) height * width * channels * labels.length == pixels.length,
        "%s images of %s x %s x %s do not fill %s bytes",
        labels.length,
        height,
        width,
        channels,
        pixels.length);
    for (int i = 0; i < labels.length; i++) {
      checkArgument(
          labels[i] >= 0 && labels[i] < classNames.size(),
          "label %s of image %s is not among %s classes",
          labels[i],
          i,
          classNames.size());
    }
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.imageBytes = height * width * channels;
    this.classNames = classNames;
    this.pixels = pixels;
    this.labels = labels;
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int channels() {
    return channels;
  }

  @Override
  public ImmutableList<String> classNames() {
    return classNames;
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public void copyPixels(int index, byte[] out, int offset) {
    Objects.checkIndex(index, labels.length);
    System.arraycopy(pixels, index * imageBytes, out, offset, imageBytes);
  }

  @Override
  public void copyPixels(int index, float[] out, int offset) {
    Objects.checkIndex(index, labels.length);
    Objects.checkFromIndexSize(offset, imageBytes, out.length);
    int from = index * imageBytes;
    for (int i = 0; i < imageBytes; i++) {
      out[offset + i] = Byte.toUnsignedInt(pixels[from + i]);
    }
  }
}
