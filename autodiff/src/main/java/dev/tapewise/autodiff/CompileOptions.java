package dev.tapewise.autodiff;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.tapewise.core.Workers;
import dev.tapewise.core.kernel.Kernels;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a program is compiled for. Immutable; every method gives a changed copy. */
public final class CompileOptions {
  private final ImmutableList<Var> outputs;
  private final @Nullable Var loss;
  private final ImmutableSet<Var> keptGradients;
  private final boolean fused;
  private final boolean checkpointed;
  private final boolean poison;
  private final @Nullable Workers workers;
  private final @Nullable Arena arena;
  private final @Nullable Kernels kernels;

  private CompileOptions(
      ImmutableList<Var> outputs,
      @Nullable Var loss,
      ImmutableSet<Var> keptGradients,
      boolean fused,
      boolean checkpointed,
      boolean poison,
      @Nullable Workers workers,
      @Nullable Arena arena,
      @Nullable Kernels kernels) {
    this.outputs = outputs;
    this.loss = loss;
    this.keptGradients = keptGradients;
    this.fused = fused;
    this.checkpointed = checkpointed;
    this.poison = poison;
    this.workers = workers;
    this.arena = arena;
    this.kernels = kernels;
  }

  /** A program whose backward pass starts at a scalar loss. */
  public static CompileOptions of(Var loss) {
    return new CompileOptions(
        ImmutableList.of(loss), loss, ImmutableSet.of(), true, false, false, null, null, null);
  }

  /** A program without a backward pass. */
  public static CompileOptions forwardOnly(Var... outputs) {
    return new CompileOptions(
        ImmutableList.copyOf(outputs),
        null,
        ImmutableSet.of(),
        true,
        false,
        false,
        null,
        null,
        null);
  }

  /** Keeps the values of more tensors readable after {@code forward}. */
  public CompileOptions keep(Var... more) {
    return new CompileOptions(
        ImmutableList.<Var>builder().addAll(outputs).add(more).build(),
        loss,
        keptGradients,
        fused,
        checkpointed,
        poison,
        workers,
        arena,
        kernels);
  }

  /** Keeps the gradients of these tensors (inputs among them) readable after {@code backward}. */
  public CompileOptions keepGradients(List<Var> more) {
    return new CompileOptions(
        outputs,
        loss,
        ImmutableSet.<Var>builder().addAll(keptGradients).addAll(more).build(),
        fused,
        checkpointed,
        poison,
        workers,
        arena,
        kernels);
  }

  /** Compiles op by op, without fusion: the same bits, for debugging. */
  public CompileOptions plain() {
    return new CompileOptions(
        outputs, loss, keptGradients, false, checkpointed, poison, workers, arena, kernels);
  }

  /**
   * Keeps the tensors between blocks of ops only and computes what a block's backward pass needs
   * again right before it: the same bits in less memory, for up to one more forward pass of time.
   * Where to cut is chosen by the memory plan.
   */
  public CompileOptions checkpoint() {
    return new CompileOptions(
        outputs, loss, keptGradients, fused, true, poison, workers, arena, kernels);
  }

  /** Fills buffers with NaN when their life ends: for tests of the memory plan. */
  public CompileOptions poisonEndedBuffers() {
    return new CompileOptions(
        outputs, loss, keptGradients, fused, checkpointed, true, workers, arena, kernels);
  }

  /** The team that plays the program. */
  public CompileOptions workers(Workers team) {
    return new CompileOptions(
        outputs, loss, keptGradients, fused, checkpointed, poison, team, arena, kernels);
  }

  /** The memory that the program shares with others. */
  public CompileOptions arena(Arena shared) {
    return new CompileOptions(
        outputs, loss, keptGradients, fused, checkpointed, poison, workers, shared, kernels);
  }

  /** The kernels to use, for comparisons. */
  public CompileOptions kernels(Kernels chosen) {
    return new CompileOptions(
        outputs, loss, keptGradients, fused, checkpointed, poison, workers, arena, chosen);
  }

  /** The kept tensors. */
  public ImmutableList<Var> outputs() {
    return outputs;
  }

  /** Where the backward pass starts, or null. */
  public @Nullable Var loss() {
    return loss;
  }

  /** The tensors whose gradients are kept. */
  public ImmutableSet<Var> keptGradients() {
    return keptGradients;
  }

  /** Whether to fuse. */
  public boolean fused() {
    return fused;
  }

  /** Whether blocks are computed again instead of kept. */
  public boolean checkpointed() {
    return checkpointed;
  }

  /** Whether to fill ended buffers with NaN. */
  public boolean poison() {
    return poison;
  }

  /** The team, or null for one thread of the program's own. */
  public @Nullable Workers workers() {
    return workers;
  }

  /** The shared arena, or null for one of the program's own. */
  public @Nullable Arena arena() {
    return arena;
  }

  /** The kernels. */
  public Kernels kernels() {
    return kernels == null ? Kernels.preferred() : kernels;
  }
}
