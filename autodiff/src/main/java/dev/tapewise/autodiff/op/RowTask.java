package dev.tapewise.autodiff.op;

import dev.tapewise.core.Scratch;
import dev.tapewise.core.Task;

/** A pass over rows that do not depend on each other, in chunks of a few. */
abstract class RowTask implements Task {
  private static final int MOST_CHUNKS = 4096;

  private final int fewest;

  /** Chunks of at least {@code fewest} rows. */
  RowTask(int fewest) {
    this.fewest = fewest;
  }

  private static int perChunk(int rows, int fewest) {
    return Math.max(fewest, Math.ceilDiv(rows, MOST_CHUNKS));
  }

  @Override
  public final int chunks(int batch) {
    int rows = rows(batch);
    return Math.ceilDiv(rows, perChunk(rows, fewest));
  }

  @Override
  public final void run(int chunk, int batch, Scratch scratch) {
    int rows = rows(batch);
    int size = perChunk(rows, fewest);
    run(chunk * size, Math.min(chunk * size + size, rows), batch, scratch);
  }

  /** The number of rows for a batch. */
  abstract int rows(int batch);

  /** Rows {@code from} to {@code to}. */
  abstract void run(int from, int to, int batch, Scratch scratch);
}
