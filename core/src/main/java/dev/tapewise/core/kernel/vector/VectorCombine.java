package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.kernel.Combine;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The tree of {@link Combine}, a block of elements at a time so that all its parts stay in cache;
 * and its pairs.
 */
final class VectorCombine implements Combine {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;
  private static final VectorSpecies<Double> D = Lanes.DOUBLES;
  private static final VectorSpecies<Float> F = Lanes.FLOATS_OF_DOUBLES;
  private static final int DOUBLES = D.length();

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

  @Override
  public void widen(double[] to, int toOffset, float[] from, int fromOffset, int count) {
    int i = 0;
    for (; i <= count - DOUBLES; i += DOUBLES) {
      FloatVector.fromArray(F, from, fromOffset + i)
          .convertShape(VectorOperators.F2D, D, 0)
          .reinterpretAsDoubles()
          .intoArray(to, toOffset + i);
    }
    for (; i < count; i++) {
      to[toOffset + i] = from[fromOffset + i];
    }
  }

  @Override
  public void add(double[] sums, int left, int right, int count) {
    int i = 0;
    for (; i <= count - DOUBLES; i += DOUBLES) {
      DoubleVector.fromArray(D, sums, left + i)
          .add(DoubleVector.fromArray(D, sums, right + i))
          .intoArray(sums, left + i);
    }
    for (; i < count; i++) {
      sums[left + i] += sums[right + i];
    }
  }

  @Override
  public void mergeMoments(
      double[] mean,
      double[] centred,
      int left,
      int right,
      int count,
      double share,
      double weight) {
    int i = 0;
    for (; i <= count - DOUBLES; i += DOUBLES) {
      DoubleVector before = DoubleVector.fromArray(D, mean, left + i);
      DoubleVector delta = DoubleVector.fromArray(D, mean, right + i).sub(before);
      before.add(delta.mul(share)).intoArray(mean, left + i);
      DoubleVector between = delta.mul(delta).mul(weight);
      DoubleVector squares = DoubleVector.fromArray(D, centred, right + i).add(between);
      DoubleVector.fromArray(D, centred, left + i).add(squares).intoArray(centred, left + i);
    }
    for (; i < count; i++) {
      double delta = mean[right + i] - mean[left + i];
      mean[left + i] += delta * share;
      centred[left + i] += centred[right + i] + delta * delta * weight;
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
