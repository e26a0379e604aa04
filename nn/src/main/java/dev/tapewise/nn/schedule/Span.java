package dev.tapewise.nn.schedule;

/**
 * A length of training in epochs or in steps.
 *
 * @param count how many
 * @param epochs whether epochs are counted, not steps
 */
public record Span(long count, boolean epochs) {

  /** Checks the count. */
  public Span {
    if (count < 0) {
      throw new IllegalArgumentException(
          "a span must be 0 or more %s but is %d".formatted(epochs ? "epochs" : "steps", count));
    }
  }

  /** A number of passes over the training data. */
  public static Span epochs(long count) {
    return new Span(count, true);
  }

  /** A number of optimizer steps. */
  public static Span steps(long count) {
    return new Span(count, false);
  }

  /** The length in steps. */
  public long inSteps(long stepsPerEpoch) {
    return epochs ? Math.multiplyExact(count, stepsPerEpoch) : count;
  }

  @Override
  public String toString() {
    return count + (epochs ? " epochs" : " steps");
  }
}
