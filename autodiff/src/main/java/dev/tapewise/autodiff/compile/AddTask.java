package dev.tapewise.autodiff.compile;

import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Task;
import dev.tapewise.core.kernel.Elementwise;

/** Adds a temporary gradient to the place where it belongs, for ops that cannot add. */
final class AddTask implements Task {
  private static final int CHUNK = 16 * 1024;

  private final Elementwise kernel;
  private final GradientTarget to;
  private final Operand temporary;

  AddTask(Elementwise kernel, GradientTarget to, Operand temporary) {
    this.kernel = kernel;
    this.to = to;
    this.temporary = temporary;
  }

  @Override
  public int chunks(int batch) {
    return Math.ceilDiv(temporary.size(batch), CHUNK);
  }

  @Override
  public void run(int chunk, int batch, Scratch scratch) {
    int from = chunk * CHUNK;
    int count = Math.min(CHUNK, temporary.size(batch) - from);
    kernel.add(
        to.data(),
        to.offset() + from,
        to.data(),
        to.offset() + from,
        temporary.data(),
        temporary.offset() + from,
        count);
  }
}
