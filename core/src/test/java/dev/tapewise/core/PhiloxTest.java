package dev.tapewise.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PhiloxTest {

  /** The vectors of philox4x32-10 in file kat_vectors of the authors' library Random123. */
  @Test
  void blocksEqualThePublishedKnownAnswers() {
    block(0L, 0, 0L, 0L, 0xe169c58d6627e8d5L, 0x9b00dbd8bc57ac4cL);
    block(-1L, -1, 0xffffffffL, -1L, 0x41c83b0e408f276dL, 0x6d5451fda20bc7c6L);
    block(
        0x299f31d0a4093822L,
        0x03707344,
        0x13198a2eL,
        0x85a308d3243f6a88L,
        0x94fdccebd16cfe09L,
        0x24126ea15001e420L);
  }

  private static void block(
      long seed, int stream, long step, long element, long words01, long words23) {
    assertThat(Philox.bits(seed, stream, step, element)).isEqualTo(words01);
    assertThat(Philox.moreBits(seed, stream, step, element)).isEqualTo(words23);
  }

  @Test
  void uniformNumbersLieInTheHalfOpenInterval() {
    assertThat(Philox.uniform(0L)).isZero();
    assertThat(Philox.uniform(-1L)).isEqualTo(Math.nextDown(1f));
    assertThat(Philox.uniform(-1)).isEqualTo(Math.nextDown(1f));
    assertThat(Philox.uniformDouble(-1L)).isEqualTo(Math.nextDown(1.0));
    assertThat(Philox.uniform(1L << 63)).isEqualTo(0.5f);
  }

  @Test
  void uniformFillsStayBelowTheirUpperBound() {
    float low = 1f;
    float high = Math.nextUp(1f); // every sum that rounds up would be high
    float[] x = new float[1000];
    Philox.fillUniform(x, 0, x.length, 1, 2, 3, low, high);
    assertThat(x).containsOnly(low);
  }

  @Test
  void fillsAreFunctionsOfTheElementAlone() {
    float[] uniform = new float[103];
    float[] normal = new float[103];
    Philox.fillUniform(uniform, 0, 103, 5, 6, 7, -1f, 1f);
    Philox.fillNormal(normal, 0, 103, 5, 6, 7, 0f, 1f);
    for (int count = 0; count <= 9; count++) {
      float[] x = new float[20];
      Philox.fillUniform(x, 3, count, 5, 6, 7, -1f, 1f);
      float[] expected = new float[20];
      System.arraycopy(uniform, 0, expected, 3, count);
      FloatBits.assertSame(x, expected);
      Philox.fillNormal(x, 3, count, 5, 6, 7, 0f, 1f);
      System.arraycopy(normal, 0, expected, 3, count);
      FloatBits.assertSame(x, expected);
    }
  }

  @Test
  void seedStreamAndStepEachChangeTheNumbers() {
    long bits = Philox.bits(1, 2, 3, 4);
    assertThat(Philox.bits(2, 2, 3, 4)).isNotEqualTo(bits);
    assertThat(Philox.bits(1L << 32 | 1, 2, 3, 4)).isNotEqualTo(bits);
    assertThat(Philox.bits(1, 3, 3, 4)).isNotEqualTo(bits);
    assertThat(Philox.bits(1, 2, 4, 4)).isNotEqualTo(bits);
    assertThat(Philox.bits(1, 2, 3, 1L << 32 | 4)).isNotEqualTo(bits);
  }

  @Test
  void uniformFillsHaveTheMomentsOfTheirDistribution() {
    float[] x = new float[100_000];
    Philox.fillUniform(x, 0, x.length, 42, 0, 0, -2f, 4f);
    assertThat(moment(x, 0, 1)).isCloseTo(1.0, within(0.03));
    assertThat(moment(x, 1, 2)).isCloseTo(3.0, within(0.05));
  }

  @Test
  void normalFillsHaveTheMomentsOfTheirDistribution() {
    float[] x = new float[100_000];
    Philox.fillNormal(x, 0, x.length, 42, 0, 0, 3f, 2f);
    assertThat(moment(x, 0, 1)).isCloseTo(3.0, within(0.03));
    assertThat(moment(x, 3, 2)).isCloseTo(4.0, within(0.08));
    assertThat(moment(x, 3, 3)).isCloseTo(0.0, within(0.4));
    assertThat(moment(x, 3, 4)).isCloseTo(48.0, within(2.0));
  }

  private static double moment(float[] x, double centre, int power) {
    double sum = 0;
    for (float value : x) {
      sum += Math.pow(value - centre, power);
    }
    return sum / x.length;
  }

  /** Keeps the layout from changing unseen: a changed layout changes every training run. */
  @Test
  void fillsKeepTheirBits() {
    float[] x = new float[4];
    Philox.fillUniform(x, 0, 4, 0, 0, 0, 0f, 1f);
    FloatBits.assertSame(
        x,
        new float[] {
          (0x6627e8d5 >>> 8) * 0x1p-24f,
          (0xe169c58d >>> 8) * 0x1p-24f,
          (0xbc57ac4c >>> 8) * 0x1p-24f,
          (0x9b00dbd8 >>> 8) * 0x1p-24f
        });
  }

  @Test
  void blocksOfWordsAreTheirElementsBits() {
    long seed = -5L << 30;
    long first = 0xFFFFFFFEL; // the third is where the low word turns over
    int[] words = new int[2 + 4 * 5];
    Philox.fillBits(words, 2, 5, seed, -3, 0xFFFFFFF0L, first);
    for (int i = 0; i < 5; i++) {
      long low = Philox.bits(seed, -3, 0xFFFFFFF0L, first + i);
      long high = Philox.moreBits(seed, -3, 0xFFFFFFF0L, first + i);
      assertThat(Arrays.copyOfRange(words, 2 + 4 * i, 6 + 4 * i))
          .containsExactly((int) low, (int) (low >>> 32), (int) high, (int) (high >>> 32));
    }
  }

  @Test
  void aStepThatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> Philox.bits(0, 0, 1L << 32, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Philox.bits(0, 0, -1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Philox.fillBits(new int[4], 0, 1, 0, 0, 1L << 32, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
