package dev.tapewise.autodiff.compile;

import dev.tapewise.core.Scratch;
import dev.tapewise.core.Task;
import java.util.Arrays;

/** Fills a buffer with NaN when its life has ended: who reads it after that shows. */
final class PoisonTask implements Task {
  private final float[] memory;
  private final int from;
  private final int to;

  private PoisonTask(float[] memory, int from, int to) {
    this.memory = memory;
    this.from = from;
    this.to = to;
  }

  static PoisonTask of(CompiledPlan.Memory memory, Buffer buffer) {
    int at = Math.toIntExact(memory.base() + buffer.offset());
    return new PoisonTask(memory.arena(), at, Math.toIntExact(at + buffer.floats()));
  }

  static PoisonTask everything(CompiledPlan.Memory memory, long floats) {
    return new PoisonTask(memory.arena(), memory.base(), Math.toIntExact(memory.base() + floats));
  }

  @Override
  public int chunks(int batch) {
    return 1;
  }

  @Override
  public void run(int chunk, int batch, Scratch scratch) {
    Arrays.fill(memory, from, to, Float.NaN);
  }
}
