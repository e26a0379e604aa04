package dev.tapewise.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapewise.core.FloatBits;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SoftCrossEntropyTest {
  private static final int CLASSES = 21;

  private final Random random = new Random(2);

  private static float[] ones() {
    float[] ones = new float[CLASSES];
    Arrays.fill(ones, 1f);
    return ones;
  }

  @Test
  void aLabelWithoutSmoothingHasTheBitsOfCrossEntropy() {
    float[] logits = FloatBits.normal(random, CLASSES);
    float[] target = new float[CLASSES];
    assertThat(SoftCrossEntropy.ofLabel(target, 0, 4, 0, ones(), 0)).isEqualTo(1);
    float[] expected = new float[1];
    CrossEntropy.forward(expected, 0, logits, 0, new float[] {4}, 0, 0, 1, CLASSES, 0);
    assertThat(SoftCrossEntropy.loss(logits, 0, target, 0, CLASSES)).isEqualTo(expected[0]);
  }

  @Test
  void targetsHoldSmoothingAndWeights() {
    float[] target = new float[6];
    float weight = SoftCrossEntropy.ofLabel(target, 1, 2, 0, new float[] {1, 2, 3, 4}, 0.5f);
    assertThat(weight).isEqualTo(3);
    assertThat(target).containsExactly(0, 0.125f, 0.25f, 3 * 0.625f, 0.5f, 0);
    SoftCrossEntropy.ofValues(
        target, 1, new float[] {1, 0, 0.5f, 0}, 0, new float[] {1, 2, 3, 4}, 0.5f);
    assertThat(target).containsExactly(0, 0.625f, 0.25f, 3 * 0.375f, 0.5f, 0);
  }

  @Test
  void aClassWithoutTargetMayBeImpossible() {
    float[] logits = {0, Float.NEGATIVE_INFINITY, 0};
    assertThat(SoftCrossEntropy.loss(logits, 0, new float[] {1, 0, 0}, 0, 3))
        .isEqualTo(Functions.log(2));
    assertThat(SoftCrossEntropy.loss(logits, 0, new float[] {0.5f, 0.5f, 0}, 0, 3))
        .isEqualTo(Float.POSITIVE_INFINITY);
  }

  @Test
  void aNanReachesLossAndGradients() {
    float[] logits = {1, Float.NaN, 2};
    float[] target = {1, 0, 0};
    assertThat(SoftCrossEntropy.loss(logits, 0, target, 0, 3)).isNaN();
    float[] d = new float[3];
    SoftCrossEntropy.gradient(d, 0, logits, 0, target, 0, 3, 1, false);
    assertThat(d).containsOnly(Float.NaN);
  }

  @Test
  void addingAddsTheWrittenGradients() {
    float[] logits = FloatBits.normal(random, CLASSES);
    float[] target = FloatBits.normal(random, CLASSES);
    float[] written = new float[CLASSES];
    SoftCrossEntropy.gradient(written, 0, logits, 0, target, 0, CLASSES, 0.5f, false);
    float[] added = ones();
    SoftCrossEntropy.gradient(added, 0, logits, 0, target, 0, CLASSES, 0.5f, true);
    for (int c = 0; c < CLASSES; c++) {
      assertThat(added[c]).isEqualTo(1 + written[c]);
    }
    SoftCrossEntropy.valueGradient(written, 0, logits, 0, ones(), 0.1f, 0.5f, false);
    added = ones();
    SoftCrossEntropy.valueGradient(added, 0, logits, 0, ones(), 0.1f, 0.5f, true);
    for (int c = 0; c < CLASSES; c++) {
      assertThat(added[c]).isEqualTo(1 + written[c]);
    }
  }

  @Test
  void aLabelThatIsNoClassIsRefused() {
    assertThatThrownBy(() -> SoftCrossEntropy.ofLabel(new float[CLASSES], 0, CLASSES, 5, ones(), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("label 21.0 of row 5 is no class: labels are whole numbers from 0 to 20");
  }
}
