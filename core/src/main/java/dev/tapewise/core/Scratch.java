package dev.tapewise.core;

import dev.tapewise.core.segment.HeldArray;

/**
 * A thread's own buffer stack: take, use, give back. Nothing is allocated while a program plays;
 * {@link #reserve} is called when compiling.
 *
 * <p>Every buffer starts on a multiple of 16 floats behind the base, so on a 64-byte line where
 * {@link Slab} can promise one. Contents of a fresh buffer are whatever was there before.
 */
public final class Scratch {
  private static final int MOST_FOR_ALIGNMENT = 1 << 20;

  private Slab slab = Slab.allocate(0);
  private HeldArray<int[]> ints = HeldArray.of(new int[0]);
  private int reserved;
  private int top;
  private int intTop;

  /** Makes room for at least this many floats and ints; only while nothing is taken. */
  public void reserve(int floats, int intCount) {
    if (top != 0 || intTop != 0) {
      throw new IllegalStateException("scratch cannot grow while " + top + " floats are taken");
    }
    if (slab.size() < floats) {
      // kernels run faster on lines: worth up to a region per thread, but not where regions are
      // large
      int aligned = Slab.fewestAligned();
      slab = Slab.allocate(aligned <= MOST_FOR_ALIGNMENT ? Math.max(floats, aligned) : floats);
    }
    reserved = Math.max(reserved, floats);
    if (ints().length < intCount) {
      ints = HeldArray.of(new int[intCount]);
    }
  }

  /** The array that offsets from {@link #take} point into. */
  public float[] floats() {
    return slab.array();
  }

  /** The array that offsets from {@link #takeInts} point into. */
  public int[] ints() {
    return ints.array();
  }

  /**
   * Takes {@code count} floats; returns their offset in {@link #floats}. No more are given than
   * were reserved, even where there is room, so that who reserves too few learns of it.
   */
  public int take(int count) {
    int at = top;
    if (Math.addExact(at, count) > reserved) {
      throw new IllegalStateException(
          "scratch of " + reserved + " floats cannot give " + count + " with " + at + " taken");
    }
    top = Math.addExact(at, roundUp(count));
    return slab.base() + at;
  }

  /** Takes {@code count} ints; returns their offset in {@link #ints}. */
  public int takeInts(int count) {
    int at = intTop;
    if (at + count > ints().length) {
      throw new IllegalStateException(
          "scratch of " + ints().length + " ints cannot give " + count + " with " + at + " taken");
    }
    intTop = at + count;
    return at;
  }

  /** How many floats are taken: give it to {@link #release} later. */
  public int mark() {
    return top;
  }

  /** How many ints are taken: give it to {@link #release} later. */
  public int intMark() {
    return intTop;
  }

  /** Gives back everything that was taken since the marks. */
  public void release(int mark, int intMark) {
    top = mark;
    intTop = intMark;
  }

  /**
   * Floats that {@link #take} uses for a buffer of {@code count}: rounded up to a multiple of 16.
   */
  public static int roundUp(int count) {
    return Math.addExact(count, 15) & -16;
  }

  /** Floats reserved. */
  public int capacity() {
    return (int) slab.size();
  }
}
