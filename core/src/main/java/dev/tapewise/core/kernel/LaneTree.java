package dev.tapewise.core.kernel;

import java.util.Arrays;

/**
 * The 16 lanes of a sum along a row, in memory: combined in one fixed tree, lane l with l + 8, then
 * l + 4, l + 2, l + 1, whatever the vector width.
 */
public final class LaneTree {
  /** The lanes. */
  public static final int LANES = 16;

  private LaneTree() {}

  /** Sets the lanes to 0. */
  public static void clear(float[] lanes, int at) {
    Arrays.fill(lanes, at, at + LANES, 0f);
  }

  /** Combines the lanes into the first and returns it: four rounds of halving, in registers. */
  public static float combine(float[] lanes, int at) {
    float even =
        ((lanes[at] + lanes[at + 8]) + (lanes[at + 4] + lanes[at + 12]))
            + ((lanes[at + 2] + lanes[at + 10]) + (lanes[at + 6] + lanes[at + 14]));
    float odd =
        ((lanes[at + 1] + lanes[at + 9]) + (lanes[at + 5] + lanes[at + 13]))
            + ((lanes[at + 3] + lanes[at + 11]) + (lanes[at + 7] + lanes[at + 15]));
    lanes[at] = even + odd;
    return lanes[at];
  }
}
