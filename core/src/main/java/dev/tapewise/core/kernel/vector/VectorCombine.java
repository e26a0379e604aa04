package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.kernel.Combine;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The tree of {@link Combine}, a block of elements at a time so that all its parts stay in cache.
 */
final class VectorCombine implements Combine {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;

  /** Floats of one part per block: 16 parts of it are 32 KiB. */
  private static final int BLOCK = 512;

  @Override
  public void tree(float[] partial, int offset, int parts, int stride, int from, int to) {
    for (int block = from; block < to; block += BLOCK) {
      int count = Math.min(BLOCK, to - block);
      for (int step = 1; step < parts; step *= 2) {
        for (int part = 0; part < parts - step; part += 2 * step) {
          int left = offset + part * stride + block;
          addTo(partial, left, partial, left + step * stride, count);
        }
      }
    }
  }

  /** Adds floats of an array to those of the same or another. */
  static void addTo(float[] sums, int left, float[] values, int right, int count) {
    int i = 0;
    for (; i <= count - L; i += L) {
      FloatVector.fromArray(S, sums, left + i)
          .add(FloatVector.fromArray(S, values, right + i))
          .intoArray(sums, left + i);
    }
    for (; i < count; i++) {
      sums[left + i] += values[right + i];
    }
  }
}
