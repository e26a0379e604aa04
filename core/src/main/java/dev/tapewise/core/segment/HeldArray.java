package dev.tapewise.core.segment;

import java.lang.foreign.MemorySegment;

/**
 * An array with the segment that native calls take it as. As long as this object is kept, {@link
 * Segments} find it, and allocate nothing.
 *
 * @param <T> an array of floats or ints
 */
public final class HeldArray<T> {
  private final T array;
  private final MemorySegment segment;

  private HeldArray(T array, MemorySegment segment) {
    this.array = array;
    this.segment = segment;
  }

  /** Holds an array of floats. */
  public static HeldArray<float[]> of(float[] array) {
    return Segments.hold(new HeldArray<>(array, MemorySegment.ofArray(array)));
  }

  /** Holds an array of ints. */
  public static HeldArray<int[]> of(int[] array) {
    return Segments.hold(new HeldArray<>(array, MemorySegment.ofArray(array)));
  }

  /** The array. */
  public T array() {
    return array;
  }

  MemorySegment segment() {
    return segment;
  }
}
