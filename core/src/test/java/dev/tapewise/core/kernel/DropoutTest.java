package dev.tapewise.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tapewise.core.FloatBits;
import dev.tapewise.core.Philox;
import dev.tapewise.core.Scratch;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DropoutTest {
  private static final int COUNT = 1001;
  private static final float P = 0.25f;

  private final Scratch scratch = new Scratch();
  private final float[] x = FloatBits.normal(new Random(1), COUNT);

  DropoutTest() {
    scratch.reserve(0, Dropout.scratchInts());
  }

  @Test
  void elementsAreKeptAndScaledByTheirOwnRandomNumber() {
    float[] uniform = new float[COUNT];
    Philox.fillUniform(uniform, 0, COUNT, 7, 8, 9, 0f, 1f);
    float[] y = new float[COUNT];
    Dropout.forward(y, 0, x, 0, 0, COUNT, P, 7, 8, 9, scratch);
    float[] expected = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      expected[i] = x[i] * (uniform[i] >= P ? 1f / (1f - P) : 0f);
    }
    FloatBits.assertSame(y, expected);
  }

  @Test
  void rangesGiveTheBitsOfTheWhole() {
    float[] whole = new float[COUNT];
    Dropout.forward(whole, 0, x, 0, 0, COUNT, P, 7, 8, 9, scratch);
    float[] ranges = new float[COUNT + 3];
    for (int from = 0, to; from < COUNT; from = to) {
      to = Math.min(from + 1 + from % 7, COUNT);
      Dropout.forward(ranges, 3, x, 0, from, to, P, 7, 8, 9, scratch);
    }
    FloatBits.assertSame(Arrays.copyOfRange(ranges, 3, COUNT + 3), whole);
  }

  @Test
  void gradientsPassThroughTheSameMask() {
    float[] y = new float[COUNT];
    Dropout.forward(y, 0, x, 0, 0, COUNT, P, 7, 8, 9, scratch);
    float[] dx = new float[COUNT];
    Dropout.gradient(dx, 0, x, 0, 0, COUNT, P, 7, 8, 9, false, scratch);
    FloatBits.assertSame(dx, y);
    float[] expected = x.clone();
    for (int i = 0; i < COUNT; i++) {
      expected[i] += dx[i];
    }
    float[] added = x.clone();
    Dropout.gradient(added, 0, x, 0, 0, COUNT, P, 7, 8, 9, true, scratch);
    FloatBits.assertSame(added, expected);
  }

  @Test
  void oneFactorIsThatOfItsElement() {
    float[] ones = new float[COUNT];
    Arrays.fill(ones, 1f);
    float[] factors = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      factors[i] = Dropout.factor(i, P, 7, 8, 9);
    }
    Dropout.forward(ones, 0, ones, 0, 0, COUNT, P, 7, 8, 9, scratch);
    FloatBits.assertSame(factors, ones);
  }

  @Test
  void anElementWhoseNumberIsPStays() {
    float[] uniform = new float[COUNT];
    Philox.fillUniform(uniform, 0, COUNT, 7, 8, 9, 0f, 1f);
    for (int i = 0; i < COUNT; i++) {
      assertThat(Dropout.factor(i, uniform[i], 7, 8, 9)).isPositive();
      float[] ones = new float[COUNT];
      Arrays.fill(ones, 1f);
      Dropout.forward(ones, 0, ones, 0, i, i + 1, uniform[i], 7, 8, 9, scratch);
      assertThat(ones[i]).isPositive();
    }
  }

  @Test
  void theShareOfDroppedElementsIsP() {
    float[] ones = new float[100_000];
    Arrays.fill(ones, 1f);
    Dropout.forward(ones, 0, ones, 0, 0, ones.length, 0.3f, 1, 2, 3, scratch);
    int dropped = 0;
    for (float one : ones) {
      dropped += one == 0f ? 1 : 0;
    }
    assertThat(dropped / 100_000.0).isCloseTo(0.3, within(0.01));
  }

  @Test
  void nothingIsDroppedWithProbabilityZero() {
    float[] y = new float[COUNT];
    Dropout.forward(y, 0, x, 0, 0, COUNT, 0f, 7, 8, 9, scratch);
    FloatBits.assertSame(y, x);
  }

  @Test
  void aDroppedNanStaysNan() {
    float[] nan = new float[64];
    Arrays.fill(nan, Float.NaN);
    float[] y = new float[64];
    Dropout.forward(y, 0, nan, 0, 0, 64, 0.5f, 7, 8, 9, scratch);
    FloatBits.assertSame(y, nan);
  }

  @Test
  void probabilitiesOutsideTheIntervalAreRefused() {
    for (float p : new float[] {-0.1f, 1f, Float.NaN}) {
      assertThatThrownBy(() -> Dropout.forward(x, 0, x, 0, 0, COUNT, p, 7, 8, 9, scratch))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("dropout needs a probability in [0, 1), got " + p);
    }
  }
}
