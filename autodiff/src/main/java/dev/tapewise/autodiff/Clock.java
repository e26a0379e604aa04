package dev.tapewise.autodiff;

/**
 * What random ops of a program depend on besides element numbers: the seed and the number of the
 * step. Set between plays only.
 */
public final class Clock {
  private long seed;
  private long step;

  /** The seed. */
  public long seed() {
    return seed;
  }

  /** The step, from 0. */
  public long step() {
    return step;
  }

  /** Sets both. */
  public void set(long newSeed, long newStep) {
    seed = newSeed;
    step = newStep;
  }
}
