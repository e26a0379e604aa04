package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Task;

/** Images, in batches of few images cut into parts of rows, so that every team has enough to do. */
abstract class PoolRows implements Task {
  /** Chunks that a batch is cut into at least, where its images have enough rows. */
  private static final int WANTED = 16;

  private final Operand images;
  private final int rows;

  PoolRows(Operand images, int rows) {
    this.images = images;
    this.rows = rows;
  }

  private int parts(int batch) {
    return Math.min(rows, Math.ceilDiv(WANTED, images.images(batch)));
  }

  @Override
  public final int chunks(int batch) {
    return images.images(batch) * parts(batch);
  }

  @Override
  public final void run(int chunk, int batch, Scratch scratch) {
    int parts = parts(batch);
    int image = chunk / parts;
    int part = chunk - image * parts;
    run(image, Chunks.start(rows, part, parts), Chunks.start(rows, part + 1, parts));
  }

  /** Rows {@code from} to {@code to} of an image. */
  abstract void run(int image, int from, int to);
}
