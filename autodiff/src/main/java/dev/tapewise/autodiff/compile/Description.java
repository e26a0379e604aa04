package dev.tapewise.autodiff.compile;

import dev.tapewise.autodiff.Node;
import dev.tapewise.autodiff.NormOp;
import dev.tapewise.autodiff.Var;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The text of {@code Program.describe()}. */
final class Description {
  private Description() {}

  static String of(CompiledPlan plan) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%d ops, capacity %d, arena %.1f MB of which %.1f MB live at once, kept %.1f MB,"
                + " scratch %.1f KB per thread%n",
            plan.graph().nodes().size(),
            plan.capacity(),
            plan.arenaFloats() * 4 / 1e6,
            plan.fewestFloats() * 4 / 1e6,
            plan.keptFloats() * 4 / 1e6,
            plan.scratchFloats() * 4 / 1e3));
    for (Node node : plan.graph().nodes()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-60s %-22s %10.3f MB  %s%n",
              node.label(),
              node.output().shape(),
              megabytes(plan, node.output()),
              remark(plan, node)));
    }
    return text.toString();
  }

  private static double megabytes(CompiledPlan plan, Var v) {
    Buffer buffer = plan.layout().value(v, false);
    return buffer == null ? 0 : buffer.floats() * 4 / 1e6;
  }

  private static String remark(CompiledPlan plan, Node node) {
    if (plan.layout().tensors().isAbsorbed(node)) {
      return "absorbed by the norm";
    }
    String again = plan.layout().checkpoints().isAgain(node) ? "computed again in backward" : "";
    Group group = plan.groups().get(node);
    if (group == null) {
      String passed = passed(plan, node);
      return passed.isEmpty() || again.isEmpty() ? passed + again : passed + "; " + again;
    }
    StringBuilder remark = new StringBuilder();
    int readers = plan.graph().uses(group.terminal()).size();
    remark.append(
        group.virtual()
            ? readers == 1 ? "read by its consumer" : "read by its consumers"
            : "written once: " + group.why());
    if (!(node.op() instanceof NormOp norm && norm.needsStatistics())) {
      remark.append("; running statistics");
    } else {
      remark.append(
          group.gatherer() != null ? "; statistics by the producer" : "; statistics in a pass");
    }
    if (plan.graph().inBackward(node)) {
      remark.append(
          group.sumsGatherer() != null
              ? "; gradient sums by " + gatherer(group, group.sumsGatherer())
              : "; gradient sums in a pass");
      remark.append(
          group.gradientVirtual() ? "; gradient read by the producer" : "; gradient written once");
    }
    return again.isEmpty() ? remark.toString() : remark + "; " + again;
  }

  private static String gatherer(Group group, Graph.Use use) {
    boolean direct = use.node().inputs().get(use.input()) == group.terminal();
    return direct ? "the consumer" : use.node().label();
  }

  private static String passed(CompiledPlan plan, Node node) {
    String names =
        IntStream.range(0, node.inputs().size())
            .filter(i -> plan.layout().isPassed(node, i))
            .mapToObj(i -> node.inputs().get(i).name())
            .collect(Collectors.joining(" and "));
    return names.isEmpty() ? "" : "gradient passed on to " + names;
  }
}
