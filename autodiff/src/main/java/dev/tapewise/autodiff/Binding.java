package dev.tapewise.autodiff;

import dev.tapewise.core.Task;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Kernels;
import org.jspecify.annotations.Nullable;

/**
 * What an op is given when it is bound, once for its forward and once for its backward pass: its
 * operands in memory, buffers, and the place to hand in tasks. See {@link Op}.
 */
public interface Binding {

  /** The kernels of this process. */
  Kernels kernels();

  /** The most images that will be played. */
  int capacity();

  /** Seed and step for random ops. */
  Clock clock();

  /**
   * Input {@code input}. In the backward pass only where {@link Op#backwardReadsInput} says so (its
   * shape always).
   */
  Operand input(int input);

  /**
   * The output. In the backward pass only where {@link Op#backwardReadsOutput} says so (its shape
   * always).
   */
  Operand output();

  /** The gradient of the output. Backward only. */
  GradientReading outputGradient();

  /**
   * Where the gradient of an input goes, or null where it is not wanted or is {@linkplain
   * Op#passesGradient passed on}. Backward only.
   */
  @Nullable GradientTarget inputGradient(int input);

  /** The array that {@link #workspace} and {@link #saved} point into. */
  float[] memory();

  /**
   * A buffer that lives while this pass of this op is played; returns its offset in {@link
   * #memory}.
   */
  int workspace(long floats);

  /**
   * A buffer that lives from this op's forward pass to its backward pass (where there is one). Both
   * passes ask with the same name and size.
   */
  int saved(String name, long floats);

  /** Says what the tasks take from their thread's scratch at most. */
  void scratch(int floats, int ints);

  /** Hands in a task; tasks are played in the order in which they come. */
  void play(Task task);

  /**
   * Where the forward pass must write the statistics of its output, or null where nobody wants
   * them.
   */
  @Nullable BandStatistics statistics();

  /** Where the backward pass must write sums over the finished gradient of an input, or null. */
  @Nullable BandGradientSums gradientSums(int input);

  /** Refuses to play batches smaller than {@code images}, with this reason. */
  void requireBatch(int images, String reason);

  /**
   * Names values that are checked for NaN and infinity when a loss is not finite, in the order of
   * binding.
   */
  void probe(String what, int offset, int count);
}
