package dev.tapewise.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapewise.core.FloatBits;
import dev.tapewise.core.geometry.ResizeAxis;
import dev.tapewise.core.geometry.ResizeGeometry;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ResampleTest {
  private static final int OFFSET = 3;

  private final Random random = new Random(1);

  private static List<ResizeGeometry> geometries(int channels) {
    List<ResizeGeometry> all = new ArrayList<>();
    for (int[] s : new int[][] {{3, 6, 4, 8}, {7, 3, 6, 4}, {1, 5, 1, 1}, {4, 4, 5, 2}}) {
      for (boolean align : new boolean[] {false, true}) {
        all.add(
            new ResizeGeometry(
                ResizeAxis.linear(s[0], s[1], (float) s[0] / s[1], align),
                ResizeAxis.linear(s[2], s[3], (float) s[2] / s[3], align),
                channels));
      }
      all.add(
          new ResizeGeometry(
              ResizeAxis.nearest(s[0], s[1], (float) s[0] / s[1]),
              ResizeAxis.nearest(s[2], s[3], (float) s[2] / s[3]),
              channels));
    }
    return all;
  }

  @Test
  void bothTwinsHaveTheSameBits() {
    for (int channels : new int[] {1, 3, 4, 8, 11, 16, 21}) {
      for (ResizeGeometry g : geometries(channels)) {
        float[] x = FloatBits.special(random, OFFSET + g.inSize());
        float[] expected = new float[1 + g.outSize()];
        float[] actual = new float[1 + g.outSize()];
        for (int row = 0; row < g.rows().out(); row++) {
          int at = 1 + row * g.outRow();
          Kernels.scalar().resample().bilinear(expected, at, x, OFFSET, g, row);
          Kernels.preferred().resample().bilinear(actual, at, x, OFFSET, g, row);
        }
        FloatBits.assertSame(actual, expected);
        gradients(g);
      }
    }
  }

  private void gradients(ResizeGeometry g) {
    for (boolean add : new boolean[] {false, true}) {
      float[] dy = FloatBits.special(random, 1 + g.outSize());
      float[] expected = FloatBits.special(random, OFFSET + g.inSize());
      float[] actual = expected.clone();
      for (int row = 0; row < g.rows().in(); row++) {
        int at = OFFSET + row * g.inRow();
        Kernels.scalar().resample().gradient(expected, at, dy, 1, g, row, add);
        Kernels.preferred().resample().gradient(actual, at, dy, 1, g, row, add);
      }
      FloatBits.assertSame(actual, expected);
    }
  }

  @Test
  void weightsOfAnAxisAddUpToOneForEveryOutput() {
    for (ResizeGeometry g : geometries(1)) {
      float[] sums = new float[g.rows().out()];
      int last = -1;
      for (int i = 0; i < g.rows().in(); i++) {
        for (int r = g.rows().start(i); r < g.rows().start(i + 1); r++) {
          sums[g.rows().output(r)] += g.rows().weight(r);
          assertThat(r).isEqualTo(++last);
        }
      }
      for (float sum : sums) {
        assertThat(sum).isEqualTo(1);
      }
    }
  }
}
