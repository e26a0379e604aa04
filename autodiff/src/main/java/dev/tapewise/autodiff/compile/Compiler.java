package dev.tapewise.autodiff.compile;

import dev.tapewise.autodiff.Arena;
import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Plan;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Workers;

/**
 * Turns a tape into a program: drop what nothing needs, fuse, order, lifetimes, memory plan, bind.
 */
public final class Compiler {
  private Compiler() {}

  /**
   * Compiles a tape.
   *
   * @throws IllegalArgumentException if the loss is not a scalar or the inputs disagree about the
   *     batch
   * @throws InsufficientMemoryException if the plan does not fit into the heap, before anything is
   *     allocated
   */
  public static Program compile(Tape tape, CompileOptions options) {
    CompiledPlan plan = measured(tape, options);
    Workers workers = options.workers() == null ? new Workers(1) : options.workers();
    Arena arena = options.arena() == null ? new Arena() : options.arena();
    plan.allocate(tape, workers, arena);
    return new Program(tape, plan, arena, workers);
  }

  /**
   * Plans a program without taking any memory: for its sizes.
   *
   * @throws IllegalArgumentException if the loss is not a scalar or the inputs disagree about the
   *     batch
   */
  public static Plan plan(Tape tape, CompileOptions options) {
    return measured(tape, options);
  }

  private static CompiledPlan measured(Tape tape, CompileOptions options) {
    Var loss = options.loss();
    if (loss != null && loss.shape().size() != 1) {
      throw new IllegalArgumentException(
          "a backward pass starts at a scalar, but "
              + loss
              + " has "
              + loss.shape().size()
              + " values. Sum them, or compile with CompileOptions.forwardOnly");
    }
    Graph graph = new Graph(tape, options);
    return new CompiledPlan(graph, options, Fusion.of(graph, options));
  }
}
