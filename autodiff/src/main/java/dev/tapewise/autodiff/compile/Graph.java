package dev.tapewise.autodiff.compile;

import com.google.common.collect.ArrayListMultimap;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ListMultimap;
import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Node;
import dev.tapewise.autodiff.Parameter;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The part of a tape that a program needs, in the order of recording, with every consumer known.
 */
final class Graph {

  /** One place where a tensor is read. */
  record Use(Node node, int input) {}

  private final ImmutableList<Node> nodes;
  private final ListMultimap<Var, Use> uses = ArrayListMultimap.create();
  private final Set<Var> wantGradient = new HashSet<>();
  private final Set<Node> inBackward = new HashSet<>();
  private final Set<Var> kept;

  Graph(Tape tape, CompileOptions options) {
    kept = new HashSet<>(options.outputs());
    Set<Var> needed = new HashSet<>(kept);
    List<Node> found = new ArrayList<>();
    for (Node node : tape.nodes().reverse()) {
      if (needed.contains(node.output())) {
        found.add(node);
        needed.addAll(node.inputs());
      }
    }
    nodes = ImmutableList.copyOf(found).reverse();
    for (Node node : nodes) {
      for (int i = 0; i < node.inputs().size(); i++) {
        uses.put(node.inputs().get(i), new Use(node, i));
      }
    }
    if (options.loss() != null) {
      findGradients(options.loss(), options.keptGradients());
    }
  }

  private void findGradients(Var loss, Set<Var> keptGradients) {
    Set<Var> depends = new HashSet<>();
    for (Var v : keptGradients) {
      Parameter p = v.parameter();
      if (p == null || p.trainable()) {
        depends.add(v);
      }
    }
    for (Node node : nodes) {
      for (int i = 0; i < node.inputs().size(); i++) {
        Var v = node.inputs().get(i);
        Parameter p = v.parameter();
        if (node.op().differentiable(i) && (depends.contains(v) || (p != null && p.trainable()))) {
          depends.add(v);
          depends.add(node.output());
        }
      }
    }
    Set<Var> reaches = new HashSet<>(Set.of(loss));
    for (Node node : nodes.reverse()) {
      if (reaches.contains(node.output()) && depends.contains(node.output())) {
        inBackward.add(node);
        wantGradient.add(node.output());
        for (int i = 0; i < node.inputs().size(); i++) {
          Var v = node.inputs().get(i);
          if (node.op().differentiable(i) && depends.contains(v)) {
            reaches.add(v);
            wantGradient.add(v);
          }
        }
      }
    }
  }

  /** The nodes in forward order. */
  ImmutableList<Node> nodes() {
    return nodes;
  }

  /** Where a tensor is read. */
  List<Use> uses(Var var) {
    return uses.get(var);
  }

  /** Where a tensor is read so that the backward pass writes its gradient, in forward order. */
  List<Use> writers(Var var) {
    return wantsGradient(var)
        ? uses.get(var).stream()
            .filter(use -> inBackward(use.node()) && use.node().op().differentiable(use.input()))
            .toList()
        : List.of();
  }

  /** Whether a tensor is kept readable. */
  boolean isKept(Var var) {
    return kept.contains(var);
  }

  /** Whether a tensor has a gradient. */
  boolean wantsGradient(Var var) {
    return wantGradient.contains(var);
  }

  /** Whether a node takes part in the backward pass. */
  boolean inBackward(Node node) {
    return inBackward.contains(node);
  }
}
