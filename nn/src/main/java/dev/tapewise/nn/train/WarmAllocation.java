package dev.tapewise.nn.train;

/**
 * Counts the bytes that steps allocate once they are warm.
 *
 * <p>A run is warm after 100 steps in a row that allocated nothing, and at the latest when half of
 * its steps are done: before that the JIT compiler is still at work, and vectors that the
 * interpreter meets are objects. From then on every byte counts, so a branch that is first taken
 * later shows. The strings of classes, which HotSpot makes as late as that, are made before the
 * first step.
 *
 * <p>The short last batch of an epoch counts like any other step. Where it leaves a classifier a
 * number of rows that no other step has, such as 2 where others have a multiple of 6, a kernel's
 * rest for that number runs once per epoch, and it is only compiled after thousands of calls: until
 * then it allocates some kilobytes each time. A batch that divides the data set avoids that.
 */
public final class WarmAllocation {
  /** Steps in a row without an allocated byte that make a run warm. */
  public static final int QUIET_STEPS = 100;

  private final long latest;
  private long steps;
  private int quiet;
  private boolean warm;
  private boolean unknown;
  private long warmSteps;
  private long warmBytes;

  /** For a run of {@code steps} steps. */
  public WarmAllocation(long steps) {
    latest = (steps + 1) / 2;
  }

  /**
   * Adds a step that allocated {@code bytes}; a negative number says that the JVM does not tell.
   */
  public void step(long bytes) {
    warm |= quiet >= QUIET_STEPS || steps >= latest;
    steps++;
    quiet = bytes == 0 ? quiet + 1 : 0;
    unknown |= bytes < 0;
    if (warm) {
      warmSteps++;
      warmBytes += bytes;
    }
  }

  /** Steps that were warm. */
  public long warmSteps() {
    return warmSteps;
  }

  /** Bytes per warm step; -1 if unknown or where no step was warm. */
  public double bytesPerStep() {
    return unknown || warmSteps == 0 ? -1 : (double) warmBytes / warmSteps;
  }
}
