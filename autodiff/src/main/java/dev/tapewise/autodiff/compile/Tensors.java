package dev.tapewise.autodiff.compile;

import com.google.common.collect.ImmutableMap;
import dev.tapewise.autodiff.Node;
import dev.tapewise.autodiff.Var;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which tensors of a graph are written, by which node, and which stand for others. */
final class Tensors {
  private final ImmutableMap<Node, Group> groups;
  private final Map<Var, Group> byTerminal = new HashMap<>();
  private final Set<Node> absorbed = new HashSet<>();

  Tensors(ImmutableMap<Node, Group> groups) {
    this.groups = groups;
    for (Group group : groups.values()) {
      byTerminal.put(group.terminal(), group);
      if (group.activation() != null) {
        absorbed.add(group.activation());
      }
    }
  }

  /** Whether a node became part of a norm and runs nothing of its own. */
  boolean isAbsorbed(Node node) {
    return absorbed.contains(node);
  }

  @Nullable Group groupOf(Node node) {
    return groups.get(node);
  }

  /** The groups whose gradient's sums a node gathers in its backward pass. */
  List<Group> summedBy(Node node) {
    List<Group> summed = new ArrayList<>();
    for (Group group : groups.values()) {
      if (group.sumsGatherer() != null && group.sumsGatherer().node() == node) {
        summed.add(group);
      }
    }
    return summed;
  }

  /** The group through which a tensor is read, or null where it is written. */
  @Nullable Group readThrough(Var terminal) {
    Group group = byTerminal.get(terminal);
    return group != null && group.virtual() ? group : null;
  }

  /** The tensor in memory that a reader of {@code v} reads: {@code v} itself, or a norm's input. */
  Var stored(Var v) {
    Var at = v;
    for (Group group = readThrough(at); group != null; group = readThrough(at)) {
      at = group.input();
    }
    return at;
  }

  /** What a node that is not absorbed writes, or null where its result is never written. */
  @Nullable Var written(Node node) {
    Group group = groups.get(node);
    if (group == null) {
      return node.output();
    }
    return group.virtual() ? null : group.terminal();
  }
}
