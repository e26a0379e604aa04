package dev.tapewise.autodiff.compile;

import com.google.common.collect.ImmutableMap;
import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Node;
import dev.tapewise.autodiff.NormOp;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Var;
import dev.tapewise.autodiff.op.Clamp;
import dev.tapewise.autodiff.op.UnaryOp;
import dev.tapewise.core.kernel.Activation;
import dev.tapewise.core.kernel.UnaryFunction;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds which norms and activations become ways of reading. A norm absorbs the clamp or hard swish
 * that alone reads it; the result is virtual where its one or two consumers can read through scale,
 * shift and activation, and is materialised once where it has more. The statistics are gathered by
 * the producer of the norm's input and the sums over the gradient by the last to write it, where
 * they can; the input's gradient is virtual where the producer's backward pass can read through it.
 */
final class Fusion {
  /**
   * The most consumers that each read through a norm: with two, writing once and reading plain
   * values moves more memory than normalising twice.
   */
  private static final int MOST_READERS = 2;

  private final Graph graph;
  private final CompileOptions options;
  private final Map<Node, Group> groups = new LinkedHashMap<>();
  private final Set<Node> gatherers = new HashSet<>();
  private final PassedGradients passed;
  private final Set<Graph.Use> sumsGatherers = new HashSet<>();

  private Fusion(Graph graph, CompileOptions options, PassedGradients passed) {
    this.graph = graph;
    this.options = options;
    this.passed = passed;
  }

  /** The group of every norm. */
  static ImmutableMap<Node, Group> of(Graph graph, CompileOptions options, PassedGradients passed) {
    Fusion fusion = new Fusion(graph, options, passed);
    for (Node node : graph.nodes()) {
      if (node.op() instanceof NormOp norm) {
        fusion.groups.put(node, options.fused() ? fusion.fuse(node, norm) : plain(node));
      }
    }
    return ImmutableMap.copyOf(fusion.groups);
  }

  private static Group plain(Node norm) {
    return new Group(
        norm,
        null,
        norm.inputs().get(0),
        norm.output(),
        Activation.NONE,
        null,
        false,
        null,
        false,
        "compiled plain");
  }

  private Group fuse(Node norm, NormOp op) {
    Var input = norm.inputs().get(0);
    Node activation = activation(norm);
    Var terminal = activation == null ? norm.output() : activation.output();
    @Nullable Activation function = activation == null ? null : function(activation.op());
    Node producer = input.producer();
    Node gatherer =
        op.needsStatistics()
                && producer != null
                && producer.op().gathersStatistics()
                && gatherers.add(producer)
            ? producer
            : null;
    String why = whyNotVirtual(terminal);
    boolean backward = graph.inBackward(norm);
    boolean gradientVirtual =
        backward
            && graph.wantsGradient(input)
            && graph.uses(input).size() == 1
            && !options.keptGradients().contains(input)
            && producer != null
            && producer.op().acceptsGradientReading();
    return new Group(
        norm,
        activation,
        input,
        terminal,
        function == null ? Activation.NONE : function,
        gatherer,
        why.isEmpty(),
        backward ? sumsGatherer(terminal) : null,
        gradientVirtual,
        why);
  }

  /**
   * The last writer of a tensor's gradient, where it can gather sums of what it finishes: the
   * tensor's first consumer, or that of a sum whose gradient is the tensor's own. A program with
   * checkpoints would have to keep the norm's input beyond the sum for that.
   */
  private Graph.@Nullable Use sumsGatherer(Var terminal) {
    Graph.Use last = passed.lastWriter(terminal);
    if (last == null || !last.node().op().gathersGradientSums(last.input())) {
      return null;
    }
    Var finished = last.node().inputs().get(last.input());
    boolean only = graph.writers(finished).size() == 1;
    if (!only && !last.node().op().addsGradient(last.input())) {
      return null;
    }
    if (options.checkpointed() && !(only && finished == terminal)) {
      return null;
    }
    return sumsGatherers.add(last) ? last : null;
  }

  private @Nullable Node activation(Node norm) {
    List<Graph.Use> uses = graph.uses(norm.output());
    if (uses.size() == 1
        && function(uses.get(0).node().op()) != null
        && !graph.isKept(norm.output())
        && !options.keptGradients().contains(norm.output())) {
      return uses.get(0).node();
    }
    return null;
  }

  /** What a norm absorbs of an op behind it, or null. */
  private static @Nullable Activation function(Op op) {
    if (op instanceof Clamp clamp) {
      return new Activation.Clamp(clamp.low(), clamp.high());
    }
    boolean hardSwish =
        op instanceof UnaryOp unary && unary.function() instanceof UnaryFunction.HardSwish;
    return hardSwish ? Activation.HARD_SWISH : null;
  }

  private String whyNotVirtual(Var terminal) {
    List<Graph.Use> uses = graph.uses(terminal);
    if (graph.isKept(terminal)) {
      return "its value is kept";
    }
    if (uses.isEmpty() || uses.size() > MOST_READERS) {
      return "it has " + uses.size() + " consumers";
    }
    for (Graph.Use use : uses) {
      if (!use.node().op().acceptsReading(use.input())) {
        return use.node().label() + " reads plain values";
      }
    }
    return "";
  }
}
