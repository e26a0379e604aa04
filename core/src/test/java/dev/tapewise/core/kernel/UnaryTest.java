package dev.tapewise.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapewise.core.FloatBits;
import dev.tapewise.core.kernel.UnaryFunction.Elu;
import dev.tapewise.core.kernel.UnaryFunction.Gelu;
import dev.tapewise.core.kernel.UnaryFunction.GeluTanh;
import dev.tapewise.core.kernel.UnaryFunction.HardSigmoid;
import dev.tapewise.core.kernel.UnaryFunction.HardSwish;
import dev.tapewise.core.kernel.UnaryFunction.LeakyRelu;
import dev.tapewise.core.kernel.UnaryFunction.Sigmoid;
import dev.tapewise.core.kernel.UnaryFunction.Silu;
import dev.tapewise.core.kernel.UnaryFunction.Softplus;
import dev.tapewise.core.kernel.UnaryFunction.Tanh;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class UnaryTest {
  private static final int[] COUNTS = {0, 1, 3, 4, 7, 8, 9, 15, 16, 17, 33, 64, 3000};
  private static final float INFINITY = Float.POSITIVE_INFINITY;

  /** A float function, since {@code java.util.function} has none. */
  private interface FloatFunction {
    float of(float x);
  }

  /**
   * The bounds of the errors in ulp of at least {@code ulp(floor)}.
   *
   * @param f the function
   * @param value the bound of f
   * @param floor its floor
   * @param slope the bound of f'
   * @param slopeFloor its floor
   */
  private record Bound(
      UnaryFunction f, double value, float floor, double slope, float slopeFloor) {}

  private static final float DIGITS = 3e-36f;

  private static final List<Bound> BOUNDS =
      List.of(
          new Bound(new LeakyRelu(0.01f), 0.5, 0, 0, 0),
          new Bound(new HardSigmoid(), 1.34, 0, 0.34, 0),
          new Bound(new HardSwish(), 2.5, 0, 1.34, 0),
          new Bound(new Sigmoid(), 2.3, 0, 4.1, 0),
          new Bound(new Silu(), 3.1, DIGITS, 2.2, 0.25f),
          new Bound(new Tanh(), 2.5, 0, 3.8, 0),
          new Bound(new Gelu(), 6, DIGITS, 4, 0.25f),
          new Bound(new GeluTanh(), 340, DIGITS, 2.7, 0.25f),
          new Bound(new Elu(1), 0.85, 0, 1, 0),
          new Bound(new Softplus(1, 20), 1.8, 0, 2.3, 0));

  private static final List<UnaryFunction> OTHER_OPTIONS =
      List.of(
          new LeakyRelu(0),
          new LeakyRelu(-0.5f),
          new Elu(0.3f),
          new Elu(-2),
          new Softplus(3.3f, 2),
          new Softplus(0.25f, INFINITY));

  private static final float[] SCRATCH = new float[Unary.SCRATCH];

  private final Random random = new Random(1);

  private static List<UnaryFunction> functions() {
    return Stream.concat(BOUNDS.stream().map(Bound::f), OTHER_OPTIONS.stream()).toList();
  }

  @Test
  void everyFunctionOfTheTableIsHere() {
    assertThat(BOUNDS.stream().map(b -> (Object) b.f().getClass()).collect(Collectors.toSet()))
        .containsExactlyInAnyOrder((Object[]) UnaryFunction.class.getPermittedSubclasses());
  }

  @Test
  void bothTwinsHaveTheSameBits() {
    for (UnaryFunction f : functions()) {
      Unary scalar = Kernels.scalar().unary(f);
      Unary vector = Kernels.preferred().unary(f);
      for (int count : COUNTS) {
        float[] x = FloatBits.special(random, count + 3);
        for (int i = 0; i < x.length; i += 3) {
          x[i] *= (float) Math.pow(2, random.nextInt(16) - 4);
        }
        float[] dy = FloatBits.special(random, count + 1);
        float[] expected = new float[count + 2];
        float[] actual = new float[count + 2];
        scalar.value(expected, 2, x, 3, count, SCRATCH, 0);
        vector.value(actual, 2, x, 3, count, SCRATCH, 0);
        FloatBits.assertSame(actual, expected);
        scalar.gradient(expected, 2, dy, 1, x, 3, count, SCRATCH, 0);
        vector.gradient(actual, 2, dy, 1, x, 3, count, SCRATCH, 0);
        FloatBits.assertSame(actual, expected);
        vector.gradient(x, 3, dy, 1, x, 3, count, SCRATCH, 0);
        FloatBits.assertSame(
            Arrays.copyOfRange(x, 3, x.length), Arrays.copyOfRange(expected, 2, expected.length));
      }
    }
  }

  @Test
  void bothTwinsHaveTheSameBitsAllOverTheFloats() {
    int count = 1 << 16;
    float[] x = new float[count];
    float[] ones = new float[count];
    Arrays.fill(ones, 1f);
    for (int i = 0; i < count; i++) {
      x[i] = Float.intBitsToFloat(i * 65537 + 12345);
    }
    for (UnaryFunction f : functions()) {
      float[] expected = new float[count];
      float[] actual = new float[count];
      Kernels.scalar().unary(f).value(expected, 0, x, 0, count, SCRATCH, 0);
      Kernels.preferred().unary(f).value(actual, 0, x, 0, count, SCRATCH, 0);
      FloatBits.assertSame(actual, expected);
      Kernels.scalar().unary(f).gradient(expected, 0, ones, 0, x, 0, count, SCRATCH, 0);
      Kernels.preferred().unary(f).gradient(actual, 0, ones, 0, x, 0, count, SCRATCH, 0);
      FloatBits.assertSame(actual, expected);
    }
  }

  @Test
  void valuesAndSlopesAreWithinTheirErrors() {
    for (Bound b : BOUNDS) {
      UnaryFunction f = b.f();
      assertThat(worst(f::value, x -> Exact.value(f, x), b.floor()))
          .as(f.title())
          .isLessThanOrEqualTo(b.value());
      FloatFunction slope = f.slopeReadsOutput() ? x -> f.slope(f.value(x)) : f::slope;
      assertThat(worst(slope, x -> Exact.slope(f, x), b.slopeFloor()))
          .as("f' of " + f.title())
          .isLessThanOrEqualTo(b.slope());
    }
  }

  /** The largest error over floats of all exponents and over [-30, 30], where they are not. */
  private static double worst(FloatFunction f, DoubleUnaryOperator exact, float floor) {
    double worst = 0;
    for (int bits = 0; Float.intBitsToFloat(bits) < 1e38f; bits += 21347) {
      float x = Float.intBitsToFloat(bits);
      worst = Math.max(worst, error(f, exact, x, floor));
      worst = Math.max(worst, error(f, exact, -x, floor));
    }
    for (int i = -150_000; i < 150_000; i++) {
      worst = Math.max(worst, error(f, exact, i * 2.0003e-4f, floor));
    }
    return worst;
  }

  private static double error(FloatFunction f, DoubleUnaryOperator exact, float x, float floor) {
    double e = exact.applyAsDouble(x);
    return Math.abs(f.of(x) - e) / Math.max(Math.ulp((float) e), Math.ulp(floor));
  }

  @Test
  void geluByTanhKeepsItsDigitsWhereItsResultIsLarge() {
    GeluTanh f = new GeluTanh();
    assertThat(worst(f::value, x -> Exact.value(f, x), 1e-3f)).isLessThanOrEqualTo(22);
  }

  @Test
  void slopesAtKinksArePyTorchs() {
    LeakyRelu leaky = new LeakyRelu(0.2f);
    assertThat(leaky.slope(0f)).isEqualTo(0.2f);
    assertThat(leaky.slope(-0f)).isEqualTo(0.2f);
    assertThat(leaky.slope(Float.MIN_VALUE)).isEqualTo(1f);
    HardSigmoid sigmoid = new HardSigmoid();
    assertThat(sigmoid.slope(-3f)).isZero();
    assertThat(sigmoid.slope(3f)).isZero();
    assertThat(sigmoid.slope(Math.nextUp(-3f))).isEqualTo(1f / 6);
    assertThat(sigmoid.slope(Math.nextDown(3f))).isEqualTo(1f / 6);
    HardSwish swish = new HardSwish();
    assertThat(swish.slope(-3f)).isEqualTo(-0.5f);
    assertThat(swish.slope(3f)).isEqualTo(1.5f);
    assertThat(swish.slope(Math.nextDown(-3f))).isZero();
    assertThat(swish.slope(Math.nextUp(3f))).isEqualTo(1f);
    assertThat(swish.slope(-1.5f)).isZero();
    assertThat(new Elu(0.3f).slope(0f)).isEqualTo(0.3f);
    assertThat(new Elu(0.3f).slope(Float.MIN_VALUE)).isEqualTo(1f);
    Softplus softplus = new Softplus(2, 3);
    assertThat(softplus.slope(1.5f)).isEqualTo(Functions.sigmoid(3f));
    assertThat(softplus.slope(Math.nextUp(1.5f))).isEqualTo(1f);
    assertThat(softplus.value(Math.nextUp(1.5f))).isEqualTo(Math.nextUp(1.5f));
  }

  @Test
  void valuesAtKinksAreExact() {
    HardSigmoid sigmoid = new HardSigmoid();
    assertThat(sigmoid.value(-3f)).isZero();
    assertThat(sigmoid.value(3f)).isEqualTo(1f);
    assertThat(sigmoid.value(0f)).isEqualTo(0.5f);
    HardSwish swish = new HardSwish();
    assertThat(swish.value(-3f)).isZero();
    assertThat(swish.value(3f)).isEqualTo(3f);
    assertThat(swish.value(1e30f)).isEqualTo(1e30f);
    assertThat(swish.value(Float.MAX_VALUE)).isEqualTo(Float.MAX_VALUE);
    assertThat(new Sigmoid().value(0f)).isEqualTo(0.5f);
    assertThat(new Gelu().slope(0f)).isEqualTo(0.5f);
    assertThat(Float.floatToRawIntBits(new Tanh().value(-0f))).isEqualTo(Integer.MIN_VALUE);
  }

  @Test
  void infinitiesGiveTheLimitAndNanGivesNan() {
    for (UnaryFunction f : functions()) {
      assertThat(f.value(Float.NaN)).as(f.title()).isNaN();
      float low = -f.value(-INFINITY);
      switch (f) {
        case LeakyRelu leaky -> assertThat(leaky.value(INFINITY)).isEqualTo(INFINITY);
        case HardSigmoid s -> assertThat(s.value(INFINITY)).isEqualTo(1f);
        case Sigmoid s -> assertThat(s.value(INFINITY)).isEqualTo(1f);
        case Tanh t -> {
          assertThat(t.value(INFINITY)).isEqualTo(1f);
          assertThat(low).isEqualTo(1f);
        }
        case Elu elu -> assertThat(low).isEqualTo(elu.alpha());
        case HardSwish s -> assertThat(low).isZero();
        case Silu s -> assertThat(low).isZero();
        case Gelu g -> assertThat(low).isZero();
        case GeluTanh g -> assertThat(low).isZero();
        case Softplus s -> assertThat(low).isZero();
      }
      if (f.slopeReadsOutput()) {
        continue;
      }
      float end = f.slope(-INFINITY);
      assertThat(end).as(f.title()).isEqualTo(f instanceof LeakyRelu leaky ? leaky.slope() : 0f);
      boolean bounded = f instanceof Sigmoid || f instanceof HardSigmoid || f instanceof Tanh;
      assertThat(f.slope(INFINITY)).as(f.title()).isEqualTo(bounded ? 0f : 1f);
    }
  }

  @Test
  void optionsThatMeanNothingAreRefused() {
    assertThatThrownBy(() -> new LeakyRelu(Float.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the slope must be finite but is NaN; 0.01 is usual");
    assertThatThrownBy(() -> new Elu(INFINITY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("alpha must be finite but is Infinity; 1 is usual");
    assertThatThrownBy(() -> new Softplus(0, 20))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("beta must be positive and finite but is 0.0; 1 is usual");
    assertThatThrownBy(() -> new Softplus(1, Float.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the threshold must not be NaN; 20 is usual");
  }
}
