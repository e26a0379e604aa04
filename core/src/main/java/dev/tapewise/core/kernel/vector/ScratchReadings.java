package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Reading;

/**
 * Buffers in scratch as readings, made once per thread's scratch and place, since a warm call must
 * not allocate. A kernel of one geometry sees few places: as many as threads play it.
 */
final class ScratchReadings {
  private static final int MOST = 64;

  /** Two buffers of one scratch as they are handed to a product. */
  record Pair(float[] floats, int at, int gradientAt, Reading input, GradientReading gradient) {}

  private volatile Pair[] pairs = new Pair[0];

  /** The readings of buffers at {@code at} and {@code gradientAt} of {@code floats}. */
  @SuppressWarnings("ReferenceEquality") // the same scratch, not an equal one
  Pair of(float[] floats, int at, int gradientAt) {
    Pair[] known = pairs;
    for (int i = 0; i < known.length; i++) {
      Pair pair = known[i];
      if (pair.floats == floats && pair.at == at && pair.gradientAt == gradientAt) {
        return pair;
      }
    }
    return add(floats, at, gradientAt);
  }

  /** Keeps a new pair; the oldest goes when a scratch was replaced again and again. */
  private synchronized Pair add(float[] floats, int at, int gradientAt) {
    Pair pair =
        new Pair(
            floats,
            at,
            gradientAt,
            Reading.raw(floats, at),
            GradientReading.raw(floats, gradientAt));
    int kept = Math.min(pairs.length, MOST - 1);
    Pair[] more = new Pair[kept + 1];
    more[0] = pair;
    System.arraycopy(pairs, 0, more, 1, kept);
    pairs = more;
    return pair;
  }
}
