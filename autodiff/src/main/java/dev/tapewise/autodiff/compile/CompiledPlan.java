package dev.tapewise.autodiff.compile;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.tapewise.autodiff.Arena;
import dev.tapewise.autodiff.Clock;
import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Node;
import dev.tapewise.autodiff.NormOp;
import dev.tapewise.autodiff.Parameter;
import dev.tapewise.autodiff.Plan;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.TensorView;
import dev.tapewise.autodiff.Var;
import dev.tapewise.autodiff.Work;
import dev.tapewise.core.Slab;
import dev.tapewise.core.Task;
import dev.tapewise.core.Workers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A measured layout, ready to be bound to an arena once every buffer has its place. */
final class CompiledPlan implements Plan {
  private final Graph graph;
  private final CompileOptions options;
  private final ImmutableMap<Node, Group> groups;
  private final Layout layout;
  private final Clock clock = new Clock();
  private final int capacity;
  private final MemoryPlan places;
  private Slab kept = Slab.allocate(0);
  private final Requests requests = new Requests();

  /** What ops asked for while they were measured. */
  static final class Requests {
    int scratchFloats;
    int scratchInts;
    int fewest = 1;
    String fewestReason = "";
  }

  CompiledPlan(
      Graph graph,
      CompileOptions options,
      PassedGradients passed,
      ImmutableMap<Node, Group> groups,
      Checkpoints checkpoints) {
    this.graph = graph;
    this.options = options;
    this.groups = groups;
    this.capacity = capacity(graph);
    this.layout = new Layout(graph, options, passed, groups, checkpoints, capacity);
    bind(new Memory(true, new float[0], 0, new float[0], 0));
    this.places = new MemoryPlan(layout.all());
  }

  /** The floats that no arena of this plan can do without. */
  long fewestFloats() {
    return places.fewest();
  }

  /** Gives every buffer its place in an arena of {@link #arenaFloats}. */
  void place() {
    places.place();
  }

  /** Takes the memory of inputs and kept outputs, after a check that everything fits. */
  void allocate(Tape tape, Workers workers, Arena arena) {
    HeapCheck.check(this, tape, workers, arena);
    kept = Slab.allocate(layout.keptFloats());
  }

  private static int capacity(Graph graph) {
    Var first = null;
    for (Node node : graph.nodes()) {
      for (Var v : node.inputs()) {
        if (v.producer() == null && v.batched()) {
          if (first == null) {
            first = v;
          } else if (first.shape().axis(0) != v.shape().axis(0)) {
            throw new IllegalArgumentException(
                "inputs disagree about the batch: " + first + " and " + v);
          }
        }
      }
    }
    return first == null ? 1 : first.shape().axis(0);
  }

  /** The arrays to bind to; none while measuring. */
  record Memory(boolean measuring, float[] arena, int base, float[] kept, int keptBase) {}

  @Override
  public Bound bind(float[] memory, int base) {
    return bind(new Memory(false, memory, base, kept.array(), kept.base()));
  }

  private Bound bind(Memory memory) {
    List<Task> forward = new ArrayList<>();
    List<Task> backward = new ArrayList<>();
    List<String> forwardLabels = new ArrayList<>();
    List<String> backwardLabels = new ArrayList<>();
    List<Probe> probes = new ArrayList<>();
    if (options.poison() && !memory.measuring()) {
      forward.add(PoisonTask.everything(memory, arenaFloats()));
    }
    Steps steps = new Steps(memory, probes);
    for (Node node : graph.nodes()) {
      steps.bind(node, NodeBinding.Pass.FORWARD, forward, forwardLabels);
    }
    Var loss = options.loss();
    if (loss != null) {
      bindBackward(memory, loss, backward, backwardLabels, probes);
    }
    return new Bound(
        forward.toArray(Task[]::new),
        backward.toArray(Task[]::new),
        ImmutableList.copyOf(forwardLabels),
        ImmutableList.copyOf(backwardLabels),
        ImmutableList.copyOf(probes));
  }

  private void bindBackward(
      Memory memory, Var loss, List<Task> backward, List<String> labels, List<Probe> probes) {
    Node producer = loss.producer();
    if (producer == null || !graph.inBackward(producer)) {
      return;
    }
    int lossAt = layout.schedule().lossAt();
    NodeBinding seed =
        new NodeBinding(
            this, memory, producer, NodeBinding.Pass.BACKWARD, lossAt, backward, probes);
    seed.seed();
    if (!memory.measuring()) {
      for (Parameter p : loss.tape().parameters().trainable()) {
        if (!layout.writesGradient(p)) {
          backward.add(new ZeroGradient(p));
        }
      }
    }
    poison(memory, lossAt, backward);
    label(labels, producer.label(), backward);
    Steps steps = new Steps(memory, probes);
    for (List<Node> segment : layout.checkpoints().segments().reverse()) {
      for (Node node : segment) {
        if (layout.checkpoints().isAgain(node)) {
          steps.bind(node, NodeBinding.Pass.AGAIN, backward, labels);
        }
      }
      for (Node node : segment.reversed()) {
        if (graph.inBackward(node)) {
          steps.bind(node, NodeBinding.Pass.BACKWARD, backward, labels);
        }
      }
    }
  }

  /** Binds nodes one after the other. */
  private final class Steps {
    private final Memory memory;
    private final List<Probe> probes;

    Steps(Memory memory, List<Probe> probes) {
      this.memory = memory;
      this.probes = probes;
    }

    void bind(Node node, NodeBinding.Pass pass, List<Task> tasks, List<String> labels) {
      if (layout.tensors().isAbsorbed(node)) {
        return;
      }
      Schedule schedule = layout.schedule();
      int position =
          switch (pass) {
            case FORWARD -> schedule.forwardAt(node);
            case AGAIN -> schedule.againAt(node);
            case BACKWARD -> schedule.backwardAt(node);
          };
      NodeBinding binding =
          new NodeBinding(CompiledPlan.this, memory, node, pass, position, tasks, probes);
      Group group = groups.get(node);
      if (group != null && node.op() instanceof NormOp norm) {
        switch (pass) {
          case FORWARD -> norm.forward(binding, binding.form(group));
          case AGAIN -> norm.again(binding, binding.form(group));
          case BACKWARD -> norm.backward(binding, binding.form(group));
        }
      } else if (pass == NodeBinding.Pass.BACKWARD) {
        node.op().backward(binding);
      } else {
        node.op().forward(binding);
      }
      binding.addTemporaries();
      poison(memory, position, tasks);
      label(labels, pass == NodeBinding.Pass.AGAIN ? againLabel(node) : node.label(), tasks);
    }
  }

  /** What the tasks of a node are called that is computed again. */
  static String againLabel(Node node) {
    return node.label() + " again";
  }

  /** Names the tasks that were added since the last call. */
  private static void label(List<String> labels, String label, List<Task> tasks) {
    while (labels.size() < tasks.size()) {
      labels.add(label);
    }
  }

  private void poison(Memory memory, int position, List<Task> tasks) {
    if (options.poison() && !memory.measuring()) {
      for (Buffer buffer : layout.all()) {
        if (buffer.to() == position) {
          tasks.add(PoisonTask.of(memory, buffer));
        }
      }
    }
  }

  Layout layout() {
    return layout;
  }

  Graph graph() {
    return graph;
  }

  CompileOptions options() {
    return options;
  }

  Requests requests() {
    return requests;
  }

  ImmutableMap<Node, Group> groups() {
    return groups;
  }

  @Override
  public long arenaFloats() {
    return places.size();
  }

  @Override
  public long keptFloats() {
    return layout.keptFloats();
  }

  @Override
  public int scratchFloats() {
    return requests.scratchFloats;
  }

  @Override
  public int scratchInts() {
    return requests.scratchInts;
  }

  @Override
  public int capacity() {
    return capacity;
  }

  @Override
  public int fewest() {
    return requests.fewest;
  }

  @Override
  public String fewestReason() {
    return requests.fewestReason;
  }

  @Override
  public @Nullable TensorView value(Var var) {
    return view(var, layout.kept(var));
  }

  @Override
  public @Nullable TensorView gradient(Var var) {
    return view(var, layout.keptGradient(var));
  }

  private @Nullable TensorView view(Var var, @Nullable Long at) {
    return at == null
        ? null
        : TensorView.of(var.name(), kept.array(), Math.toIntExact(kept.base() + at), var.shape());
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public ImmutableList<Work> work() {
    return Traffic.of(this);
  }

  @Override
  public String describe() {
    return Description.of(this);
  }
}
