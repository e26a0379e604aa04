package dev.tapewise.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapewise.core.FloatBits;
import dev.tapewise.core.Machine;
import org.junit.jupiter.api.Test;

class PeakTest {
  @Test
  void everyRoundMultipliesAndAddsOncePerSum() {
    float expected = 0;
    for (int s = 0; s < Peak.SUMS; s++) {
      expected += (s * 0.5f + 3) * 0.5f + 3;
    }
    assertThat(Kernels.scalar().peak().run(2, 0.5f, 3)).isEqualTo(expected);
  }

  @Test
  void vectorAndScalarTotalsHaveTheSameBits() {
    for (int rounds : new int[] {0, 1, 7, 1000}) {
      FloatBits.assertSame(
          new float[] {Kernels.preferred().peak().run(rounds, 0.999f, 0.1f)},
          new float[] {Kernels.scalar().peak().run(rounds, 0.999f, 0.1f)});
    }
  }

  @Test
  void aRoundIsOneMultiplyAddPerSumAndLane() {
    int lanes = Math.max(1, Machine.vectorBits() / Float.SIZE);
    assertThat(Kernels.preferred().peak().multiplyAddsPerRound()).isEqualTo(Peak.SUMS * lanes);
  }
}
