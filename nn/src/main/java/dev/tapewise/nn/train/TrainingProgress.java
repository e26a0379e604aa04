package dev.tapewise.nn.train;

/** Where a training stands. One object per training, changed from step to step. */
public final class TrainingProgress {
  private final int epochs;
  private final long steps;
  private final Average epochLoss = new Average();
  private final Accuracy epochAccuracy = new Accuracy();
  private int epoch;
  private long stepsDone;
  private long images;
  private long nanos;
  private float loss;
  private float learningRate;

  TrainingProgress(int epochs, long steps) {
    this.epochs = epochs;
    this.steps = steps;
  }

  /** The epoch being trained, from 0. */
  public int epoch() {
    return epoch;
  }

  /** Epochs in all. */
  public int epochs() {
    return epochs;
  }

  /** Steps done, all epochs together. */
  public long stepsDone() {
    return stepsDone;
  }

  /** Steps in all. */
  public long steps() {
    return steps;
  }

  /** Images trained, all epochs together. */
  public long images() {
    return images;
  }

  /** The loss of the last step. */
  public float loss() {
    return loss;
  }

  /** The mean loss of the epoch so far. */
  public double epochLoss() {
    return epochLoss.mean();
  }

  /** The share of right answers of the epoch so far, on the images as augmented. */
  public double epochAccuracy() {
    return epochAccuracy.value();
  }

  /** The learning rate of the last step. */
  public float learningRate() {
    return learningRate;
  }

  /** Seconds spent in steps, evaluations and listeners apart. */
  public double seconds() {
    return nanos / 1e9;
  }

  /** Images per second spent in steps. */
  public double imagesPerSecond() {
    return nanos == 0 ? 0 : images / seconds();
  }

  Accuracy accuracyMeter() {
    return epochAccuracy;
  }

  void beginEpoch(int number) {
    epoch = number;
    epochLoss.reset();
    epochAccuracy.reset();
  }

  void step(float newLoss, float rate, int count) {
    loss = newLoss;
    learningRate = rate;
    epochLoss.add(newLoss, count);
    stepsDone++;
    images += count;
  }

  void timed(long stepNanos) {
    nanos += stepNanos;
  }
}
