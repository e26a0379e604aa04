package dev.tapewise.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What a reading applies has the bits of the ops that it stands for, behind a plain norm. */
final class ActivationTest {
  private static final UnaryFunction.HardSwish SWISH = new UnaryFunction.HardSwish();

  @Property
  void hardSwishHasTheBitsOfTheOp(@ForAll float g, @ForAll float t) {
    assertThat(Activation.HARD_SWISH.value(t)).isEqualTo(SWISH.value(t));
    assertThat(Activation.HARD_SWISH.gradient(g, t)).isEqualTo(g * SWISH.slope(t));
  }

  @Test
  void noneLeavesEveryFiniteNumberAndItsGradientAsTheyAre() {
    for (float t : new float[] {0f, -0f, -7f, Float.MAX_VALUE, Float.MIN_VALUE}) {
      assertThat(Activation.NONE.value(t)).isEqualTo(t);
      assertThat(Activation.NONE.gradient(2f, t)).isEqualTo(2f);
    }
  }

  @Test
  void aClampsGradientIsOpenStrictlyBetweenItsBounds() {
    Activation relu6 = new Activation.Clamp(0f, 6f);
    assertThat(relu6.value(7f)).isEqualTo(6f);
    assertThat(relu6.value(-0f)).isEqualTo(0f);
    assertThat(relu6.gradient(2f, 6f)).isZero();
    assertThat(relu6.gradient(2f, 0f)).isZero();
    assertThat(relu6.gradient(2f, 5.9999995f)).isEqualTo(2f);
  }

  @Test
  void noGradientPassesWhereTheNormIsNotFiniteAndANaNStaysInTheValue() {
    for (Activation activation :
        new Activation[] {
          Activation.NONE, Activation.HARD_SWISH, new Activation.Clamp(0f, Float.POSITIVE_INFINITY)
        }) {
      assertThat(activation.value(Float.NaN)).isNaN();
      for (float t : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
        assertThat(activation.gradient(2f, t)).isZero();
      }
    }
  }
}
