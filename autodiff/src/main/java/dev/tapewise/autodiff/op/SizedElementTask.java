package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Task;

/** An {@link ElementTask} that also needs the number of all elements. */
abstract class SizedElementTask implements Task {
  private final Operand shape;

  SizedElementTask(Operand shape) {
    this.shape = shape;
  }

  @Override
  public final int chunks(int batch) {
    return Chunks.elements(shape.size(batch));
  }

  @Override
  public final void run(int chunk, int batch, Scratch scratch) {
    int size = shape.size(batch);
    int from = chunk * Chunks.ELEMENTS;
    run(from, Math.min(Chunks.ELEMENTS, size - from), size);
  }

  /** Elements {@code from} to {@code from + count} of {@code size}. */
  abstract void run(int from, int count, int size);
}
