package dev.tapewise.core.kernel;

/**
 * Is told by a {@link Convolution} which rows of a tensor it has finished, while they are still in
 * cache: what is summed over them then need not wait for memory once more. An image of 32 × 32 ×
 * 144 channels, with what its norm read, takes twice the second-level cache of many processors.
 */
@FunctionalInterface
public interface FinishedRows {
  /** For whom it does not matter. */
  FinishedRows IGNORED = (image, from, to) -> {};

  /**
   * Rows {@code from} to {@code to} of an image have got their last bits. Rows of an image are told
   * in increasing order, each once, by the thread that made them.
   *
   * @param image counted as those of the call that makes the rows
   */
  void finished(int image, int from, int to);
}
