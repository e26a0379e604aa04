package dev.tapewise.autodiff.compile;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Node;
import dev.tapewise.autodiff.NormOp;
import dev.tapewise.autodiff.Var;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which inputs of an addition have the output's gradient itself as theirs, in the same place,
 * instead of a copy. What reads such an input later in the forward pass adds to that place in the
 * backward pass; so two inputs share it only where every reader of one is done before the other is
 * added to. The backward pass runs in the reverse of the forward order, so indices of nodes tell.
 */
final class PassedGradients {
  private final Set<Graph.Use> passed = new HashSet<>();
  private final Graph graph;
  private final CompileOptions options;

  /** When the place of a tensor's gradient is last read, by the smallest index of a reader. */
  private final Map<Var, Integer> lastRead = new HashMap<>();

  /** When the place is first added to behind its first write, by the largest index. */
  private final Map<Var, Integer> firstAddition = new HashMap<>();

  private PassedGradients(Graph graph, CompileOptions options) {
    this.graph = graph;
    this.options = options;
  }

  static PassedGradients of(Graph graph, CompileOptions options) {
    PassedGradients gradients = new PassedGradients(graph, options);
    for (Node node : graph.nodes()) {
      if (options.fused() && graph.inBackward(node)) {
        gradients.pass(node);
      }
    }
    return gradients;
  }

  /** Whether the gradient of an input is the output's, in the output's place. */
  boolean isPassed(Node node, int input) {
    return passed.contains(new Graph.Use(node, input));
  }

  /**
   * The last backward pass that writes the place of a tensor's gradient, or null where a gradient
   * is kept, or where one node writes it more than once.
   */
  Graph.@Nullable Use lastWriter(Var v) {
    List<Graph.Use> writers = graph.writers(v);
    if (writers.isEmpty() || options.keptGradients().contains(v)) {
      return null;
    }
    Graph.Use last = writers.get(0);
    if (writers.size() > 1 && writers.get(1).node() == last.node()) {
      return null;
    }
    return passed.contains(last) ? lastWriter(last.node().output()) : last;
  }

  private void pass(Node node) {
    Var y = node.output();
    int read = node.index();
    int addition = -1;
    for (int i = 0; i < node.inputs().size(); i++) {
      Var v = node.inputs().get(i);
      if (canPass(node, i) && additions(v) < read && addition < reads(v)) {
        passed.add(new Graph.Use(node, i));
        read = Math.min(read, reads(v));
        addition = Math.max(addition, additions(v));
      }
    }
    lastRead.put(y, read);
    firstAddition.put(y, addition);
  }

  private boolean canPass(Node node, int input) {
    Var v = node.inputs().get(input);
    Var y = node.output();
    List<Graph.Use> writers = graph.writers(v);
    return node.op().passesGradient(input)
        && graph.wantsGradient(v)
        && v.parameter() == null
        && v.batched() == y.batched()
        && v.shape().equals(y.shape())
        && y != options.loss()
        && !options.keptGradients().contains(v)
        && !options.keptGradients().contains(y)
        && !node.op().acceptsGradientReading()
        && writers.getLast().equals(new Graph.Use(node, input))
        && writers.stream().filter(use -> use.node() == node).count() == 1;
  }

  /** The reader of a tensor's gradient that comes last, with those it was passed on to. */
  private int reads(Var v) {
    Node producer = v.producer();
    if (producer == null) {
      return Integer.MAX_VALUE;
    }
    // what made the input of a norm may read the gradient through the norm and what it absorbed
    Node reader = producer;
    for (Node at : List.of(producer, before(producer))) {
      if (at.op() instanceof NormOp) {
        reader = before(at);
      }
    }
    return Math.min(reader.index(), lastRead.getOrDefault(v, Integer.MAX_VALUE));
  }

  private static Node before(Node node) {
    Node producer = node.inputs().get(0).producer();
    return producer == null ? node : producer;
  }

  private int additions(Var v) {
    List<Graph.Use> writers = graph.writers(v);
    int own = writers.size() > 1 ? writers.get(writers.size() - 2).node().index() : -1;
    return Math.max(own, firstAddition.getOrDefault(v, -1));
  }
}
