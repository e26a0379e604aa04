package dev.tapewise.autodiff.compile;

import dev.tapewise.autodiff.Arena;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.core.Workers;

/** Says that a plan does not fit into the heap, before anything is allocated. */
final class HeapCheck {
  private static final long MEGABYTE = 1 << 20;

  private HeapCheck() {}

  static void check(CompiledPlan plan, Tape tape, Workers workers, Arena arena) {
    long arenaBytes = arena.size() >= plan.arenaFloats() ? 0 : plan.arenaFloats() * Float.BYTES;
    fitsAnArray("an arena", plan.arenaFloats());
    fitsAnArray("inputs and kept outputs", plan.keptFloats());
    long scratchBytes = (long) workers.threads() * plan.scratchFloats() * Float.BYTES;
    long needed =
        arenaBytes + plan.keptFloats() * Float.BYTES + tape.parameters().bytes() + scratchBytes;
    Runtime runtime = Runtime.getRuntime();
    long free = free(runtime);
    if (needed > free) {
      runtime.gc();
      free = free(runtime);
    }
    if (needed > free) {
      long used = runtime.maxMemory() - free;
      throw new InsufficientMemoryException(
          ("a batch of %d needs %d MB (activations and gradients %d, inputs and outputs %d,"
               + " parameters %d, scratch %d) but the heap limit of %d MB leaves %d MB. Start Java"
               + " with -Xmx%dm or more, or choose a smaller batch%s")
              .formatted(
                  plan.capacity(),
                  mb(needed),
                  mb(arenaBytes),
                  mb(plan.keptFloats() * Float.BYTES),
                  mb(tape.parameters().bytes()),
                  mb(scratchBytes),
                  mb(runtime.maxMemory()),
                  mb(free),
                  mb((needed + used) * 9 / 8) + 32,
                  plan.options().checkpointed() ? "" : ", or checkpoint blocks of layers"));
    }
  }

  private static void fitsAnArray(String what, long floats) {
    if (floats > Integer.MAX_VALUE - 1024) {
      throw new InsufficientMemoryException(
          "the program needs %s of %d MB, more than one array can hold (8191 MB). Choose a smaller batch"
              .formatted(what, mb(floats * Float.BYTES)));
    }
  }

  private static long free(Runtime runtime) {
    // collectors keep a part of the heap to themselves
    return runtime.maxMemory() * 15 / 16 - (runtime.totalMemory() - runtime.freeMemory());
  }

  private static long mb(long bytes) {
    return (Math.max(0, bytes) + MEGABYTE - 1) / MEGABYTE;
  }
}
