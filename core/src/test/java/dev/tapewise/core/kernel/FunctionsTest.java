package dev.tapewise.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

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
}
