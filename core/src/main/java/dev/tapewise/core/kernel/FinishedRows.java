package dev.tapewise.core.kernel;

/**
 * Is told by a {@link Convolution} which rows of a tensor it has finished, so that what is summed
 * over them need not wait for memory once more: an image of 32 × 32 × 144 channels, with what its
 * norm read, takes twice the second-level cache of many processors. Depthwise convolutions tell row
 * by row, grouped ones do so forward; others tell when their part of an image is done.
 */
@FunctionalInterface
public interface FinishedRows {
  /** For whom it does not matter. */
  FinishedRows IGNORED = (image, from, to) -> {};

  /**
   * Rows {@code from} to {@code to} of an image have got their last bits. Rows of an image are told
   * in increasing order, each once, by the thread that made them. The range may be empty.
   *
   * @param image counted as those of the call that makes the rows
   */
  void finished(int image, int from, int to);
}
