package dev.tapewise.autodiff.compile;

import com.google.common.collect.ImmutableList;
import dev.tapewise.autodiff.Node;
import dev.tapewise.autodiff.NormOp;
import dev.tapewise.autodiff.Var;
import dev.tapewise.autodiff.Work;

/** Counts what every pass of a program reads, writes and multiplies, fusion considered. */
final class Traffic {
  /** The factors of a product come first; a bias behind them costs no products. */
  private static final int FACTORS = 2;

  private final CompiledPlan plan;
  private final Graph graph;
  private final Layout layout;
  private final Tensors tensors;

  private Traffic(CompiledPlan plan) {
    this.plan = plan;
    this.graph = plan.graph();
    this.layout = plan.layout();
    this.tensors = layout.tensors();
  }

  /** The forward passes in order, then the backward passes in order. */
  static ImmutableList<Work> of(CompiledPlan plan) {
    Traffic traffic = new Traffic(plan);
    ImmutableList.Builder<Work> work = ImmutableList.builder();
    for (Node node : plan.graph().nodes()) {
      if (!traffic.tensors.isAbsorbed(node)) {
        work.add(traffic.forward(node));
      }
    }
    for (Node node : plan.graph().nodes().reverse()) {
      if (traffic.tensors.isAbsorbed(node)) {
        continue;
      }
      if (traffic.graph.inBackward(node)) {
        work.add(traffic.backward(node));
      }
      if (plan.layout().checkpoints().isAgain(node)) {
        work.add(traffic.again(node));
      }
    }
    return work.build();
  }

  private Work forward(Node node) {
    Group group = tensors.groupOf(node);
    long gathered =
        group != null
                && node.op() instanceof NormOp norm
                && norm.needsStatistics()
                && group.gatherer() == null
            ? size(group.input())
            : 0;
    return work(node, node.label(), false, 1, gathered + results(node));
  }

  private Work again(Node node) {
    return work(node, CompiledPlan.againLabel(node), true, 1, results(node));
  }

  /** Floats of what a forward pass reads for its result, and of the result. */
  private long results(Node node) {
    Group group = tensors.groupOf(node);
    if (group != null) {
      return group.virtual() ? 0 : size(group.input()) + size(group.terminal());
    }
    long floats = size(node.output());
    for (Var input : node.inputs()) {
      floats += size(input);
    }
    return floats;
  }

  private Work backward(Node node) {
    Group group = tensors.groupOf(node);
    long floats = 0;
    int gradients = 0;
    if (group != null) {
      long read = size(group.input()) + size(group.terminal());
      floats += group.sumsGatherer() == null ? read : 0;
      floats += group.gradientVirtual() ? 0 : read + size(group.input());
    } else {
      floats += passesAll(node) ? 0 : gradientRead(node.output());
      floats += node.op().backwardReadsOutput() ? size(node.output()) : 0;
      for (int i = 0; i < node.inputs().size(); i++) {
        Var input = node.inputs().get(i);
        floats += node.op().backwardReadsInput(i) ? size(input) : 0;
        if (isWritten(node, i)) {
          floats += size(input);
          gradients += i < FACTORS ? 1 : 0;
        }
      }
    }
    return work(node, node.label(), true, gradients, floats);
  }

  /** Whether a backward pass writes the gradient of an input. */
  private boolean isWritten(Node node, int input) {
    return graph.wantsGradient(node.inputs().get(input))
        && node.op().differentiable(input)
        && !layout.isPassed(node, input);
  }

  /** Whether a backward pass only passes its gradient on. */
  private boolean passesAll(Node node) {
    int written = 0;
    int passed = 0;
    for (int i = 0; i < node.inputs().size(); i++) {
      written += isWritten(node, i) ? 1 : 0;
      passed += layout.isPassed(node, i) ? 1 : 0;
    }
    return passed > 0 && written == 0;
  }

  /** A gradient that is read through a norm takes the norm's input, too. */
  private long gradientRead(Var output) {
    Group through = layout.ofInput(output);
    return through != null && through.gradientVirtual() ? 2 * size(output) : size(output);
  }

  private Work work(Node node, String label, boolean backward, int products, long floats) {
    long images = node.output().batched() ? plan.capacity() : 1;
    long multiplyAdds = products * images * node.op().multiplyAdds();
    return new Work(label, node, backward, multiplyAdds, floats * Float.BYTES);
  }

  private static long size(Var v) {
    return v.shape().size();
  }
}
