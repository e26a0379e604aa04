package dev.tapewise.autodiff;

import com.google.common.collect.ImmutableList;
import dev.tapewise.core.Slab;
import dev.tapewise.core.Task;
import dev.tapewise.core.Workers;
import org.jspecify.annotations.Nullable;

/**
 * A compiled tape, played every step: {@link #forward}, {@link #backward}, {@link #value}, {@link
 * #gradient}. Nothing is allocated while it plays.
 *
 * <p>A program is played by one thread at a time; programs with arenas and workers of their own may
 * be played at the same time.
 */
public final class Program {
  private final Tape tape;
  private final Plan plan;
  private final Arena arena;
  private final Workers workers;
  private @Nullable Slab boundTo;
  private Plan.@Nullable Bound bound;
  private int batch;

  /** Made by {@link Tape#compile(CompileOptions)}. */
  public Program(Tape tape, Plan plan, Arena arena, Workers workers) {
    this.tape = tape;
    this.plan = plan;
    this.arena = arena;
    this.workers = workers;
    arena.reserve(plan.arenaFloats());
    workers.reserveScratch(plan.scratchFloats(), plan.scratchInts());
  }

  /** Plays the forward pass at full capacity. */
  public void forward() {
    forward(plan.capacity());
  }

  /**
   * Plays the forward pass for the first {@code images} images of the inputs.
   *
   * @throws IllegalArgumentException if {@code images} is not from 1 to the capacity
   * @throws IllegalStateException if another program or thread is playing on this arena
   */
  public void forward(int images) {
    if (images < 1 || images > plan.capacity()) {
      throw new IllegalArgumentException(
          "a batch of "
              + images
              + " images was asked for; this program plays 1 to "
              + plan.capacity());
    }
    if (images < plan.fewest()) {
      throw new IllegalArgumentException(
          "a batch of " + images + " images was asked for: " + plan.fewestReason());
    }
    arena.lease(this);
    try {
      tape.parameters().initializeOnce();
      batch = images;
      Plan.Bound tasks = bound();
      workers.play(tasks.forward(), tasks.forward().length, images);
      arena.forwardDone(this);
    } finally {
      arena.release();
    }
  }

  /**
   * Plays the backward pass of the last {@link #forward}: gradients of all trainable parameters are
   * overwritten.
   *
   * @throws IllegalStateException without a forward pass before it, or after another program played
   *     on this arena
   */
  public void backward() {
    arena.lease(this);
    try {
      arena.checkBackward(this);
      Plan.Bound tasks = bound();
      if (tasks.backward().length == 0) {
        throw new IllegalStateException(
            "this program has no backward pass: it was compiled without a loss");
      }
      workers.play(tasks.backward(), tasks.backward().length, batch);
    } finally {
      arena.release();
    }
  }

  /**
   * Plays one step task by task and says how long each took. Slower than {@link #forward} and
   * {@link #backward}, since every task is waited for by itself; allocates.
   *
   * @param images the batch
   */
  public ImmutableList<TaskTime> profile(int images) {
    forward(images);
    Plan.Bound tasks = bound();
    ImmutableList.Builder<TaskTime> times = ImmutableList.builder();
    time(tasks.forward(), tasks.forwardLabels(), false, times);
    time(tasks.backward(), tasks.backwardLabels(), true, times);
    return times.build();
  }

  private void time(
      Task[] tasks,
      ImmutableList<String> labels,
      boolean backward,
      ImmutableList.Builder<TaskTime> times) {
    arena.lease(this);
    try {
      for (int i = 0; i < tasks.length; i++) {
        Task[] one = {tasks[i]};
        long start = System.nanoTime();
        workers.play(one, 1, batch);
        times.add(new TaskTime(labels.get(i), backward, System.nanoTime() - start));
      }
    } finally {
      arena.release();
    }
  }

  private Plan.Bound bound() {
    Slab slab = arena.slab();
    Plan.Bound result = bound;
    if (slab != boundTo || result == null) {
      result = plan.bind(slab.array(), slab.base());
      bound = result;
      boundTo = slab;
    }
    return result;
  }

  /** An input, to be filled. */
  public TensorView input(Var input) {
    if (input.producer() != null || input.parameter() != null) {
      throw new IllegalArgumentException(input + " is not an input");
    }
    return value(input);
  }

  /** An input or a kept tensor; valid after {@link #forward}. */
  public TensorView value(Var var) {
    TensorView view = plan.value(var);
    if (view == null) {
      throw new IllegalArgumentException(
          var + " is not kept by this program. Compile with CompileOptions.keep");
    }
    return view;
  }

  /**
   * The gradient of a parameter or of a tensor whose gradient is kept; valid after {@link
   * #backward}.
   */
  public TensorView gradient(Var var) {
    Parameter p = var.parameter();
    if (p != null) {
      return TensorView.of(p.name(), p.gradients(), p.gradientOffset(), p.shape());
    }
    TensorView view = plan.gradient(var);
    if (view == null) {
      throw new IllegalArgumentException(
          "the gradient of " + var + " is not kept. Compile with CompileOptions.keepGradients");
    }
    return view;
  }

  /** The tape it was recorded on. */
  public Tape tape() {
    return tape;
  }

  /** The team that plays it. */
  public Workers workers() {
    return workers;
  }

  /** Seed and step of random ops; set it between plays. */
  public Clock clock() {
    return plan.clock();
  }

  /** The most images per play. */
  public int capacity() {
    return plan.capacity();
  }

  /** The fewest images per play: more than 1 where batch norm in training needs them. */
  public int fewest() {
    return plan.fewest();
  }

  /** What it needs. */
  public Memory memory() {
    return Memory.of(plan, tape.parameters(), workers.threads());
  }

  /** What fused, what did not and why, and the memory by op. */
  public String describe() {
    return plan.describe();
  }

  /**
   * The first place where the last forward pass went wrong: a parameter that is not finite, else a
   * layer whose statistics are not. Allocates; for use after a non-finite loss.
   *
   * @return a sentence that names the layer, or null where everything that can be checked is finite
   */
  public @Nullable String findNonFinite() {
    for (Parameter p : tape.parameters().all()) {
      int at = firstNonFinite(p.values(), p.valueOffset(), p.size());
      if (at >= 0) {
        return "parameter \"%s\" %s has %s at index %d"
            .formatted(p.name(), p.shape(), p.values()[p.valueOffset() + at], at);
      }
    }
    for (Var input : tape.inputs()) {
      TensorView view = plan.value(input);
      if (view != null) {
        int count = input.batched() ? batch * input.shape().rest() : input.shape().intSize();
        int at = firstNonFinite(view.array(), view.offset(), count);
        if (at >= 0) {
          return "input \"%s\" has %s at index %d".formatted(input.name(), view.get(at), at);
        }
      }
    }
    for (Plan.Probe probe : bound().probes()) {
      int at = firstNonFinite(probe.data(), probe.offset(), probe.count());
      if (at >= 0) {
        return "%s of \"%s\" are not finite at channel %d"
            .formatted(probe.what(), probe.label(), at);
      }
    }
    return null;
  }

  private static int firstNonFinite(float[] data, int offset, int count) {
    for (int i = 0; i < count; i++) {
      if (!Float.isFinite(data[offset + i])) {
        return i;
      }
    }
    return -1;
  }
}
