package dev.tapewise.core.kernel.scalar;

import dev.tapewise.core.kernel.Combine;

/** The tree of {@link Combine}, level by level. */
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
}
