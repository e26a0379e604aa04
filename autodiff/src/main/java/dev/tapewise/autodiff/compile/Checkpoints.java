package dev.tapewise.autodiff.compile;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Iterables;
import dev.tapewise.autodiff.Node;
import dev.tapewise.autodiff.Var;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is computed again in the backward pass instead of being kept (Chen, Xu, Zhang and Guestrin
 * 2016, arXiv:1604.06174). The nodes are cut into segments, and what a segment's backward pass
 * needs of its nodes again runs right before it. There are two ways:
 *
 * <ul>
 *   <li>Whole segments, where asked for: a tensor that a later segment reads is kept; any other
 *       lives through its segment's forward pass only. The last segment is kept whole.
 *   <li>Otherwise only what is {@linkplain dev.tapewise.autodiff.Op#cheapToRepeat cheap} and made
 *       of tensors that are kept anyway, such as the sum of a block and its shortcut.
 * </ul>
 *
 * <p>Running again gives the same bits: every sum has its order, random numbers depend on seed and
 * step alone, and norms keep their statistics and do not gather them twice.
 */
final class Checkpoints {
  private final ImmutableList<List<Node>> segments;
  private final ImmutableSet<Node> again;

  private Checkpoints(ImmutableList<List<Node>> segments, ImmutableSet<Node> again) {
    this.segments = segments;
    this.again = again;
  }

  /** Keeps everything. */
  static Checkpoints none(Graph graph) {
    return new Checkpoints(ImmutableList.of(graph.nodes()), ImmutableSet.of());
  }

  /** Keeps everything but what is cheap and made of what is kept anyway. */
  static Checkpoints cheap(Graph graph, Tensors tensors) {
    return new Cutter(graph, tensors).cheap();
  }

  /** Several ways to cut, from small segments to large ones; which is best, the plan tells. */
  static List<Checkpoints> candidates(Graph graph, Tensors tensors) {
    Cutter cutter = new Cutter(graph, tensors);
    Set<List<Integer>> cuts = new LinkedHashSet<>();
    for (double most = cutter.total(); most >= cutter.largest(); most *= 0.8) {
      cuts.add(cutter.cut((long) most));
    }
    List<Checkpoints> candidates = new ArrayList<>();
    for (List<Integer> cut : cuts) {
      candidates.add(cutter.checkpoints(cut));
    }
    return candidates;
  }

  /** The nodes in forward order, cut into segments. */
  ImmutableList<List<Node>> segments() {
    return segments;
  }

  /** Whether any node runs once more in the backward pass. */
  boolean repeats() {
    return !again.isEmpty();
  }

  /** Whether a node runs once more in the backward pass. */
  boolean isAgain(Node node) {
    return again.contains(node);
  }

  /** Knows how far each tensor is read in the forward pass. */
  private static final class Cutter {
    private final Graph graph;
    private final Tensors tensors;
    private final Map<Var, Integer> writtenAt = new HashMap<>();
    private final Map<Var, Integer> lastRead = new HashMap<>();
    private final int count;
    private final long[] floats;
    private final int[] last;

    Cutter(Graph graph, Tensors tensors) {
      this.graph = graph;
      this.tensors = tensors;
      List<Node> nodes = graph.nodes();
      count = nodes.size();
      floats = new long[count];
      last = new int[count];
      for (int i = 0; i < count; i++) {
        Node node = nodes.get(i);
        if (tensors.isAbsorbed(node)) {
          continue;
        }
        for (Var v : node.inputs()) {
          read(tensors.stored(v), i);
        }
        for (Var v : summedReads(node)) {
          read(tensors.stored(v), i);
        }
        Var written = tensors.written(node);
        if (written != null && !graph.isKept(written)) {
          writtenAt.put(written, i);
          floats[i] = written.shape().size();
        }
      }
      writtenAt.forEach((v, i) -> last[i] = lastRead.getOrDefault(v, i));
    }

    private void read(Var stored, int at) {
      lastRead.merge(stored, at, Math::max);
    }

    long total() {
      return Arrays.stream(floats).sum();
    }

    long largest() {
      return Math.max(1, Arrays.stream(floats).max().orElse(1));
    }

    /**
     * The ends of segments that have at most {@code most} floats of their own each and together
     * keep the fewest: the best way to each node follows from the best ways to those before it.
     */
    List<Integer> cut(long most) {
      long[] kept = new long[count + 1];
      int[] from = new int[count + 1];
      for (int end = 1; end <= count; end++) {
        kept[end] = Long.MAX_VALUE;
        long own = 0;
        for (int begin = end - 1; begin >= 0; begin--) {
          own += last[begin] < end ? floats[begin] : 0;
          if (own > most && begin < end - 1) {
            break;
          }
          if (kept[begin] < kept[end]) {
            kept[end] = kept[begin];
            from[end] = begin;
          }
        }
        kept[end] += end < count ? crossing(end) : 0;
      }
      List<Integer> ends = new ArrayList<>();
      for (int end = count; end > 0; end = from[end]) {
        ends.add(end);
      }
      return ends.reversed();
    }

    /** Floats that are written before a node and read by it or later. */
    private long crossing(int node) {
      long sum = 0;
      for (int i = 0; i < node; i++) {
        sum += last[i] >= node ? floats[i] : 0;
      }
      return sum;
    }

    Checkpoints checkpoints(List<Integer> ends) {
      ImmutableList.Builder<List<Node>> segments = ImmutableList.builder();
      ImmutableSet.Builder<Node> again = ImmutableSet.builder();
      int begin = 0;
      for (int end : ends) {
        segments.add(graph.nodes().subList(begin, end));
        if (end < count) {
          addAgain(again, begin, end);
        }
        begin = end;
      }
      return new Checkpoints(segments.build(), again.build());
    }

    /** Adds what a segment's backward pass needs that the segment alone reads. */
    private void addAgain(ImmutableSet.Builder<Node> again, int begin, int end) {
      Deque<Var> open = new ArrayDeque<>();
      for (Node node : graph.nodes().subList(begin, end)) {
        open.addAll(backwardReads(node));
      }
      Set<Var> seen = new HashSet<>();
      while (!open.isEmpty()) {
        Var v = tensors.stored(open.remove());
        Integer at = writtenAt.get(v);
        if (at == null || at < begin || at >= end || last[at] >= end || !seen.add(v)) {
          continue;
        }
        Node writer = graph.nodes().get(at);
        again.add(writer);
        open.addAll(writer.inputs());
      }
    }

    Checkpoints cheap() {
      Map<Var, Integer> first = new HashMap<>();
      Map<Var, Integer> last = new HashMap<>();
      for (int i = 0; i < count; i++) {
        Node node = graph.nodes().get(i);
        for (Var v : Iterables.concat(backwardReads(node), summedReads(node))) {
          first.putIfAbsent(tensors.stored(v), i);
          last.put(tensors.stored(v), i);
        }
      }
      Set<Node> again = new LinkedHashSet<>();
      for (int i = 0; i < count; i++) {
        Node node = graph.nodes().get(i);
        Var y = node.output();
        if (node.op().cheapToRepeat()
            && writtenAt.containsKey(y)
            && last.getOrDefault(y, i) > i
            && hasInputs(node, i, first, again)) {
          again.add(node);
        }
      }
      // what runs again reads its inputs where the readers of its output have their backward pass
      for (Node node : ImmutableList.copyOf(again).reverse()) {
        int reader = last.getOrDefault(node.output(), 0);
        node.inputs().forEach(v -> last.merge(tensors.stored(v), reader, Math::max));
      }
      return new Checkpoints(segmentsOf(again, last), ImmutableSet.copyOf(again));
    }

    /**
     * Whether all inputs of a node are there when the backward pass gets near it: kept for a reader
     * at the node or before it in forward order, computed again, or never in the arena.
     */
    private boolean hasInputs(Node node, int at, Map<Var, Integer> first, Set<Node> again) {
      for (Var v : node.inputs()) {
        Var stored = tensors.stored(v);
        Integer written = writtenAt.get(stored);
        if (written != null
            && first.getOrDefault(stored, count) > at
            && !again.contains(graph.nodes().get(written))) {
          return false;
        }
      }
      return true;
    }

    /** Cuts behind the last reader of what runs again, unless that lies within another's reach. */
    private ImmutableList<List<Node>> segmentsOf(Set<Node> again, Map<Var, Integer> last) {
      ImmutableList.Builder<List<Node>> segments = ImmutableList.builder();
      int begin = 0;
      int reach = -1;
      for (int i = 0; i < count; i++) {
        Node node = graph.nodes().get(i);
        if (again.contains(node)) {
          reach = Math.max(reach, last.getOrDefault(node.output(), 0));
        }
        if (i == reach || i == count - 1) {
          segments.add(graph.nodes().subList(begin, i + 1));
          begin = i + 1;
        }
      }
      return segments.build();
    }

    /** What a node's backward pass looks at because it sums its gradient. */
    private List<Var> summedReads(Node node) {
      return tensors.summedBy(node).stream().map(Group::input).toList();
    }

    private List<Var> backwardReads(Node node) {
      List<Var> reads = new ArrayList<>();
      if (!graph.inBackward(node) || tensors.isAbsorbed(node)) {
        return reads;
      }
      for (int i = 0; i < node.inputs().size(); i++) {
        if (node.op().backwardReadsInput(i)) {
          reads.add(node.inputs().get(i));
        }
      }
      Group group = tensors.groupOf(node);
      if (group != null) {
        reads.add(group.input());
      }
      if (node.op().backwardReadsOutput()) {
        reads.add(group == null ? node.output() : group.terminal());
      }
      return reads;
    }
  }
}
