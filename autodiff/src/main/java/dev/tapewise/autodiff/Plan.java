package dev.tapewise.autodiff;

import com.google.common.collect.ImmutableList;
import dev.tapewise.core.Task;
import org.jspecify.annotations.Nullable;

/** What the compiler made of a tape: sizes, places and, for a given arena, the tasks. */
public interface Plan {

  /**
   * Values that are checked when a result is not finite.
   *
   * @param label the layer and op
   * @param what what the values are
   */
  record Probe(String label, String what, float[] data, int offset, int count) {}

  /**
   * The tasks of both passes over one arena.
   *
   * @param forwardLabels the layer and op of every forward task
   * @param backwardLabels likewise
   */
  record Bound(
      Task[] forward,
      Task[] backward,
      ImmutableList<String> forwardLabels,
      ImmutableList<String> backwardLabels,
      ImmutableList<Probe> probes) {}

  /** Floats that the arena must have. */
  long arenaFloats();

  /** Floats of inputs and kept outputs. */
  long keptFloats();

  /** Floats of scratch per thread. */
  int scratchFloats();

  /** Ints of scratch per thread. */
  int scratchInts();

  /** The most images per play. */
  int capacity();

  /** The fewest images per play. */
  int fewest();

  /** Why. */
  String fewestReason();

  /** Binds all ops to an arena that starts at {@code base} of {@code memory}. */
  Bound bind(float[] memory, int base);

  /** Where an input or kept tensor lies, or null. */
  @Nullable TensorView value(Var var);

  /** Where a kept gradient lies, or null. */
  @Nullable TensorView gradient(Var var);

  /** The seed of random ops and the step. */
  Clock clock();

  /** What every pass of every node does at full capacity. */
  ImmutableList<Work> work();

  /** What fused, what did not and why, and the memory by op. */
  String describe();
}
