package dev.tapewise.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tapewise.core.FloatBits;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SoftmaxTest {
  private static final int[] LENGTHS = {1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 33, 100};
  private static final int ROWS = 3;
  private static final int OFFSET = 5;

  private final Random random = new Random(1);
  private final float[] lanes = new float[Softmax.LANES + 2];

  @Test
  void everyMethodHasTheSameBitsInBothTwins() {
    for (int length : LENGTHS) {
      for (int method = 0; method < 4; method++) {
        int size = OFFSET + ROWS * length;
        float[] x = FloatBits.special(random, size);
        float[] dy = FloatBits.special(random, size);
        FloatBits.assertSame(
            run(Kernels.preferred(), method, x, dy, length),
            run(Kernels.scalar(), method, x, dy, length));
        for (int i = 0; i < size; i++) {
          x[i] = 200 * (random.nextFloat() - 0.5f);
          dy[i] = random.nextFloat();
        }
        FloatBits.assertSame(
            run(Kernels.preferred(), method, x, dy, length),
            run(Kernels.scalar(), method, x, dy, length));
      }
    }
  }

  private float[] run(Kernels kernels, int method, float[] x, float[] dy, int length) {
    Softmax kernel = kernels.softmax();
    float[] y = new float[x.length];
    switch (method) {
      case 0 -> kernel.softmax(y, OFFSET, x, OFFSET, ROWS, length, lanes, 1);
      case 1 -> kernel.logSoftmax(y, OFFSET, x, OFFSET, ROWS, length, lanes, 1);
      case 2 -> kernel.softmaxGradient(y, OFFSET, x, OFFSET, dy, OFFSET, ROWS, length, lanes, 1);
      default ->
          kernel.logSoftmaxGradient(y, OFFSET, x, OFFSET, dy, OFFSET, ROWS, length, lanes, 1);
    }
    return y;
  }

  /** The order of the sum, by a second way of writing it. */
  @Test
  void sumsFollowTheDocumentedTree() {
    int length = 100;
    float[] x = FloatBits.normal(random, length);
    float max = Float.NEGATIVE_INFINITY;
    for (float v : x) {
      max = Math.max(max, v);
    }
    float[] expected = new float[length];
    float sum = sum(x, max, 0, 1);
    for (int c = 0; c < length; c++) {
      expected[c] = Functions.exp(x[c] - max) / sum;
    }
    float[] y = new float[length];
    Kernels.preferred().softmax().softmax(y, 0, x, 0, 1, length, lanes, 0);
    FloatBits.assertSame(y, expected);
  }

  private static float sum(float[] x, float max, int lane, int span) {
    if (span < 16) {
      return sum(x, max, lane, 2 * span) + sum(x, max, lane + span, 2 * span);
    }
    float sum = 0;
    for (int c = lane; c < x.length; c += 16) {
      sum += Functions.exp(x[c] - max);
    }
    return sum;
  }

  @Test
  void anInfiniteLogitBelowHasProbabilityZero() {
    float low = Float.NEGATIVE_INFINITY;
    float[] y = row(low, 3, 3, low);
    assertThat(y).containsExactly(0f, 0.5f, 0.5f, 0f);
    assertThat(logRow(low, 3, low)).containsExactly(low, 0f, low);
  }

  @Test
  void rowsWithoutADistributionBecomeNan() {
    float low = Float.NEGATIVE_INFINITY;
    for (float[] x : new float[][] {{low, low}, {-low, 0}, {Float.NaN, 0}}) {
      assertThat(row(x)).containsOnly(Float.NaN);
      assertThat(logRow(x)).containsOnly(Float.NaN);
    }
  }

  @Test
  void largeLogitsDoNotOverflow() {
    assertThat(row(1000, 1000, 1000, 1000)).containsOnly(0.25f);
    assertThat(row(3e38f, -3e38f)).containsExactly(1f, 0f);
    assertThat(logRow(1000, 1000)).containsOnly(-(float) Math.log(2));
  }

  private float[] row(float... x) {
    float[] y = new float[x.length];
    Kernels.preferred().softmax().softmax(y, 0, x, 0, 1, x.length, lanes, 0);
    return y;
  }

  private float[] logRow(float... x) {
    float[] y = new float[x.length];
    Kernels.preferred().softmax().logSoftmax(y, 0, x, 0, 1, x.length, lanes, 0);
    return y;
  }

  /** Columns of a table against rows of its transpose: other orders of sums, so within rounding. */
  @Test
  void otherAxesAgreeWithRowsOfTheTranspose() {
    for (int inner : new int[] {2, 15, 16, 17, 40}) {
      int length = 11;
      float[] x = FloatBits.normal(random, length * inner);
      float[] dy = FloatBits.normal(random, length * inner);
      float[] work = new float[AxisSoftmax.WORK];
      for (int method = 0; method < 4; method++) {
        float[] columns = new float[x.length];
        for (int from = 0; from < inner; from += 7) {
          int to = Math.min(from + 7, inner);
          switch (method) {
            case 0 -> AxisSoftmax.softmax(columns, 0, x, 0, length, inner, from, to, work, 0);
            case 1 -> AxisSoftmax.logSoftmax(columns, 0, x, 0, length, inner, from, to, work, 0);
            case 2 ->
                AxisSoftmax.softmaxGradient(
                    columns, 0, x, 0, dy, 0, length, inner, from, to, work, 0);
            default ->
                AxisSoftmax.logSoftmaxGradient(
                    columns, 0, x, 0, dy, 0, length, inner, from, to, work, 0);
          }
        }
        float[] rows = rows(method, turned(x, length, inner), turned(dy, length, inner), length);
        float[] actual = turned(columns, length, inner);
        for (int i = 0; i < rows.length; i++) {
          assertThat(actual[i]).as("method %d", method).isCloseTo(rows[i], within(2e-5f));
        }
      }
    }
  }

  private float[] rows(int method, float[] x, float[] dy, int length) {
    Softmax kernel = Kernels.scalar().softmax();
    float[] y = new float[x.length];
    int rows = x.length / length;
    switch (method) {
      case 0 -> kernel.softmax(y, 0, x, 0, rows, length, lanes, 0);
      case 1 -> kernel.logSoftmax(y, 0, x, 0, rows, length, lanes, 0);
      case 2 -> kernel.softmaxGradient(y, 0, x, 0, dy, 0, rows, length, lanes, 0);
      default -> kernel.logSoftmaxGradient(y, 0, x, 0, dy, 0, rows, length, lanes, 0);
    }
    return y;
  }

  private static float[] turned(float[] x, int rows, int columns) {
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i % columns * rows + i / columns] = x[i];
    }
    return y;
  }
}
