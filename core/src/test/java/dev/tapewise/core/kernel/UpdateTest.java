package dev.tapewise.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tapewise.core.FloatBits;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UpdateTest {
  private final Random random = new Random(1);

  @Test
  void sgdHasTheSameBitsInBothTwins() {
    for (int count : new int[] {0, 1, 5, 8, 16, 21, 67}) {
      for (boolean nesterov : new boolean[] {false, true}) {
        float[] w = FloatBits.special(random, count + 1);
        float[] g = FloatBits.special(random, count + 2);
        float[] v = FloatBits.special(random, count + 3);
        float[] w2 = w.clone();
        float[] v2 = v.clone();
        sgd(Kernels.scalar(), w, 1, g, 2, v, 3, count, nesterov);
        sgd(Kernels.preferred(), w2, 1, g, 2, v2, 3, count, nesterov);
        FloatBits.assertSame(w2, w);
        FloatBits.assertSame(v2, v);
      }
    }
  }

  private static void sgd(
      Kernels kernels,
      float[] w,
      int wOffset,
      float[] g,
      int gOffset,
      float[] v,
      int vOffset,
      int count,
      boolean nesterov) {
    kernels.update().sgd(w, wOffset, g, gOffset, v, vOffset, count, 0.1f, 0.9f, 0.01f, nesterov);
  }

  /** Two steps by hand: w = 1, g = 0.5 twice, rate 0.1, momentum 0.9, decay 0.01. */
  @Test
  void sgdFollowsItsDefinition() {
    float[] w = {1f};
    float[] v = {0f};
    float[] g = {0.5f};
    sgd(Kernels.scalar(), w, 0, g, 0, v, 0, 1, false);
    assertThat(v[0]).isCloseTo(0.51f, within(1e-6f));
    assertThat(w[0]).isCloseTo(0.949f, within(1e-6f));
    sgd(Kernels.scalar(), w, 0, g, 0, v, 0, 1, false);
    assertThat(v[0]).isCloseTo(0.9f * 0.51f + 0.50949f, within(1e-6f));
    assertThat(w[0]).isCloseTo(0.949f - 0.096849f, within(1e-6f));
  }

  @Test
  void nesterovLooksOneStepAhead() {
    float[] w = {1f};
    float[] v = {0f};
    sgd(Kernels.scalar(), w, 0, new float[] {0.5f}, 0, v, 0, 1, true);
    assertThat(v[0]).isCloseTo(0.51f, within(1e-6f));
    assertThat(w[0]).isCloseTo(1f - 0.1f * (0.51f + 0.9f * 0.51f), within(1e-6f));
  }
}
