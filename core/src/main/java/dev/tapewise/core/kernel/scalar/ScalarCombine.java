package dev.tapewise.core.kernel.scalar;

import dev.tapewise.core.kernel.Combine;

/** The tree of {@link Combine}, level by level, and pairs element by element. */
final class ScalarCombine implements Combine {

  @Override
  public void tree(float[] partial, int offset, int parts, int stride, int from, int to) {
    for (int step = 1; step < parts; step *= 2) {
      for (int part = 0; part < parts - step; part += 2 * step) {
        int left = offset + part * stride;
        int right = left + step * stride;
        for (int i = from; i < to; i++) {
          partial[left + i] += partial[right + i];
        }
      }
    }
  }

  @Override
  public void widen(double[] to, int toOffset, float[] from, int fromOffset, int count) {
    for (int i = 0; i < count; i++) {
      to[toOffset + i] = from[fromOffset + i];
    }
  }

  @Override
  public void add(double[] sums, int left, int right, int count) {
    for (int i = 0; i < count; i++) {
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
    for (int i = 0; i < count; i++) {
      double delta = mean[right + i] - mean[left + i];
      mean[left + i] += delta * share;
      centred[left + i] += centred[right + i] + delta * delta * weight;
    }
  }
}
