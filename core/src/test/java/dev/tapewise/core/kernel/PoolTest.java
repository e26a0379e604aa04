package dev.tapewise.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tapewise.core.FloatBits;
import dev.tapewise.core.geometry.Padding;
import dev.tapewise.core.geometry.PoolAxis;
import dev.tapewise.core.geometry.PoolGeometry;
import dev.tapewise.core.geometry.PoolWindows;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PoolTest {
  private static final int OFFSET = 3;
  private static final int[] CHANNELS = {1, 3, 4, 8, 11, 16, 21};

  private final Random random = new Random(1);

  private static PoolGeometry[] geometries(int channels) {
    return new PoolGeometry[] {
      PoolGeometry.global(7, 7, channels),
      PoolWindows.of(1).over(1, 1, channels),
      PoolWindows.of(2).over(6, 8, channels),
      PoolWindows.of(3, 2)
          .withStride(2, 1)
          .withPadding(Padding.of(1, 1, 0, 1))
          .over(5, 7, channels),
      PoolWindows.of(3, 5).withStride(1).withPadding(Padding.of(2, 0, 4, 3)).over(6, 5, channels),
      PoolWindows.of(2).withStride(4, 3).withPadding(Padding.of(0, 0, 1, 0)).over(9, 9, channels),
      PoolWindows.of(3).withStride(2).withCeilMode().over(6, 8, channels),
      PoolGeometry.adaptive(7, 5, channels, 3, 8),
    };
  }

  private static PoolGeometry[] dilated(int channels) {
    PoolGeometry[] plain = geometries(channels);
    PoolGeometry[] all = Arrays.copyOf(plain, plain.length + 2);
    all[plain.length] =
        PoolWindows.of(2, 3)
            .withStride(1, 2)
            .withDilation(2, 1)
            .withPadding(Padding.of(0, 0, 1, 1))
            .over(6, 7, channels);
    all[plain.length + 1] =
        PoolWindows.of(3)
            .withStride(1)
            .withDilation(3, 2)
            .withPadding(Padding.of(2))
            .over(7, 6, channels);
    return all;
  }

  private float[] factors(PoolGeometry g) {
    return FloatBits.normal(random, g.outHeight() * g.outWidth());
  }

  @Test
  void averageHasTheSameBitsInBothTwins() {
    for (int channels : CHANNELS) {
      for (PoolGeometry g : geometries(channels)) {
        float[] x = FloatBits.special(random, OFFSET + g.inSize());
        float[] factors = factors(g);
        float[] expected = new float[1 + g.outSize()];
        float[] actual = new float[1 + g.outSize()];
        int rows = g.outHeight();
        Kernels.scalar().pool().average(expected, 1, x, OFFSET, factors, g, 0, rows);
        Kernels.preferred().pool().average(actual, 1, x, OFFSET, factors, g, rows / 2, rows);
        Kernels.preferred().pool().average(actual, 1, x, OFFSET, factors, g, 0, rows / 2);
        FloatBits.assertSame(actual, expected);
      }
    }
  }

  @Test
  void averageGradientHasTheSameBitsInBothTwins() {
    for (int channels : CHANNELS) {
      for (PoolGeometry g : geometries(channels)) {
        for (boolean add : new boolean[] {false, true}) {
          float[] dy = FloatBits.special(random, 1 + g.outSize());
          float[] factors = factors(g);
          float[] expected = FloatBits.special(random, OFFSET + g.inSize());
          float[] actual = expected.clone();
          Pool vector = Kernels.preferred().pool();
          int rows = g.height();
          Kernels.scalar()
              .pool()
              .averageGradient(expected, OFFSET, dy, 1, factors, g, 0, rows, add);
          vector.averageGradient(actual, OFFSET, dy, 1, factors, g, rows / 2, rows, add);
          vector.averageGradient(actual, OFFSET, dy, 1, factors, g, 0, rows / 2, add);
          FloatBits.assertSame(actual, expected);
        }
      }
    }
  }

  /** NaN, zeros of both signs and infinities are among the values, and so are ties. */
  @Test
  void maximaAndTheirGradientsHaveTheSameBitsInBothTwins() {
    for (int channels : CHANNELS) {
      for (PoolGeometry g : dilated(channels)) {
        float[] x = FloatBits.special(random, OFFSET + g.inSize());
        float[] dy = FloatBits.special(random, 1 + g.outSize());
        float[] expected = new float[1 + g.outSize()];
        float[] actual = new float[1 + g.outSize()];
        float[] winners = new float[2 + g.outSize()];
        float[] vectorWinners = new float[2 + g.outSize()];
        Pool vector = Kernels.preferred().pool();
        int half = g.outHeight() / 2;
        Kernels.scalar().pool().max(expected, 1, winners, 2, x, OFFSET, g, 0, g.outHeight());
        vector.max(actual, 1, vectorWinners, 2, x, OFFSET, g, 0, half);
        vector.max(actual, 1, vectorWinners, 2, x, OFFSET, g, half, g.outHeight());
        FloatBits.assertSame(actual, expected);
        FloatBits.assertSame(vectorWinners, winners);
        for (boolean add : new boolean[] {false, true}) {
          float[] dx = FloatBits.special(random, OFFSET + g.inSize());
          float[] vectorDx = dx.clone();
          int rows = g.height();
          Kernels.scalar().pool().maxGradient(dx, OFFSET, dy, 1, winners, 2, g, 0, rows, add);
          vector.maxGradient(vectorDx, OFFSET, dy, 1, winners, 2, g, rows / 2, rows, add);
          vector.maxGradient(vectorDx, OFFSET, dy, 1, winners, 2, g, 0, rows / 2, add);
          FloatBits.assertSame(vectorDx, dx);
        }
      }
    }
  }

  @Test
  void theFirstLargestWinsAndNaNIsLargerThanAll() {
    PoolGeometry g = PoolGeometry.global(2, 2, 5);
    float nan = Float.NaN;
    float low = Float.NEGATIVE_INFINITY;
    // four pixels of five channels: a tie, zeros of both signs, one NaN, two NaNs, nothing but -inf
    float[] x = {1, -0f, 9, nan, low, 3, 0, nan, 5, low, 3, -0f, 8, nan, low, 2, 0, 9, 7, low};
    for (Kernels kernels : new Kernels[] {Kernels.scalar(), Kernels.preferred()}) {
      float[] y = new float[5];
      float[] winners = new float[5];
      kernels.pool().max(y, 0, winners, 0, x, 0, g, 0, 1);
      FloatBits.assertSame(y, new float[] {3, -0f, nan, nan, low});
      assertThat(winners).containsExactly(1, 0, 1, 2, 0);
    }
  }

  /** The definition in double, written from the output's side. */
  @Test
  void averageAndGradientEqualTheirDefinition() {
    for (PoolGeometry g : geometries(2)) {
      float[] x = FloatBits.normal(random, g.inSize());
      float[] dy = FloatBits.normal(random, g.outSize());
      float[] factors = factors(g);
      double[] average = new double[g.outSize()];
      double[] gradient = new double[g.inSize()];
      PoolAxis rows = g.rows();
      PoolAxis columns = g.columns();
      for (int o = 0; o < g.outSize(); o++) {
        int c = o % 2;
        int oh = o / 2 / g.outWidth();
        int ow = o / 2 % g.outWidth();
        for (int h = rows.first(oh); h < rows.end(oh); h++) {
          for (int w = columns.first(ow); w < columns.end(ow); w++) {
            int at = (h * g.width() + w) * 2 + c;
            average[o] += (double) x[at] * factors[o / 2];
            gradient[at] += (double) dy[o] * factors[o / 2];
          }
        }
      }
      float[] y = new float[g.outSize()];
      Kernels.scalar().pool().average(y, 0, x, 0, factors, g, 0, g.outHeight());
      assertClose(y, average);
      float[] dx = new float[g.inSize()];
      Kernels.scalar().pool().averageGradient(dx, 0, dy, 0, factors, g, 0, g.height(), false);
      assertClose(dx, gradient);
    }
  }

  private static void assertClose(float[] actual, double[] expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i]).isCloseTo(expected[i], within(1e-5));
    }
  }
}
