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
    checkBatch(images);
    arena.lease(this);
    try {
      begin(images);
      Plan.Bound tasks = bound();
      workers.play(tasks.forward(), tasks.forward().length, images);
      arena.forwardDone(this, boundTo());
    } finally {
      arena.release();
    }
  }

  private void checkBatch(int images) {
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
  }

  /** Says that a batch is about to be played, while the arena is leased. */
  private void begin(int images) {
    arena.playBegins();
    tape.parameters().initializeOnce();
    batch = images;
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
      Plan.Bound tasks = bound();
      if (tasks.backward().length == 0) {
        throw new IllegalStateException(
            "this program has no backward pass: it was compiled without a loss, or its loss depends"
                + " on no parameter and on no tensor whose gradient is kept");
      }
      arena.checkBackward(this);
      arena.playBegins();
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
   * @throws IllegalArgumentException if {@code images} is not from 1 to the capacity
   * @throws IllegalStateException if another program or thread is playing on this arena
   */
  public ImmutableList<TaskTime> profile(int images) {
    checkBatch(images);
    ImmutableList.Builder<TaskTime> times = ImmutableList.builder();
    arena.lease(this);
    try {
      begin(images);
      Plan.Bound tasks = bound();
      time(tasks.forward(), tasks.forwardLabels(), false, times);
      time(tasks.backward(), tasks.backwardLabels(), true, times);
    } finally {
      arena.release();
    }
    return times.build();
  }

  private void time(
      Task[] tasks,
      ImmutableList<String> labels,
      boolean backward,
      ImmutableList.Builder<TaskTime> times) {
    for (int i = 0; i < tasks.length; i++) {
      Task[] one = {tasks[i]};
      long start = System.nanoTime();
      workers.play(one, 1, batch);
      times.add(new TaskTime(labels.get(i), backward, System.nanoTime() - start));
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

  private Slab boundTo() {
    Slab slab = boundTo;
    if (slab == null) {
      throw new AssertionError("bound before it was played");
    }
    return slab;
  }

  /** An input, to be filled. */
  public TensorView input(Var input) {
    if (input.producer() != null || input.parameter() != null) {
      throw new IllegalArgumentException(input + " is not an input");
    }
    return value(input);
  }

  /** A parameter, an input or a kept tensor; valid after {@link #forward}. */
  public TensorView value(Var var) {
    Parameter p = var.parameter();
    if (p != null) {
      return TensorView.of(p.name(), p.values(), p.valueOffset(), p.shape());
    }
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
      if (!p.trainable()) {
        throw new IllegalArgumentException(
            "\"%s\" is a buffer, which is not trained and has no gradient".formatted(p.name()));
      }
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

  /** What every pass of every node does at full capacity: forward in order, then backward. */
  public ImmutableList<Work> work() {
    return plan.work();
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
   * The first place where the last forward pass went wrong: a parameter or buffer that is not
   * finite, an input, else a layer whose statistics are not (looked at until {@link #backward} or
   * another program overwrites them). Allocates; for use after a non-finite loss.
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
    if (!arena.holdsForward(this)) {
      return null;
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
