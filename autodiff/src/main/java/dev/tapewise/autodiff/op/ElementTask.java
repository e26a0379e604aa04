package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Task;

/** A pass over the elements of a tensor in chunks of {@link Chunks#ELEMENTS}. */
abstract class ElementTask implements Task {
  private final Operand shape;

  ElementTask(Operand shape) {
    this.shape = shape;
  }

  @Override
  public final int chunks(int batch) {
    return Chunks.elements(shape.size(batch));
  }

  @Override
  public final void run(int chunk, int batch, Scratch scratch) {
    int from = chunk * Chunks.ELEMENTS;
    run(from, Math.min(Chunks.ELEMENTS, shape.size(batch) - from));
  }

  /** Elements {@code from} to {@code from + count}. */
  abstract void run(int from, int count);
}
