package dev.tapewise.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapewise.core.FloatBits;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ArithmeticTest {
  private static final int[] CHANNELS = {1, 3, 4, 7, 8, 9, 15, 16, 17, 33, 64, 100};
  private static final int[] ROWS = {1, 2, 3, 4, 5, 7, 8, 11};

  private final Random random = new Random(1);
  private final Arithmetic vector = Kernels.preferred().arithmetic();
  private final Arithmetic scalar = Kernels.scalar().arithmetic();

  private interface Rows {
    void run(
        Arithmetic kernel,
        float[] y,
        int yOffset,
        float[] a,
        int aOffset,
        int aStep,
        float[] b,
        int bOffset,
        int bStep,
        int rows,
        int channels);
  }

  private void sameBits(Rows rows) {
    for (int channels : CHANNELS) {
      for (int count : ROWS) {
        for (int repeated = 0; repeated < 3; repeated++) {
          int aStep = repeated == 1 ? 0 : channels;
          int bStep = repeated == 2 ? 0 : channels;
          float[] a = FloatBits.special(random, count * channels + 3);
          float[] b = FloatBits.special(random, count * channels + 1);
          float[] expected = FloatBits.special(random, count * channels + 3);
          float[] actual = expected.clone();
          rows.run(scalar, expected, 2, a, 3, aStep, b, 1, bStep, count, channels);
          rows.run(vector, actual, 2, a, 3, aStep, b, 1, bStep, count, channels);
          FloatBits.assertSame(actual, expected);
        }
      }
    }
  }

  @Test
  void additionHasTheSameBitsInBothTwins() {
    sameBits(Arithmetic::add);
  }

  @Test
  void subtractionHasTheSameBitsInBothTwins() {
    sameBits(Arithmetic::subtract);
  }

  @Test
  void multiplicationHasTheSameBitsInBothTwins() {
    sameBits(Arithmetic::multiply);
  }

  @Test
  void divisionHasTheSameBitsInBothTwins() {
    sameBits(Arithmetic::divide);
  }

  @Test
  void addedProductsHaveTheSameBitsInBothTwins() {
    sameBits(Arithmetic::addProduct);
  }

  @Test
  void sumsOverRowsHaveTheSameBitsInBothTwins() {
    for (int channels : CHANNELS) {
      for (int rows : ROWS) {
        int step = channels + random.nextInt(3);
        float[] x = FloatBits.special(random, rows * step + 3);
        float[] z = FloatBits.special(random, rows * step + 3);
        float[] w = FloatBits.special(random, channels + 1);
        float[] expected = new float[channels + 3];
        float[] actual = new float[channels + 3];
        scalar.sumRows(expected, 2, x, 3, rows, step, channels);
        vector.sumRows(actual, 2, x, 3, rows, step, channels);
        FloatBits.assertSame(actual, expected);
        scalar.sumProducts(expected, 2, x, 3, z, 1, rows, step, channels);
        vector.sumProducts(actual, 2, x, 3, z, 1, rows, step, channels);
        FloatBits.assertSame(actual, expected);
        float[] dx = new float[rows * step + 2];
        float[] dxActual = dx.clone();
        float[] dw = new float[channels + 3];
        scalar.multiplyGradients(dx, 2, dw, 2, x, 3, z, 1, w, 1, rows, step, channels);
        vector.multiplyGradients(dxActual, 2, actual, 2, x, 3, z, 1, w, 1, rows, step, channels);
        FloatBits.assertSame(dw, expected);
        FloatBits.assertSame(actual, expected);
        FloatBits.assertSame(dxActual, dx);
      }
    }
  }

  @Test
  void sumsAlongARowTakeEveryElementOnce() {
    for (int count = 0; count < 40; count++) {
      float[] x = new float[count + 5];
      float[] z = new float[count + 5];
      double sum = 0;
      double dot = 0;
      for (int i = 0; i < x.length; i++) {
        x[i] = i * i + 1;
        z[i] = i - 7;
        if (i >= 2 && i < count + 2) {
          sum += x[i];
        }
        if (i < count) {
          dot += (double) (((i + 2) * (i + 2)) + 1) * (i - 4);
        }
      }
      assertThat(LaneSums.sum(x, 2, count)).isEqualTo(sum);
      assertThat(LaneSums.dot(x, 2, z, 3, count)).isEqualTo(dot);
    }
  }
}
