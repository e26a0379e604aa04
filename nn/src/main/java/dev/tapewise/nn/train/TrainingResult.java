package dev.tapewise.nn.train;

/**
 * What a training was like.
 *
 * @param epochs epochs that were trained to their end
 * @param steps steps done
 * @param images images trained
 * @param seconds time spent in steps, evaluations and listeners apart
 * @param warmSteps steps whose allocations were counted, see {@link WarmAllocation}
 * @param bytesPerStep bytes allocated per warm step by all threads that train; -1 where the JVM
 *     does not tell or no step was warm
 * @param stopped whether {@link Trainer#stop} ended it early
 */
public record TrainingResult(
    int epochs,
    long steps,
    long images,
    double seconds,
    long warmSteps,
    double bytesPerStep,
    boolean stopped) {

  /** Images per second spent in steps. */
  public double imagesPerSecond() {
    return seconds == 0 ? 0 : images / seconds;
  }
}
