package dev.tapewise.nn.data;

import com.google.common.collect.ImmutableList;

/**
 * Labelled images of one size as unsigned bytes, each image {@code [height, width, channels]} with
 * channels last. Implementations are immutable, may be read by several threads, and allocate
 * nothing in {@link #label} and the {@code copyPixels} methods, which loaders call for every image.
 */
public interface ImageDataset {
  /**
   * The number of images.
   *
   * @return at least 1
   */
  int size();

  /**
   * The rows of every image.
   *
   * @return at least 1
   */
  int height();

  /**
   * The columns of every image.
   *
   * @return at least 1
   */
  int width();

  /**
   * The channels as stored: 1 for grey, 3 for red, green, blue.
   *
   * @return at least 1
   */
  int channels();

  /**
   * What the labels stand for.
   *
   * @return one name for each class, in label order
   */
  ImmutableList<String> classNames();

  /**
   * The class of an image.
   *
   * @param index from 0 to {@code size() - 1}
   * @return from 0 to {@code classes() - 1}
   */
  int label(int index);

  /**
   * Copies an image.
   *
   * @param index from 0 to {@code size() - 1}
   * @param out receives {@link #imageBytes} unsigned bytes
   * @param offset where in {@code out} the first one goes
   * @throws IndexOutOfBoundsException if there is no such image or {@code out} has too little room
   */
  void copyPixels(int index, byte[] out, int offset);

  /**
   * Copies an image as numbers from 0 to 255.
   *
   * @param index from 0 to {@code size() - 1}
   * @param out receives {@link #imageBytes} values
   * @param offset where in {@code out} the first one goes
   * @throws IndexOutOfBoundsException if there is no such image or {@code out} has too little room
   */
  void copyPixels(int index, float[] out, int offset);

  /**
   * The number of classes.
   *
   * @return the number of class names
   */
  default int classes() {
    return classNames().size();
  }

  /**
   * The size of one image.
   *
   * @return height times width times channels
   */
  default int imageBytes() {
    return height() * width() * channels();
  }
}
