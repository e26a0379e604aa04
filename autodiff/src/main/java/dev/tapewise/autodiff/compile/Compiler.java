package dev.tapewise.autodiff.compile;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Ordering;
import dev.tapewise.autodiff.Arena;
import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Node;
import dev.tapewise.autodiff.Parameter;
import dev.tapewise.autodiff.Plan;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Workers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns a tape into a program: drop what nothing needs, fuse, order, lifetimes, memory plan, bind.
 */
public final class Compiler {
  private Compiler() {}

  /**
   * Compiles a tape.
   *
   * @throws IllegalArgumentException if the loss is not a scalar that an op made, a tensor whose
   *     gradient is kept has none, or the inputs disagree about the batch
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
   * @throws IllegalArgumentException if the loss is not a scalar that an op made, a tensor whose
   *     gradient is kept has none, or the inputs disagree about the batch
   */
  public static Plan plan(Tape tape, CompileOptions options) {
    return measured(tape, options);
  }

  private static CompiledPlan measured(Tape tape, CompileOptions options) {
    for (Var output : options.outputs()) {
      checkTape(tape, output);
    }
    Var loss = options.loss();
    if (loss != null && loss.shape().size() != 1) {
      throw new IllegalArgumentException(
          "a backward pass starts at a scalar, but "
              + loss
              + " has "
              + loss.shape().size()
              + " values. Sum them, or compile with CompileOptions.forwardOnly");
    }
    if (loss != null && loss.producer() == null) {
      throw new IllegalArgumentException(
          "a backward pass starts at the result of an op, but no op made " + loss);
    }
    Graph graph = new Graph(tape, options);
    for (Var v : options.keptGradients()) {
      checkTape(tape, v);
      if (!graph.wantsGradient(v)) {
        throw new IllegalArgumentException(
            "%s has no gradient: %s".formatted(v, whyNoGradient(v, loss)));
      }
    }
    PassedGradients passed = PassedGradients.of(graph, options);
    ImmutableMap<Node, Group> groups = Fusion.of(graph, options, passed);
    List<Checkpoints> ways = new ArrayList<>();
    ways.add(Checkpoints.none(graph));
    if (loss != null) {
      Tensors tensors = new Tensors(groups);
      Checkpoints cheap = Checkpoints.cheap(graph, tensors);
      if (cheap.repeats()) {
        ways.add(cheap);
      }
      if (options.checkpointed()) {
        ways.addAll(Checkpoints.candidates(graph, tensors));
      }
    }
    return smallest(
        ways.stream().map(way -> new CompiledPlan(graph, options, passed, groups, way)).toList());
  }

  /**
   * Places plans, the most promising first, until no other can be smaller than the best. Of equal
   * ones it is the first in the list.
   */
  private static CompiledPlan smallest(List<CompiledPlan> plans) {
    List<CompiledPlan> promising = new ArrayList<>(plans);
    promising.sort(Comparator.comparingLong(CompiledPlan::fewestFloats));
    long smallest = Long.MAX_VALUE;
    for (CompiledPlan plan : promising) {
      if (plan.fewestFloats() <= smallest) {
        plan.place();
        smallest = Math.min(smallest, plan.arenaFloats());
      }
    }
    return Ordering.natural().onResultOf(CompiledPlan::arenaFloats).min(plans);
  }

  private static void checkTape(Tape tape, Var v) {
    if (v.tape() != tape) {
      throw new IllegalArgumentException(
          v + " was recorded on another tape. Compile the tape that recorded it");
    }
  }

  private static String whyNoGradient(Var v, @Nullable Var loss) {
    Parameter p = v.parameter();
    if (p != null && !p.trainable()) {
      return "it is a buffer, which is not trained";
    }
    return loss == null
        ? "the program is compiled without a loss. Use CompileOptions.of"
        : "no differentiable way leads from it to the loss " + loss;
  }
}
