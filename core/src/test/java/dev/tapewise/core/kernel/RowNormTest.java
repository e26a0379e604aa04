package dev.tapewise.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapewise.core.FloatBits;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowNormTest {
  private static final int[] COUNTS = {1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 48, 100};
  private static final int AT = 5;

  private final Random random = new Random(1);
  private final RowNorm scalar = Kernels.scalar().rowNorm();
  private final RowNorm preferred = Kernels.preferred().rowNorm();

  @Test
  void sumsHaveTheSameBitsInBothTwins() {
    for (int count : COUNTS) {
      for (boolean special : new boolean[] {false, true}) {
        float[] x = values(special, 2 + count);
        float[] dy = values(special, 1 + count);
        float[] gamma = values(special, 3 + count);
        float[] expected = new float[AT + RowNorm.OUT];
        float[] actual = new float[AT + RowNorm.OUT];
        float centre = scalar.moments(expected, AT, x, 2, count);
        float vectorCentre = preferred.moments(actual, AT, x, 2, count);
        FloatBits.assertSame(new float[] {vectorCentre}, new float[] {centre});
        assertFirst(actual, expected);
        scalar.gradientSums(expected, AT, dy, 1, gamma, 3, x, 2, 0.5f, count);
        preferred.gradientSums(actual, AT, dy, 1, gamma, 3, x, 2, 0.5f, count);
        assertFirst(actual, expected);
      }
    }
  }

  private float[] values(boolean special, int count) {
    return special ? FloatBits.special(random, count) : FloatBits.normal(random, count);
  }

  private static void assertFirst(float[] actual, float[] expected) {
    for (int i : new int[] {AT, AT + RowNorm.LANES}) {
      FloatBits.assertSame(new float[] {actual[i]}, new float[] {expected[i]});
    }
  }

  @Test
  void elementsHaveTheSameBitsInBothTwins() {
    for (int count : COUNTS) {
      float[] x = FloatBits.special(random, 2 + count);
      float[] dy = FloatBits.special(random, 1 + count);
      float[] gamma = FloatBits.special(random, 3 + count);
      float[] beta = FloatBits.special(random, 4 + count);
      float[] expected = new float[count];
      float[] actual = new float[count];
      scalar.forward(expected, 0, x, 2, gamma, 3, beta, 4, 0.5f, 2.5f, -0.25f, count);
      preferred.forward(actual, 0, x, 2, gamma, 3, beta, 4, 0.5f, 2.5f, -0.25f, count);
      FloatBits.assertSame(actual, expected);
      for (boolean add : new boolean[] {false, true}) {
        float[] dx = FloatBits.special(random, 1 + count);
        float[] vectorDx = dx.clone();
        scalar.gradient(dx, 1, dy, 1, gamma, 3, x, 2, 0.5f, 3f, 0.3f, -0.2f, count, add);
        preferred.gradient(vectorDx, 1, dy, 1, gamma, 3, x, 2, 0.5f, 3f, 0.3f, -0.2f, count, add);
        FloatBits.assertSame(vectorDx, dx);
      }
      float[] sums = FloatBits.special(random, 2 * count);
      float[] vectorSums = sums.clone();
      scalar.parameterSums(sums, 0, count, dy, 1, x, 2, 0.5f, 2.5f, -0.25f, count);
      preferred.parameterSums(vectorSums, 0, count, dy, 1, x, 2, 0.5f, 2.5f, -0.25f, count);
      FloatBits.assertSame(vectorSums, sums);
    }
  }

  /** The order of the sums, by a second way of writing it: lane by lane. */
  @Test
  void sumsFollowTheDocumentedTree() {
    float[] x = FloatBits.normal(random, 100);
    float[] lanes = new float[RowNorm.LANES];
    for (int lane = 0; lane < RowNorm.LANES; lane++) {
      for (int i = lane; i < 100; i += RowNorm.LANES) {
        lanes[lane] += x[i];
      }
    }
    float[] out = new float[RowNorm.OUT];
    assertThat(scalar.moments(out, 0, x, 0, 100)).isEqualTo(halved(lanes, 8, 0) / 100);
  }

  private static float halved(float[] lanes, int half, int lane) {
    return half == 0
        ? lanes[lane]
        : halved(lanes, half / 2, lane) + halved(lanes, half / 2, lane + half);
  }
}
