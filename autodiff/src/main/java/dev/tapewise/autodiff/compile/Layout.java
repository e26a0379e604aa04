package dev.tapewise.autodiff.compile;

import com.google.common.collect.ArrayListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ListMultimap;
import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Node;
import dev.tapewise.autodiff.NormOp;
import dev.tapewise.autodiff.Parameter;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.geometry.RowBands;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Every buffer of a program and how long it lives, in positions of its {@link Schedule}. */
final class Layout {
  private final Graph graph;
  private final CompileOptions options;
  private final int capacity;
  private final Schedule schedule;
  private final Checkpoints checkpoints;
  private final PassedGradients passed;
  private final Tensors tensors;
  private final Map<Var, Group> byInput = new HashMap<>();
  private final ImmutableMap<Node, Group> groups;
  private final Map<Node, Group> byGatherer = new HashMap<>();
  private final Map<Graph.Use, Group> bySumsGatherer = new HashMap<>();

  private final Map<Var, Buffer> values = new HashMap<>();
  private final Map<Var, Buffer> valuesAgain = new HashMap<>();
  private final Map<Var, Buffer> gradients = new HashMap<>();
  private final Map<Group, Buffer> coefficients = new HashMap<>();
  private final Map<Group, Buffer> statistics = new HashMap<>();
  private final Map<Group, Buffer> sums = new HashMap<>();
  private final Map<String, Buffer> saved = new LinkedHashMap<>();
  private final ListMultimap<Integer, Buffer> workspaces = ArrayListMultimap.create();
  private final Map<Var, Long> kept = new LinkedHashMap<>();
  private final Map<Var, Long> keptGradients = new LinkedHashMap<>();
  private final Map<Object, Graph.Use> firstWriters = new HashMap<>();
  private long keptFloats;

  Layout(
      Graph graph,
      CompileOptions options,
      PassedGradients passed,
      ImmutableMap<Node, Group> groups,
      Checkpoints checkpoints,
      int capacity) {
    this.graph = graph;
    this.options = options;
    this.passed = passed;
    this.groups = groups;
    this.checkpoints = checkpoints;
    this.schedule = new Schedule(graph, checkpoints);
    this.tensors = new Tensors(groups);
    this.capacity = capacity;
    for (Group group : groups.values()) {
      byInput.putIfAbsent(group.input(), group);
      if (group.gatherer() != null) {
        byGatherer.put(group.gatherer(), group);
      }
      if (group.sumsGatherer() != null) {
        bySumsGatherer.put(group.sumsGatherer(), group);
      }
    }
    keep();
    values();
    if (options.loss() != null) {
      gradients();
    }
    norms();
    uses();
  }

  // ------------------------------------------------------------- building

  private void keep() {
    for (Node node : graph.nodes()) {
      for (Var v : node.inputs()) {
        if (v.producer() == null && v.parameter() == null) {
          keepIn(kept, v);
        }
      }
    }
    for (Var v : options.outputs()) {
      if (v.parameter() == null) {
        keepIn(kept, v);
      }
    }
    for (Var v : options.keptGradients()) {
      if (graph.wantsGradient(v) && v.parameter() == null) {
        keepIn(keptGradients, v);
      }
    }
  }

  private void keepIn(Map<Var, Long> map, Var v) {
    if (!map.containsKey(v)) {
      map.put(v, keptFloats);
      keptFloats += (v.shape().size() + 15) & -16;
    }
  }

  private void values() {
    for (Node node : graph.nodes()) {
      Var v = tensors.isAbsorbed(node) ? null : tensors.written(node);
      if (v != null && !kept.containsKey(v)) {
        int at = schedule.forwardAt(node);
        values.put(v, new Buffer("value", v.shape().size(), at, at));
        if (checkpoints.isAgain(node)) {
          int again = schedule.againAt(node);
          valuesAgain.put(v, new Buffer("value again", v.shape().size(), again, again));
        }
      }
    }
  }

  private void gradients() {
    for (Node node : graph.nodes().reverse()) {
      if (!graph.inBackward(node) || tensors.isAbsorbed(node)) {
        continue;
      }
      for (int i = 0; i < node.inputs().size(); i++) {
        Var v = node.inputs().get(i);
        if (!graph.wantsGradient(v) || !node.op().differentiable(i)) {
          continue;
        }
        Parameter p = v.parameter();
        boolean first = firstWriters.putIfAbsent(p == null ? v : p, new Graph.Use(node, i)) == null;
        Group through = byInput.get(v);
        boolean virtual = through != null && through.gradientVirtual();
        if (first && p == null && !virtual && !keptGradients.containsKey(v)) {
          int at = schedule.backwardAt(node);
          gradients.put(
              v,
              passed.isPassed(node, i)
                  ? gradientOf(node.output())
                  : new Buffer("gradient", v.shape().size(), at, at));
        }
      }
    }
    Var loss = options.loss();
    if (loss != null && !keptGradients.containsKey(loss)) {
      gradients.put(loss, new Buffer("gradient", 1, schedule.lossAt(), schedule.lossAt()));
    }
    // a gradient is read by the backward pass of what made the tensor
    for (Node node : graph.nodes()) {
      if (graph.inBackward(node) && !tensors.isAbsorbed(node)) {
        Group group = groups.get(node);
        Var out = group == null ? node.output() : group.terminal();
        extend(gradients.get(out), schedule.backwardAt(node));
        Group through = byInput.get(node.output());
        if (through != null && through.gradientVirtual()) {
          extend(gradients.get(through.terminal()), schedule.backwardAt(node));
        }
      }
    }
  }

  private Buffer gradientOf(Var output) {
    Buffer buffer = gradients.get(output);
    if (buffer == null) {
      throw new AssertionError(output + " has no gradient to pass on");
    }
    return buffer;
  }

  private void norms() {
    for (Group group : groups.values()) {
      Node norm = group.norm();
      int channels = channels(group);
      int stride = Scratch.roundUp(channels);
      int at = schedule.forwardAt(norm);
      // to the end of the forward pass, so that what is not finite can be looked for
      coefficients.put(
          group,
          new Buffer(
              "coefficients", (long) NormOp.COEFFICIENT_VECTORS * stride, at, schedule.lossAt()));
      long bandFloats = 2L * bandCount(group) * stride;
      if (((NormOp) norm.op()).needsStatistics()) {
        int from = group.gatherer() == null ? at : schedule.forwardAt(group.gatherer());
        statistics.put(group, new Buffer("statistics", bandFloats, from, at));
      }
      if (graph.inBackward(norm)) {
        int back = schedule.backwardAt(norm);
        Graph.Use gatherer = group.sumsGatherer();
        sums.put(
            group,
            new Buffer(
                "gradient sums",
                bandFloats,
                gatherer == null ? back : schedule.backwardAt(gatherer.node()),
                back));
      }
    }
  }

  private void uses() {
    for (Node node : graph.nodes()) {
      if (tensors.isAbsorbed(node)) {
        continue;
      }
      for (int i = 0; i < node.inputs().size(); i++) {
        Var v = node.inputs().get(i);
        use(v, schedule.forwardAt(node), false);
        if (checkpoints.isAgain(node)) {
          use(v, schedule.againAt(node), true);
        }
        if (graph.inBackward(node) && node.op().backwardReadsInput(i)) {
          use(v, schedule.backwardAt(node), true);
        }
      }
      if (graph.inBackward(node) && node.op().backwardReadsOutput()) {
        Group group = groups.get(node);
        use(group == null ? node.output() : group.terminal(), schedule.backwardAt(node), true);
      }
    }
    for (Group group : groups.values()) {
      if (graph.inBackward(group.norm())) {
        Node last = group.gradientVirtual() ? group.input().producer() : null;
        int at = schedule.backwardAt(last == null ? group.norm() : last);
        use(group.input(), at, true);
        extend(coefficients.get(group), at);
      }
    }
  }

  private void use(Var v, int position, boolean late) {
    Group group = tensors.readThrough(v);
    if (group != null) {
      use(group.input(), position, late);
      extend(coefficients.get(group), position);
    } else {
      extend(value(v, late), position);
    }
  }

  private static void extend(@Nullable Buffer buffer, int position) {
    if (buffer != null) {
      buffer.extendTo(position);
    }
  }

  static int channels(Group group) {
    return group.input().shape().axis(-1);
  }

  /** The most bands that a norm's sums have. */
  int bandCount(Group group) {
    Var x = group.input();
    return RowBands.of(x.shape()).count(x.batched() ? capacity : x.shape().axis(0));
  }

  // ------------------------------------------------------------- while measuring

  void addWorkspace(int position, long floats) {
    workspaces.put(position, new Buffer("workspace", floats, position, position));
  }

  void addSaved(String key, long floats, int from, int to) {
    saved.merge(
        key,
        new Buffer("saved", floats, from, to),
        (old, fresh) -> {
          old.extendTo(fresh.to());
          return old;
        });
  }

  // ------------------------------------------------------------- looking up

  List<Buffer> all() {
    List<Buffer> all = new ArrayList<>(values.values());
    all.addAll(valuesAgain.values());
    all.addAll(Set.copyOf(gradients.values()));
    all.addAll(coefficients.values());
    all.addAll(statistics.values());
    all.addAll(sums.values());
    all.addAll(saved.values());
    all.addAll(workspaces.values());
    all.sort(
        Comparator.comparingInt(Buffer::from)
            .thenComparingInt(Buffer::to)
            .thenComparing(Buffer::what)
            .thenComparingLong(Buffer::floats));
    return all;
  }

  List<Buffer> workspaces(int position) {
    return workspaces.get(position);
  }

  @Nullable Buffer saved(String key) {
    return saved.get(key);
  }

  /** The value as the forward pass reads it, or as the backward pass and what runs again do. */
  @Nullable Buffer value(Var v, boolean late) {
    Buffer again = late ? valuesAgain.get(v) : null;
    return again == null ? values.get(v) : again;
  }

  @Nullable Buffer gradient(Var v) {
    return gradients.get(v);
  }

  /** Whether the gradient of an input is the output's, in the output's place. */
  boolean isPassed(Node node, int input) {
    return passed.isPassed(node, input);
  }

  @Nullable Buffer coefficients(Group group) {
    return coefficients.get(group);
  }

  @Nullable Buffer statistics(Group group) {
    return statistics.get(group);
  }

  @Nullable Buffer sums(Group group) {
    return sums.get(group);
  }

  Tensors tensors() {
    return tensors;
  }

  Schedule schedule() {
    return schedule;
  }

  Checkpoints checkpoints() {
    return checkpoints;
  }

  /** The norm the sums of whose gradient a node gathers as those of an input. */
  @Nullable Group summedBy(Node node, int input) {
    return bySumsGatherer.get(new Graph.Use(node, input));
  }

  /** The norm whose statistics a node gathers. */
  @Nullable Group gatheredBy(Node node) {
    return byGatherer.get(node);
  }

  @Nullable Group ofInput(Var input) {
    return byInput.get(input);
  }

  boolean isFirstWriter(Node node, int input) {
    Var v = node.inputs().get(input);
    Parameter p = v.parameter();
    return new Graph.Use(node, input).equals(firstWriters.get(p == null ? v : p));
  }

  /** Whether the backward pass writes the gradient of a parameter. */
  boolean writesGradient(Parameter p) {
    return firstWriters.containsKey(p);
  }

  @Nullable Long kept(Var v) {
    return kept.get(v);
  }

  @Nullable Long keptGradient(Var v) {
    return keptGradients.get(v);
  }

  long keptFloats() {
    return keptFloats;
  }
}
