package dev.tapewise.examples;

import dev.tapewise.nn.train.TrainingStep;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * What counted steps took, and the first of all steps, warm-up included; gathered without
 * allocating.
 */
final class StepTimes {
  private static final long SEED = 0;

  /** Steps that are looked at for when full speed was reached. */
  private static final int MOST_FIRST = 10_000;

  /** Steps whose median is full speed, if it is at most so many times the counted steps' median. */
  private static final int WINDOW = 5;

  private static final double NEAR = 1.1;

  private final long[] nanos;
  private final float[] losses;
  private long bytes;

  /** What the first steps took, whether they count or not, and when they ended. */
  private final long[] took = new long[MOST_FIRST];

  private final long[] ended = new long[MOST_FIRST];
  private int played;

  StepTimes(int steps) {
    nanos = new long[steps];
    losses = new float[steps];
  }

  /** Plays a step and keeps its time and loss as number {@code at}. */
  void play(TrainingStep step, int batch, float learningRate, int number, int at) {
    long begun = System.nanoTime();
    losses[at] = step.run(batch, learningRate, SEED, number);
    long end = System.nanoTime();
    nanos[at] = end - begun;
    if (played < MOST_FIRST) {
      took[played] = end - begun;
      ended[played] = end;
      played++;
    }
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
    return medianMillis(nanos);
  }

  /** What the first step of all took. */
  double firstMillis() {
    return took[0] / 1e6;
  }

  /**
   * Seconds from the start of the process to the end of the first step that begins five whose
   * median is within 10 % of the counted steps'; -1 where there are none.
   */
  double fullSpeedSeconds() {
    double limit = NEAR * medianMillis();
    for (int i = 0; i + WINDOW <= played; i++) {
      if (medianMillis(Arrays.copyOfRange(took, i, i + WINDOW)) <= limit) {
        double now = ManagementFactory.getRuntimeMXBean().getUptime() / 1e3;
        return now - (System.nanoTime() - ended[i]) / 1e9;
      }
    }
    return -1;
  }

  private static double medianMillis(long[] nanos) {
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
