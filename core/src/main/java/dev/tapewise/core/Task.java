package dev.tapewise.core;

/**
 * A preallocated unit of work: a number of chunks, each of which may run on any thread.
 *
 * <p>The number of chunks is a function of shapes and of the batch being played, never of the
 * number of threads, and chunks of one task must not write the same memory: who runs a chunk, and
 * when, then changes no bit. A task allocates nothing while it runs.
 */
public interface Task {

  /**
   * The number of chunks for a batch of {@code batch} images, at most {@link Workers#MAX_CHUNKS}.
   */
  int chunks(int batch);

  /**
   * Runs one chunk.
   *
   * @param chunk from 0 to {@code chunks(batch) - 1}
   * @param batch the number of images being played
   * @param scratch the buffer stack of the thread that runs the chunk
   */
  void run(int chunk, int batch, Scratch scratch);
}
