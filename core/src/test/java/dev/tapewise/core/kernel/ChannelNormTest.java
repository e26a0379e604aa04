package dev.tapewise.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tapewise.core.FloatBits;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChannelNormTest {
  private static final int[] CHANNELS = {1, 3, 4, 7, 8, 9, 16, 17, 31, 32, 33, 40, 65};
  private static final int[] ROWS = {1, 2, 7};

  private final Random random = new Random(1);
  private final ChannelNorm scalar = Kernels.scalar().channelNorm();
  private final ChannelNorm preferred = Kernels.preferred().channelNorm();

  @Test
  void sumsHaveTheSameBitsInBothTwins() {
    for (int c : CHANNELS) {
      for (int rows : ROWS) {
        for (boolean special : new boolean[] {false, true}) {
          float[] x = values(special, 2 + rows * c);
          float[] dy = values(special, 1 + rows * c);
          float[] centres = values(special, 3 + c);
          float[] expected = new float[3 * c];
          float[] actual = new float[3 * c];
          scalar.moments(expected, 0, c, 2 * c, x, 2, rows, c);
          preferred.moments(actual, 0, c, 2 * c, x, 2, rows, c);
          FloatBits.assertSame(actual, expected);
          scalar.gradientSums(expected, 0, 2 * c, dy, 1, x, 2, centres, 3, rows, c);
          preferred.gradientSums(actual, 0, 2 * c, dy, 1, x, 2, centres, 3, rows, c);
          FloatBits.assertSame(actual, expected);
        }
      }
    }
  }

  @Test
  void elementsHaveTheSameBitsInBothTwins() {
    for (int c : CHANNELS) {
      for (int rows : ROWS) {
        float[] x = FloatBits.special(random, 2 + rows * c);
        float[] dy = FloatBits.special(random, 1 + rows * c);
        float[] centres = FloatBits.special(random, 3 + c);
        float[] coefficients = FloatBits.special(random, 3 * c);
        float[] expected = new float[1 + rows * c];
        float[] actual = new float[1 + rows * c];
        scalar.forward(expected, 1, x, 2, centres, 3, coefficients, 0, c, rows, c);
        preferred.forward(actual, 1, x, 2, centres, 3, coefficients, 0, c, rows, c);
        FloatBits.assertSame(actual, expected);
        for (boolean add : new boolean[] {false, true}) {
          float[] dx = FloatBits.special(random, 1 + rows * c);
          float[] vectorDx = dx.clone();
          scalar.gradient(dx, 1, dy, 1, x, 2, centres, 3, coefficients, 0, c, 2 * c, rows, c, add);
          preferred.gradient(
              vectorDx, 1, dy, 1, x, 2, centres, 3, coefficients, 0, c, 2 * c, rows, c, add);
          FloatBits.assertSame(vectorDx, dx);
        }
      }
    }
  }

  private float[] values(boolean special, int count) {
    return special ? FloatBits.special(random, count) : FloatBits.normal(random, count);
  }

  @Test
  void momentsEqualTheirDefinitionInDouble() {
    int rows = 50;
    float[] x = FloatBits.normal(random, 2 * rows);
    float[] out = new float[6];
    scalar.moments(out, 0, 2, 4, x, 0, rows, 2);
    for (int c = 0; c < 2; c++) {
      double mean = 0;
      double off = 0;
      double squares = 0;
      for (int r = 0; r < rows; r++) {
        mean += x[2 * r + c] / (double) rows;
        double t = (double) x[2 * r + c] - out[c];
        off += t;
        squares += t * t;
      }
      assertThat((double) out[c]).isCloseTo(mean, within(1e-6));
      assertThat((double) out[2 + c]).isCloseTo(off, within(1e-5));
      assertThat((double) out[4 + c]).isCloseTo(squares, within(1e-4));
    }
  }
}
