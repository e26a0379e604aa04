package dev.tapewise.core.kernel;

import dev.tapewise.core.FloatBits;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CombineTest {
  private static final int OFFSET = 5;
  private static final int STRIDE = 48;

  private final Random random = new Random(1);

  @Test
  void partsCombineInTheTreeOfTheirNumbers() {
    for (int parts = 1; parts <= 33; parts++) {
      float[] partial = FloatBits.normal(random, OFFSET + parts * STRIDE);
      float[] scalar = partial.clone();
      Kernels.scalar().combine().tree(scalar, OFFSET, parts, STRIDE, 3, 40);
      for (int i = 0; i < STRIDE; i++) {
        float expected = i >= 3 && i < 40 ? node(partial, i, 0, parts) : partial[OFFSET + i];
        FloatBits.assertSame(new float[] {scalar[OFFSET + i]}, new float[] {expected});
      }
    }
  }

  /**
   * The sum of parts {@code from} to {@code to}: the first half is the largest power of two below.
   */
  private static float node(float[] partial, int element, int from, int to) {
    int parts = to - from;
    if (parts == 1) {
      return partial[OFFSET + from * STRIDE + element];
    }
    int half = Integer.highestOneBit(parts - 1);
    return node(partial, element, from, from + half) + node(partial, element, from + half, to);
  }

  @Test
  void vectorAndScalarSumsHaveTheSameBits() {
    for (int parts : new int[] {1, 2, 3, 5, 8, 13}) {
      for (int count : new int[] {0, 1, 4, 7, 16, 31, 513, 1100}) {
        int stride = count + 7;
        float[] scalar = FloatBits.special(random, OFFSET + parts * stride);
        float[] vector = scalar.clone();
        Kernels.scalar().combine().tree(scalar, OFFSET, parts, stride, 2, 2 + count);
        Kernels.preferred().combine().tree(vector, OFFSET, parts, stride, 2, 2 + count);
        // Parts but the first hold sums of their subtrees, which nobody reads.
        FloatBits.assertSame(
            Arrays.copyOf(vector, OFFSET + stride), Arrays.copyOf(scalar, OFFSET + stride));
      }
    }
  }

  @Test
  void aPartMayEndWithItsArray() {
    float[] scalar = FloatBits.normal(random, 3 * 21);
    float[] vector = scalar.clone();
    Kernels.scalar().combine().tree(scalar, 0, 3, 21, 0, 21);
    Kernels.preferred().combine().tree(vector, 0, 3, 21, 0, 21);
    FloatBits.assertSame(vector, scalar);
  }
}
