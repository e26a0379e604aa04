package dev.tapewise.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class FunctionsTest {

  @Test
  void expIsWithinItsErrorOfStrictMath() {
    double worst = 0;
    for (int bits = 0; Float.intBitsToFloat(bits) < 104f; bits += 1009) {
      float x = Float.intBitsToFloat(bits);
      worst = Math.max(worst, expError(x));
      worst = Math.max(worst, expError(-x));
    }
    assertThat(worst).isLessThan(1.01);
  }

  private static double expError(float x) {
    double exact = StrictMath.exp(x);
    float y = Functions.exp(x);
    if (exact > Float.MAX_VALUE) {
      return y == (float) exact || y == Float.POSITIVE_INFINITY ? 0 : 99;
    }
    return Math.abs(y - exact) / Math.ulp((float) exact);
  }

  @Test
  void logIsWithinItsErrorOfStrictMath() {
    double worst = 0;
    for (int bits = 1; Float.intBitsToFloat(bits) < Float.MAX_VALUE / 2; bits += 1009) {
      float x = Float.intBitsToFloat(bits);
      double exact = StrictMath.log(x);
      worst = Math.max(worst, Math.abs(Functions.log(x) - exact) / Math.ulp((float) exact));
    }
    assertThat(worst).isLessThan(0.79);
  }

  @Test
  void expKeepsItsSpecialValues() {
    assertThat(Functions.exp(Float.NaN)).isNaN();
    assertThat(Functions.exp(Float.POSITIVE_INFINITY)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(Functions.exp(Float.NEGATIVE_INFINITY)).isZero();
    assertThat(Functions.exp(0f)).isEqualTo(1f);
    assertThat(Functions.exp(-0f)).isEqualTo(1f);
    assertThat(Functions.exp(89f)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(Functions.exp(-103.9f)).isEqualTo(Float.MIN_VALUE);
    assertThat(Functions.exp(-104f)).isZero();
    assertThat(Functions.exp(Float.MAX_VALUE)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(Functions.exp(-Float.MAX_VALUE)).isZero();
  }

  @Test
  void logKeepsItsSpecialValues() {
    assertThat(Functions.log(Float.NaN)).isNaN();
    assertThat(Functions.log(-1f)).isNaN();
    assertThat(Functions.log(Float.NEGATIVE_INFINITY)).isNaN();
    assertThat(Functions.log(0f)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(Functions.log(-0f)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(Functions.log(1f)).isZero();
    assertThat(Functions.log(Float.POSITIVE_INFINITY)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(Functions.log(Float.MIN_VALUE)).isEqualTo((float) StrictMath.log(Float.MIN_VALUE));
  }

  /** A float function, since {@code java.util.function} has none. */
  private interface FloatFunction {
    float of(float x);
  }

  private static double worst(FloatFunction f, DoubleUnaryOperator exact, float from, float to) {
    double worst = 0;
    for (int bits = 0; bits < 0x7F800000; bits += 10007) {
      for (float x : new float[] {Float.intBitsToFloat(bits), -Float.intBitsToFloat(bits)}) {
        if (x >= from && x <= to) {
          double e = exact.applyAsDouble(x);
          worst = Math.max(worst, Math.abs(f.of(x) - e) / Math.ulp((float) e));
        }
      }
    }
    return worst;
  }

  @Test
  void whatIsMadeOfExpAndLogIsWithinItsError() {
    float most = Float.MAX_VALUE;
    assertThat(worst(Functions::expm1, StrictMath::expm1, -most, 0)).isLessThan(0.85);
    assertThat(worst(Functions::log1p, StrictMath::log1p, 0, 1)).isLessThan(1.3);
    assertThat(worst(Functions::sigmoid, Exact::sigmoid, -most, most)).isLessThan(2.3);
    assertThat(worst(Functions::tanh, StrictMath::tanh, -most, most)).isLessThan(2.5);
    assertThat(worst(Functions::normal, Exact::normal, -most, most)).isLessThan(5.2);
    assertThat(worst(Functions::gaussian, x -> StrictMath.exp(-x * x / 2), -15, 15))
        .isLessThan(1.5);
  }

  @Test
  void whatIsMadeOfExpAndLogKeepsItsSpecialValues() {
    assertThat(Functions.expm1(Float.NEGATIVE_INFINITY)).isEqualTo(-1f);
    assertThat(Functions.expm1(0f)).isZero();
    assertThat(Functions.expm1(-Float.MIN_VALUE)).isEqualTo(-Float.MIN_VALUE);
    assertThat(Functions.log1p(0f)).isZero();
    assertThat(Functions.log1p(Float.MIN_VALUE)).isEqualTo(Float.MIN_VALUE);
    assertThat(Functions.sigmoid(Float.NEGATIVE_INFINITY)).isZero();
    assertThat(Functions.sigmoid(Float.POSITIVE_INFINITY)).isEqualTo(1f);
    assertThat(Functions.tanh(Float.MIN_VALUE)).isEqualTo(Float.MIN_VALUE);
    assertThat(Functions.tanh(Float.NEGATIVE_INFINITY)).isEqualTo(-1f);
    assertThat(Functions.normal(Float.NEGATIVE_INFINITY)).isZero();
    assertThat(Functions.normal(Float.POSITIVE_INFINITY)).isEqualTo(1f);
    assertThat(Functions.normal(0f)).isEqualTo(0.5f);
    for (FloatFunction f :
        List.<FloatFunction>of(
            Functions::expm1,
            Functions::log1p,
            Functions::sigmoid,
            Functions::sigmoidSlope,
            Functions::tanh,
            Functions::normal)) {
      assertThat(f.of(Float.NaN)).isNaN();
    }
  }
}
