package dev.tapewise.nn.schedule;

/**
 * One learning rate for all steps.
 *
 * @param rate the learning rate, at least 0
 */
public record Constant(float rate) implements Schedule {

  /** Checks the rate. */
  public Constant {
    Rates.check(rate);
  }

  /** A constant learning rate. */
  public static Constant of(float rate) {
    return new Constant(rate);
  }

  @Override
  public float rate(long step, Horizon horizon) {
    return rate;
  }
}
