package dev.tapewise.examples;

import dev.tapewise.nn.train.Evaluation;
import dev.tapewise.nn.train.TrainingListener;
import dev.tapewise.nn.train.TrainingProgress;
import java.util.ArrayList;
import java.util.List;

/**
 * Remembers a training for its picture: the loss of every step, the test results of every epoch.
 */
final class Curve implements TrainingListener {

  /**
   * A test in mid-training.
   *
   * @param step steps done before it
   * @param test what came out
   */
  record Point(long step, Evaluation test) {}

  private float[] losses = new float[0];
  private final List<Point> tests = new ArrayList<>();
  private int steps;

  @Override
  public void stepDone(TrainingProgress progress) {
    if (losses.length == 0) {
      losses = new float[Math.toIntExact(progress.steps())];
    }
    losses[steps++] = progress.loss();
  }

  void tested(long step, Evaluation test) {
    tests.add(new Point(step, test));
  }

  int steps() {
    return steps;
  }

  List<Point> tests() {
    return tests;
  }

  /** The loss of each step, smoothed by the mean over the {@code window} steps up to it. */
  double[] smoothed(int window) {
    double[] result = new double[steps];
    double sum = 0;
    for (int i = 0; i < steps; i++) {
      sum += losses[i];
      if (i >= window) {
        sum -= losses[i - window];
      }
      result[i] = sum / Math.min(i + 1, window);
    }
    return result;
  }
}
