package dev.tapewise.examples;

import dev.tapewise.nn.train.TrainingStep;
import java.util.Arrays;

/** What counted steps took, gathered without allocating. */
final class StepTimes {
  private static final long SEED = 0;

  private final long[] nanos;
  private final float[] losses;
  private long bytes;

  StepTimes(int steps) {
    nanos = new long[steps];
    losses = new float[steps];
  }

  /** Plays a step and keeps its time and loss as number {@code at}. */
  void play(TrainingStep step, int batch, float learningRate, int number, int at) {
    long begun = System.nanoTime();
    losses[at] = step.run(batch, learningRate, SEED, number);
    nanos[at] = System.nanoTime() - begun;
  }

  void begin(long allocated) {
    bytes = allocated;
  }

  void end(long allocated) {
    bytes = bytes < 0 || allocated < 0 ? -1 : allocated - bytes;
  }

  /** Bytes per step; -1 where the JVM does not tell. */
  double bytesPerStep() {
    return bytes < 0 ? -1 : (double) bytes / nanos.length;
  }

  double medianMillis() {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return (sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0)
        / 1e6;
  }

  double minMillis() {
    return Arrays.stream(nanos).min().orElse(0) / 1e6;
  }

  double maxMillis() {
    return Arrays.stream(nanos).max().orElse(0) / 1e6;
  }

  float loss(int step) {
    return losses[step];
  }

  String losses() {
    StringBuilder text = new StringBuilder();
    for (float loss : losses) {
      text.append(text.isEmpty() ? "" : " ").append(loss);
    }
    return text.toString();
  }
}
