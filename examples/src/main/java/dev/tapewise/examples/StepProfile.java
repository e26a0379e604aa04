package dev.tapewise.examples;

import com.google.common.collect.ImmutableList;
import dev.tapewise.autodiff.Parameter;
import dev.tapewise.autodiff.TaskTime;
import dev.tapewise.autodiff.Work;
import dev.tapewise.nn.train.TrainingStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the passes of a training step cost, each by the median of some steps that were played task
 * by task.
 *
 * @param costs forward in order, then backward in order, then the update
 */
record StepProfile(ImmutableList<Cost> costs) {
  /** Weight, gradient and velocity are read, weight and velocity are written. */
  private static final int UPDATE_PASSES = 5;

  private record Key(String label, boolean backward) {}

  /** Plays {@code rounds} steps that count, and one before them. */
  static StepProfile of(TrainingStep step, int batch, float learningRate, int rounds) {
    Map<Key, long[]> nanos = new LinkedHashMap<>();
    long[] updates = new long[rounds];
    for (int round = -1; round < rounds; round++) {
      int at = Math.max(round, 0);
      if (round == 0) {
        nanos.values().forEach(times -> times[0] = 0);
      }
      for (TaskTime time : step.program().profile(batch)) {
        Key key = new Key(time.label(), time.backward());
        nanos.computeIfAbsent(key, _ -> new long[rounds])[at] += time.nanos();
      }
      long begun = System.nanoTime();
      step.updater().update(learningRate);
      updates[at] = System.nanoTime() - begun;
    }
    List<Cost> costs = new ArrayList<>();
    Map<Key, Cost> work = work(step);
    nanos.forEach((key, times) -> costs.add(at(work.get(key), key, millis(times))));
    costs.add(
        new Cost(
            "",
            "optimizer",
            Cost.Pass.UPDATE,
            millis(updates),
            0,
            UPDATE_PASSES * parameterBytes(step)));
    return new StepProfile(ImmutableList.copyOf(costs));
  }

  /** What is done under a label; several ops of one layer may share it. */
  private static Map<Key, Cost> work(TrainingStep step) {
    Map<Key, Cost> work = new LinkedHashMap<>();
    for (Work w : step.program().work()) {
      Cost cost =
          new Cost(
              w.node().path(),
              kind(w),
              w.backward() ? Cost.Pass.BACKWARD : Cost.Pass.FORWARD,
              0,
              w.multiplyAdds(),
              w.bytes());
      work.merge(new Key(w.label(), w.backward()), cost, Cost::plus);
    }
    return work;
  }

  private static String kind(Work work) {
    String name = work.node().op().name();
    return work.label().equals(work.node().label()) ? name : name + " again";
  }

  private static Cost at(@Nullable Cost work, Key key, double millis) {
    if (work == null) {
      Cost.Pass pass = key.backward() ? Cost.Pass.BACKWARD : Cost.Pass.FORWARD;
      return new Cost("", key.label(), pass, millis, 0, 0);
    }
    return new Cost(
        work.layer(), work.kind(), work.pass(), millis, work.multiplyAdds(), work.bytes());
  }

  private static long parameterBytes(TrainingStep step) {
    long bytes = 0;
    for (Parameter p : step.program().tape().parameters().trainable()) {
      bytes += (long) p.size() * Float.BYTES;
    }
    return bytes;
  }

  private static double millis(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return (sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0)
        / 1e6;
  }

  /** All costs together. */
  double millis() {
    return costs.stream().mapToDouble(Cost::millis).sum();
  }

  /** Costs by kind and pass, the dearest first. */
  List<Cost> byKind() {
    Map<String, Cost> sums = new LinkedHashMap<>();
    for (Cost cost : costs) {
      sums.merge(cost.kind() + " " + cost.pass(), cost, Cost::plus);
    }
    List<Cost> sorted = new ArrayList<>(sums.values());
    sorted.sort((a, b) -> Double.compare(b.millis(), a.millis()));
    return sorted;
  }
}
