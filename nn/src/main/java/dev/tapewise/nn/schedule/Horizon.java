package dev.tapewise.nn.schedule;

/**
 * How long a training will be: known when it begins, the same for all its steps.
 *
 * @param steps optimizer steps in all
 * @param stepsPerEpoch optimizer steps of one pass over the data
 */
public record Horizon(long steps, long stepsPerEpoch) {

  /** Checks both. */
  public Horizon {
    if (steps < 1 || stepsPerEpoch < 1) {
      throw new IllegalArgumentException(
          "a training has at least 1 step, not %d steps with %d per epoch"
              .formatted(steps, stepsPerEpoch));
    }
  }

  /** The horizon of a number of epochs. */
  public static Horizon ofEpochs(int epochs, long stepsPerEpoch) {
    return new Horizon(Math.multiplyExact(epochs, stepsPerEpoch), stepsPerEpoch);
  }
}
