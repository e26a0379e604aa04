package dev.tapewise.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tapewise.core.FloatBits;
import dev.tapewise.core.geometry.PoolGeometry;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PoolTest {
  private static final int OFFSET = 3;

  private final Random random = new Random(1);

  private static PoolGeometry[] geometries(int channels) {
    return new PoolGeometry[] {
      // height, width, channels, window, stride, padding top bottom left right
      new PoolGeometry(7, 7, channels, 7, 7, 1, 1, 0, 0, 0, 0, true),
      new PoolGeometry(1, 1, channels, 1, 1, 1, 1, 0, 0, 0, 0, false),
      new PoolGeometry(6, 8, channels, 2, 2, 2, 2, 0, 0, 0, 0, false),
      new PoolGeometry(5, 7, channels, 3, 2, 2, 1, 1, 1, 0, 1, false),
      new PoolGeometry(5, 7, channels, 3, 2, 2, 1, 1, 1, 0, 1, true),
      new PoolGeometry(6, 5, channels, 3, 5, 1, 1, 2, 0, 4, 3, false),
      new PoolGeometry(9, 9, channels, 2, 2, 4, 3, 0, 0, 1, 0, true),
    };
  }

  @Test
  void averageHasTheSameBitsInBothTwins() {
    for (int channels : new int[] {1, 3, 4, 8, 11, 16, 21}) {
      for (PoolGeometry g : geometries(channels)) {
        float[] x = FloatBits.special(random, OFFSET + g.inSize());
        float[] expected = new float[1 + g.outSize()];
        float[] actual = new float[1 + g.outSize()];
        Kernels.scalar().pool().average(expected, 1, x, OFFSET, g);
        Kernels.preferred().pool().average(actual, 1, x, OFFSET, g);
        FloatBits.assertSame(actual, expected);
      }
    }
  }

  @Test
  void gradientHasTheSameBitsInBothTwins() {
    for (int channels : new int[] {1, 3, 4, 8, 11, 16, 21}) {
      for (PoolGeometry g : geometries(channels)) {
        for (boolean add : new boolean[] {false, true}) {
          float[] dy = FloatBits.special(random, 1 + g.outSize());
          float[] expected = FloatBits.special(random, OFFSET + g.inSize());
          float[] actual = expected.clone();
          Kernels.scalar().pool().averageGradient(expected, OFFSET, dy, 1, g, add);
          Kernels.preferred().pool().averageGradient(actual, OFFSET, dy, 1, g, add);
          FloatBits.assertSame(actual, expected);
        }
      }
    }
  }

  /** The definition in double, written from the output's side. */
  @Test
  void averageAndGradientEqualTheirDefinition() {
    for (PoolGeometry g : geometries(2)) {
      float[] x = FloatBits.normal(random, g.inSize());
      float[] dy = FloatBits.normal(random, g.outSize());
      double[] average = new double[g.outSize()];
      double[] gradient = new double[g.inSize()];
      for (int o = 0; o < g.outSize(); o++) {
        int c = o % 2;
        int top = o / 2 / g.outWidth() * g.strideHeight() - g.padTop();
        int left = o / 2 % g.outWidth() * g.strideWidth() - g.padLeft();
        int count = 0;
        for (int pass = 0; pass < 2; pass++) {
          for (int h = top; h < top + g.windowHeight(); h++) {
            for (int w = left; w < left + g.windowWidth(); w++) {
              boolean inside = h >= 0 && h < g.height() && w >= 0 && w < g.width();
              if (pass == 0) {
                count += inside || g.countPadding() ? 1 : 0;
              } else if (inside) {
                average[o] += x[(h * g.width() + w) * 2 + c] / (double) count;
                gradient[(h * g.width() + w) * 2 + c] += dy[o] / (double) count;
              }
            }
          }
        }
      }
      float[] y = new float[g.outSize()];
      Kernels.scalar().pool().average(y, 0, x, 0, g);
      assertClose(y, average);
      float[] dx = new float[g.inSize()];
      Kernels.scalar().pool().averageGradient(dx, 0, dy, 0, g, false);
      assertClose(dx, gradient);
    }
  }

  private static void assertClose(float[] actual, double[] expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i]).isCloseTo(expected[i], within(1e-6));
    }
  }
}
