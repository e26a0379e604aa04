package dev.tapewise.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tapewise.core.FloatBits;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CrossEntropyTest {
  private static final int ROWS = 4;
  private static final int OFFSET = 3;

  private final Random random = new Random(1);

  @Test
  void lossesEqualTheirDefinitionInDouble() {
    for (int classes : new int[] {1, 2, 10, 16, 17, 33, 100}) {
      for (float smoothing : new float[] {0f, 0.1f, 1f}) {
        float[] logits = FloatBits.normal(random, OFFSET + ROWS * classes);
        float[] labels = labels(classes);
        float[] loss = new float[OFFSET + ROWS];
        CrossEntropy.forward(loss, OFFSET, logits, OFFSET, labels, 1, 0, ROWS, classes, smoothing);
        for (int row = 0; row < ROWS; row++) {
          double[] p = softmax(logits, row, classes);
          double expected = 0;
          for (int c = 0; c < classes; c++) {
            expected -= target(c, labels[1 + row], classes, smoothing) * Math.log(p[c]);
          }
          assertThat((double) loss[OFFSET + row])
              .as("%d classes, smoothing %s", classes, smoothing)
              .isCloseTo(expected, within(1e-6 * (1 + expected)));
        }
      }
    }
  }

  @Test
  void gradientsEqualSoftmaxLessTarget() {
    for (int classes : new int[] {1, 2, 10, 16, 17, 33, 100}) {
      for (float smoothing : new float[] {0f, 0.1f, 1f}) {
        float[] logits = FloatBits.normal(random, OFFSET + ROWS * classes);
        float[] labels = labels(classes);
        float[] gradient = new float[OFFSET + ROWS * classes];
        gradient(gradient, logits, labels, classes, smoothing, 0.25f, false);
        for (int row = 0; row < ROWS; row++) {
          double[] p = softmax(logits, row, classes);
          for (int c = 0; c < classes; c++) {
            double expected = 0.25 * (p[c] - target(c, labels[1 + row], classes, smoothing));
            assertThat((double) gradient[OFFSET + row * classes + c])
                .isCloseTo(expected, within(1e-7));
          }
        }
      }
    }
  }

  private static void gradient(
      float[] gradient,
      float[] logits,
      float[] labels,
      int classes,
      float smoothing,
      float factor,
      boolean add) {
    CrossEntropy.gradient(
        gradient, OFFSET, logits, OFFSET, labels, 1, 0, ROWS, classes, smoothing, factor, add);
  }

  @Test
  void addingAddsTheWrittenGradient() {
    float[] logits = FloatBits.normal(random, OFFSET + ROWS * 10);
    float[] labels = labels(10);
    float[] written = new float[OFFSET + ROWS * 10];
    gradient(written, logits, labels, 10, 0.1f, 0.25f, false);
    float[] added = FloatBits.normal(random, OFFSET + ROWS * 10);
    float[] expected = added.clone();
    for (int i = 0; i < written.length; i++) {
      expected[i] += written[i];
    }
    gradient(added, logits, labels, 10, 0.1f, 0.25f, true);
    FloatBits.assertSame(added, expected);
  }

  @Test
  void rangesOfRowsTouchNothingElse() {
    float[] logits = FloatBits.normal(random, OFFSET + ROWS * 10);
    float[] labels = labels(10);
    float[] all = new float[OFFSET + ROWS];
    CrossEntropy.forward(all, OFFSET, logits, OFFSET, labels, 1, 0, ROWS, 10, 0.1f);
    float[] some = new float[OFFSET + ROWS];
    CrossEntropy.forward(some, OFFSET, logits, OFFSET, labels, 1, 1, 3, 10, 0.1f);
    FloatBits.assertSame(some, new float[] {0f, 0f, 0f, 0f, all[OFFSET + 1], all[OFFSET + 2], 0f});
  }

  /** The order of the sums, by a second way of writing it: lanes in an array, halved. */
  @Test
  void sumsFollowTheDocumentedTree() {
    int classes = 100;
    float[] logits = FloatBits.normal(random, OFFSET + ROWS * classes);
    float[] labels = labels(classes);
    float[] loss = new float[ROWS];
    CrossEntropy.forward(loss, 0, logits, OFFSET, labels, 1, 0, ROWS, classes, 0.1f);
    float[] expected = new float[ROWS];
    for (int row = 0; row < ROWS; row++) {
      int at = OFFSET + row * classes;
      float max = Float.NEGATIVE_INFINITY;
      for (int c = 0; c < classes; c++) {
        max = Math.max(max, logits[at + c]);
      }
      float[] exps = new float[16];
      float[] sums = new float[16];
      for (int c = 0; c < classes; c++) {
        exps[c % 16] += Functions.exp(logits[at + c] - max);
        sums[c % 16] += logits[at + c] - max;
      }
      for (int half = 8; half > 0; half /= 2) {
        for (int lane = 0; lane < half; lane++) {
          exps[lane] += exps[lane + half];
          sums[lane] += sums[lane + half];
        }
      }
      float log = Functions.log(exps[0]);
      float own = log - (logits[at + (int) labels[1 + row]] - max);
      expected[row] = Math.fma(0.1f, log - sums[0] / classes, (1f - 0.1f) * own);
    }
    FloatBits.assertSame(loss, expected);
  }

  @Test
  void largeLogitsDoNotOverflow() {
    float[] loss = new float[1];
    float[] logits = {1e30f, -1e30f, 0f};
    CrossEntropy.forward(loss, 0, logits, 0, new float[] {0f}, 0, 0, 1, 3, 0f);
    assertThat(loss[0]).isZero();
    CrossEntropy.forward(loss, 0, logits, 0, new float[] {2f}, 0, 0, 1, 3, 0f);
    assertThat(loss[0]).isEqualTo(1e30f);
  }

  @Test
  void aNanAmongTheLogitsReachesLossAndGradients() {
    float[] logits = {1f, 2f, Float.NaN};
    float[] loss = new float[1];
    CrossEntropy.forward(loss, 0, logits, 0, new float[] {0f}, 0, 0, 1, 3, 0f);
    assertThat(loss[0]).isNaN();
    float[] gradient = new float[3];
    CrossEntropy.gradient(gradient, 0, logits, 0, new float[1], 0, 0, 1, 3, 0f, 1f, false);
    FloatBits.assertSame(gradient, new float[] {Float.NaN, Float.NaN, Float.NaN});
  }

  @Test
  void labelsThatAreNoClassAreRefused() {
    for (float label : new float[] {-1f, 3f, 0.5f, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThatThrownBy(() ->
              CrossEntropy.forward(
                  new float[1], 0, new float[3], 0, new float[] {label}, 0, 0, 1, 3, 0f))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("label %s of row 0 is no class: labels are whole numbers from 0 to 2", label);
    }
  }

  private float[] labels(int classes) {
    float[] labels = new float[1 + ROWS];
    for (int i = 1; i < labels.length; i++) {
      labels[i] = random.nextInt(classes);
    }
    return labels;
  }

  private static double target(int c, float label, int classes, double smoothing) {
    return smoothing / classes + (c == label ? 1 - smoothing : 0);
  }

  private static double[] softmax(float[] logits, int row, int classes) {
    double[] p = new double[classes];
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      p[c] = Math.exp(logits[OFFSET + row * classes + c]);
      sum += p[c];
    }
    for (int c = 0; c < classes; c++) {
      p[c] /= sum;
    }
    return p;
  }
}
