package dev.tapewise.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The functions of one element that losses are made of. */
class LossCurvesTest {
  private static final float INF = Float.POSITIVE_INFINITY;

  @Test
  void absoluteErrorHasTheSlopesOfItsKink() {
    ErrorCurve curve = ErrorCurve.absolute();
    assertThat(curve.slope(0)).isZero();
    assertThat(curve.slope(-0f)).isZero();
    assertThat(curve.slope(Float.MIN_VALUE)).isEqualTo(1);
    assertThat(curve.slope(-Float.MIN_VALUE)).isEqualTo(-1);
    assertThat(curve.cost(-Float.MIN_VALUE)).isEqualTo(Float.MIN_VALUE);
    assertThat(curve.cost(-4)).isEqualTo(4);
    assertThat(ErrorCurve.smoothAbsolute(0)).isEqualTo(curve);
  }

  @Test
  void huberAndSmoothErrorMeetTheirStraightPartsExactly() {
    for (float limit : new float[] {0.3f, 0.5f, 1, 7.1f}) {
      ErrorCurve huber = ErrorCurve.huber(limit);
      ErrorCurve smooth = ErrorCurve.smoothAbsolute(limit);
      assertThat(huber.slope(limit)).isEqualTo(limit);
      assertThat(huber.slope(-limit)).isEqualTo(-limit);
      assertThat(huber.slope(Math.nextUp(limit))).isEqualTo(limit);
      assertThat(smooth.slope(limit)).isEqualTo(1);
      assertThat(smooth.slope(-limit)).isEqualTo(-1);
      assertThat(smooth.slope(-Math.nextUp(limit))).isEqualTo(-1);
      assertThat(huber.slope(0)).isZero();
      assertThat(smooth.slope(0)).isZero();
    }
    assertThat(ErrorCurve.huber(0.5f).cost(0.5f)).isEqualTo(0.125f);
    assertThat(ErrorCurve.huber(0.5f).cost(-4)).isEqualTo(1.875f);
    assertThat(ErrorCurve.smoothAbsolute(0.5f).cost(0.5f)).isEqualTo(0.25f);
    assertThat(ErrorCurve.smoothAbsolute(0.5f).cost(-4)).isEqualTo(3.75f);
  }

  @Test
  void squaredErrorIsExact() {
    Random random = new Random(3);
    for (int i = 0; i < 1000; i++) {
      float d = (float) random.nextGaussian() * 100;
      assertThat(ErrorCurve.squared().cost(d)).isEqualTo(d * d);
      assertThat(ErrorCurve.squared().slope(d)).isEqualTo(2 * d);
    }
  }

  @Test
  void aNanIsNeverHidden() {
    ErrorCurve[] curves = {
      ErrorCurve.squared(),
      ErrorCurve.absolute(),
      ErrorCurve.huber(1),
      ErrorCurve.smoothAbsolute(0.5f)
    };
    for (ErrorCurve curve : curves) {
      assertThat(curve.cost(Float.NaN)).isNaN();
      assertThat(curve.slope(Float.NaN)).isNaN();
    }
    assertThat(BinaryCrossEntropy.loss(Float.NaN, 1, 1)).isNaN();
    assertThat(BinaryCrossEntropy.slope(Float.NaN, 0, 1)).isNaN();
    assertThat(BinaryCrossEntropy.targetSlope(Float.NaN, 1)).isNaN();
  }

  /** Element by element, so that a small loss counts as much as a large one. */
  @Test
  void binaryCrossEntropyKeepsItsDigitsEverywhere() {
    double worst = 0;
    for (float x = -120; x <= 120; x += 0.037f) {
      for (float t : new float[] {0, 0.25f, 1}) {
        for (float p : new float[] {1, 3}) {
          double up = Math.log1p(StrictMath.exp(-Math.abs(x))) + Math.max(x, 0);
          double down = Math.log1p(StrictMath.exp(-Math.abs(x))) + Math.max(-x, 0);
          worst =
              Math.max(worst, error(BinaryCrossEntropy.loss(x, t, p), p * t * down + (1 - t) * up));
          double yes = 1 / (1 + StrictMath.exp(-x));
          double no = 1 / (1 + StrictMath.exp(x));
          float slope = BinaryCrossEntropy.slope(x, t, p);
          if (t == 0 || t == 1) {
            worst = Math.max(worst, error(slope, (1 - t) * yes - p * t * no));
          } else {
            assertThat(Math.abs(slope - ((1 - t) * yes - p * t * no))).isLessThan(4e-7);
          }
          assertThat(BinaryCrossEntropy.targetSlope(x, 1)).isEqualTo(-x);
        }
      }
    }
    assertThat(worst).isLessThan(5);
  }

  /** In units in the last place of the exact value. */
  private static double error(float actual, double exact) {
    return Math.abs(actual - exact) / Math.ulp((float) exact);
  }

  @Test
  void extremeLogitsGiveFiniteLosses() {
    assertThat(BinaryCrossEntropy.loss(3e38f, 0, 1)).isEqualTo(3e38f);
    assertThat(BinaryCrossEntropy.loss(-3e38f, 1, 1)).isEqualTo(3e38f);
    assertThat(BinaryCrossEntropy.loss(3e38f, 1, 1)).isZero();
    assertThat(BinaryCrossEntropy.slope(-INF, 1, 2)).isEqualTo(-2);
    assertThat(BinaryCrossEntropy.slope(INF, 0, 2)).isEqualTo(1);
  }
}
