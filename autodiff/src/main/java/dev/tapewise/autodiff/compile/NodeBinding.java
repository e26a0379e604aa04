package dev.tapewise.autodiff.compile;

import dev.tapewise.autodiff.BandGradientSums;
import dev.tapewise.autodiff.BandStatistics;
import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.Clock;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Node;
import dev.tapewise.autodiff.NormForm;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.autodiff.Parameter;
import dev.tapewise.autodiff.Plan;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Task;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Kernels;
import dev.tapewise.core.kernel.Reading;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One pass of one node, while it is measured or bound. */
final class NodeBinding implements Binding {
  private final CompiledPlan plan;
  private final Layout layout;
  private final CompiledPlan.Memory memory;
  private final Node node;
  private final Pass pass;
  private final int position;
  private final List<Task> tasks;
  private final List<Plan.Probe> probes;
  private final List<Task> additions = new ArrayList<>();
  private final Map<Integer, GradientTarget> targets = new HashMap<>();
  private int workspaces;

  /** When a node runs. */
  enum Pass {
    FORWARD,
    /** Forward once more, in the backward pass. */
    AGAIN,
    BACKWARD
  }

  NodeBinding(
      CompiledPlan plan,
      CompiledPlan.Memory memory,
      Node node,
      Pass pass,
      int position,
      List<Task> tasks,
      List<Plan.Probe> probes) {
    this.plan = plan;
    this.layout = plan.layout();
    this.memory = memory;
    this.node = node;
    this.pass = pass;
    this.position = position;
    this.tasks = tasks;
    this.probes = probes;
  }

  @Override
  public Kernels kernels() {
    return plan.options().kernels();
  }

  @Override
  public int capacity() {
    return plan.capacity();
  }

  @Override
  public Clock clock() {
    return plan.clock();
  }

  @Override
  public Operand input(int input) {
    return operand(node.inputs().get(input));
  }

  @Override
  public Operand output() {
    Group group = layout.tensors().groupOf(node);
    return operand(group == null ? node.output() : group.terminal());
  }

  private Operand operand(Var v) {
    Group through = layout.tensors().readThrough(v);
    Operand plain = through == null ? plain(v) : plain(through.input());
    if (through == null) {
      return plain;
    }
    NormForm form = form(through);
    Reading reading =
        new Reading(
            plain.data(),
            plain.offset(),
            memory.arena(),
            form.scale(),
            form.shift(),
            through.function());
    return new Operand(plain.data(), plain.offset(), v.shape(), v.batched(), reading);
  }

  private Operand plain(Var v) {
    Parameter p = v.parameter();
    if (p != null) {
      return memory.measuring()
          ? operand(v, memory.arena(), 0)
          : operand(v, p.values(), p.valueOffset());
    }
    Long kept = layout.kept(v);
    if (kept != null) {
      return operand(v, memory.kept(), at(memory.keptBase(), kept));
    }
    Buffer buffer = layout.value(v, pass != Pass.FORWARD);
    return operand(v, memory.arena(), buffer == null ? 0 : at(buffer));
  }

  private static Operand operand(Var v, float[] data, int offset) {
    return new Operand(data, offset, v.shape(), v.batched(), Reading.raw(data, offset));
  }

  private int at(Buffer buffer) {
    return memory.measuring() ? 0 : at(memory.base(), buffer.offset());
  }

  private int at(int base, long offset) {
    return memory.measuring() ? 0 : Math.toIntExact(base + offset);
  }

  @Override
  public GradientReading outputGradient() {
    Group group = layout.tensors().groupOf(node);
    if (group != null) {
      return rawGradient(group.terminal());
    }
    Group through = layout.ofInput(node.output());
    if (through != null && through.gradientVirtual()) {
      return throughNorm(through);
    }
    return rawGradient(node.output());
  }

  private GradientReading rawGradient(Var v) {
    GradientTarget target = gradientPlace(v, false);
    return GradientReading.raw(target.data(), target.offset());
  }

  private GradientReading throughNorm(Group group) {
    GradientTarget g = gradientPlace(group.terminal(), false);
    Operand z = plain(group.input());
    NormForm form = form(group);
    return gate(group, g, z, form);
  }

  private GradientReading gate(Group group, GradientTarget g, Operand z, NormForm form) {
    return new GradientReading(
        g.data(),
        g.offset(),
        z.data(),
        z.offset(),
        memory.arena(),
        form.scale(),
        form.shift(),
        form.a(),
        form.b(),
        form.d(),
        group.function());
  }

  private GradientTarget gradientPlace(Var v, boolean add) {
    Parameter p = v.parameter();
    if (p != null) {
      return memory.measuring()
          ? new GradientTarget(memory.arena(), 0, add)
          : new GradientTarget(p.gradients(), p.gradientOffset(), add);
    }
    Long kept = layout.keptGradient(v);
    if (kept != null) {
      return new GradientTarget(memory.kept(), at(memory.keptBase(), kept), add);
    }
    Buffer buffer = layout.gradient(v);
    return new GradientTarget(memory.arena(), buffer == null ? 0 : at(buffer), add);
  }

  @Override
  public @Nullable GradientTarget inputGradient(int input) {
    Var v = node.inputs().get(input);
    if (!plan.graph().wantsGradient(v)
        || !node.op().differentiable(input)
        || layout.isPassed(node, input)) {
      return null;
    }
    GradientTarget target = targets.get(input);
    if (target == null) {
      target = target(v, input);
      targets.put(input, target);
    }
    return target;
  }

  private GradientTarget target(Var v, int input) {
    boolean add = !layout.isFirstWriter(node, input);
    GradientTarget place = gradientPlace(v, add);
    if (!add || node.op().addsGradient(input)) {
      return place;
    }
    int temporary = workspace(v.shape().size());
    Operand shape = operand(v, memory.arena(), temporary);
    additions.add(new AddTask(kernels().elementwise(), place, shape));
    return new GradientTarget(memory.arena(), temporary, false);
  }

  /** Adds what the op could not add itself. */
  void addTemporaries() {
    tasks.addAll(additions);
  }

  /** Sets the gradient of the loss to 1. */
  void seed() {
    GradientTarget place = gradientPlace(node.output(), false);
    tasks.add(
        new Task() {
          @Override
          public int chunks(int batch) {
            return 1;
          }

          @Override
          public void run(int chunk, int batch, Scratch scratch) {
            place.data()[place.offset()] = 1;
          }
        });
  }

  @Override
  public float[] memory() {
    return memory.arena();
  }

  @Override
  public int workspace(long floats) {
    if (memory.measuring()) {
      layout.addWorkspace(position, floats);
      return 0;
    }
    return at(layout.workspaces(position).get(workspaces++));
  }

  @Override
  public int saved(String name, long floats) {
    String key = node.index() + " " + name;
    if (memory.measuring()) {
      layout.addSaved(key, floats, layout.schedule().forwardAt(node), position);
      return 0;
    }
    Buffer buffer = layout.saved(key);
    if (buffer == null) {
      throw new IllegalStateException(
          node
              + " asks for the saved buffer \""
              + name
              + "\" that it did not ask for when measured");
    }
    return at(buffer);
  }

  @Override
  public void scratch(int floats, int ints) {
    CompiledPlan.Requests requests = plan.requests();
    requests.scratchFloats = Math.max(requests.scratchFloats, floats);
    requests.scratchInts = Math.max(requests.scratchInts, ints);
  }

  @Override
  public void play(Task task) {
    tasks.add(task);
  }

  @Override
  public @Nullable BandStatistics statistics() {
    Group group = pass == Pass.FORWARD ? layout.gatheredBy(node) : null;
    return group == null ? null : form(group).statistics();
  }

  @Override
  public @Nullable BandGradientSums gradientSums(int input) {
    Group group = layout.summedBy(node, input);
    return group == null ? null : form(group).sums();
  }

  @Override
  public void requireBatch(int images, String reason) {
    CompiledPlan.Requests requests = plan.requests();
    if (images > requests.fewest) {
      requests.fewest = images;
      requests.fewestReason = reason + " (" + node.label() + ")";
    }
  }

  @Override
  public void probe(String what, int offset, int count) {
    if (pass == Pass.FORWARD) {
      probes.add(new Plan.Probe(node.label(), what, memory.arena(), offset, count));
    }
  }

  /** The form of a group, with all its buffers in place. */
  NormForm form(Group group) {
    int stride = Scratch.roundUp(Layout.channels(group));
    int half = layout.bandCount(group) * stride;
    Buffer coefficientBuffer = layout.coefficients(group);
    Buffer statisticsBuffer = layout.statistics(group);
    Buffer sumsBuffer = layout.sums(group);
    int statistics = statisticsBuffer == null ? 0 : at(statisticsBuffer);
    int sums = sumsBuffer == null ? 0 : at(sumsBuffer);
    int coefficients = coefficientBuffer == null ? 0 : at(coefficientBuffer);
    Operand z = plain(group.input());
    BandStatistics bandStatistics =
        new BandStatistics(memory.arena(), statistics, statistics + half, stride);
    NormForm form =
        new NormForm(
            group.gatherer() != null,
            !group.virtual(),
            group.function(),
            group.sumsGatherer() != null,
            !group.gradientVirtual(),
            coefficients,
            stride,
            bandStatistics,
            new BandGradientSums(
                memory.arena(),
                sums,
                sums + half,
                stride,
                GradientReading.raw(memory.arena(), 0),
                memory.arena(),
                coefficients));
    BandGradientSums bandSums =
        new BandGradientSums(
            memory.arena(),
            sums,
            sums + half,
            stride,
            gate(group, gradientPlace(group.terminal(), false), z, form),
            memory.arena(),
            form.mean());
    return new NormForm(
        form.statisticsGathered(),
        form.materialised(),
        form.activation(),
        form.sumsGathered(),
        form.gradientMaterialised(),
        coefficients,
        stride,
        bandStatistics,
        bandSums);
  }
}
