package dev.tapewise.autodiff.op;

/**
 * How work is cut into chunks: by shapes alone, so that no bit depends on the number of threads.
 */
final class Chunks {
  /** Chunks of a forward pass: enough for every team, few enough to cost nothing. */
  static final int FORWARD = 64;

  /** Partial weight gradients at most: each costs memory and one addition per element. */
  static final int PARTIALS = 16;

  /** Floats of all partial weight gradients of an op at most, unless one alone is larger. */
  private static final int PARTIAL_FLOATS = 4 << 20;

  /** Elements of a chunk of an element-by-element pass. */
  static final int ELEMENTS = 16 * 1024;

  private Chunks() {}

  /**
   * The number of partial sums over {@code units} of work when one partial has {@code size} floats.
   */
  static int partials(int units, int size) {
    return Math.max(1, Math.min(Math.min(PARTIALS, units), PARTIAL_FLOATS / size));
  }

  /** The first unit of chunk {@code chunk} of {@code chunks} over {@code units}. */
  static int start(int units, int chunk, int chunks) {
    return (int) ((long) units * chunk / chunks);
  }

  /** Chunks of an element-by-element pass. */
  static int elements(int count) {
    return Math.ceilDiv(count, ELEMENTS);
  }
}
