package dev.tapewise.core.kernel.assembled;

/**
 * What calls fetch into cache while they run: two stretches of an array side by side, evenly over
 * the turns of the calls' loops and at most a cache line of each per turn. Ints hold it, {@link
 * #INTS} of them, and every call moves on. Nobody checks where the stretches lie: behind the array
 * lines are asked for, which never faults, and nothing is read.
 */
public final class Ahead {
  /** Ints that hold it: the next index of both stretches, and floats per turn. */
  public static final int INTS = 3;

  private static final int FIRST = 0;
  private static final int SECOND = 1;
  private static final int STEP = 2;

  /** Floats of a cache line. */
  private static final int LINE = 16;

  private Ahead() {}

  /**
   * Two stretches of {@code floats} floats each, over {@code turns} turns.
   *
   * @param turns those of all calls that are given these ints, as the calls' classes count them
   */
  public static void stretches(int[] ints, int at, int first, int second, int floats, long turns) {
    ints[at + FIRST] = first;
    ints[at + SECOND] = second;
    ints[at + STEP] = turns == 0 ? 0 : (int) Math.min(LINE, Math.ceilDiv(floats, turns));
  }

  /** One stretch: its two halves side by side. */
  public static void stretch(int[] ints, int at, int first, int floats, long turns) {
    int half = Math.ceilDiv(floats, 2);
    stretches(ints, at, first, first + half, half, turns);
  }

  /** Nothing but the first line of the array. */
  public static void nothing(int[] ints, int at) {
    stretches(ints, at, 0, 0, 0, 0);
  }

  static int first(int[] ints, int at) {
    return ints[at + FIRST];
  }

  static int second(int[] ints, int at) {
    return ints[at + SECOND];
  }

  static int step(int[] ints, int at) {
    return ints[at + STEP];
  }

  /** So many turns are over. */
  static void moveOn(int[] ints, int at, long turns) {
    int floats = (int) (turns * ints[at + STEP]);
    ints[at + FIRST] += floats;
    ints[at + SECOND] += floats;
  }
}
