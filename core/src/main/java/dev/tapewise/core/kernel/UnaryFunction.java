package dev.tapewise.core.kernel;

/**
 * The table of functions of one element: name, f, f′, and what f′ is computed from. It defines the
 * bits; the vector kernels do the same operations. ReLU and ReLU6 are not here: as clamps they fuse
 * with norms, see {@link Reading}.
 *
 * <p>f′ reads f's output only where that loses no digit. The usual {@code y(1 − y)} of sigmoid and
 * {@code 1 − y²} of tanh are 0 or nearly so where y rounds to 1, so these read x. At kinks f′ is
 * what PyTorch 2.7.1 has. Infinities give the limit, a NaN gives NaN (but not in f′ of leaky ReLU
 * and hard sigmoid, which are constants).
 *
 * <p>Errors in ulp, measured over all floats, stand at the functions; "f′ 5" is the error of f′.
 * Where f′ has a zero inside, it is an error in ulp of at least 0.25. Products with e⁻ˣ (SiLU and
 * GELU) lose digits below 3e-36, where e⁻ˣ is subnormal.
 */
public sealed interface UnaryFunction {

  /** What it is called in descriptions and errors. */
  String title();

  /** f(x). */
  float value(float x);

  /** f′ from f's input, or from its output where {@link #slopeReadsOutput} says so. */
  float slope(float v);

  /** Whether {@link #slope} takes the output of f. */
  default boolean slopeReadsOutput() {
    return false;
  }

  /**
   * x above 0, otherwise {@code slope · x}; f′(0) = slope. Error 0.5, f′ 0. Its sign is all that f′
   * needs, and the output has it too, unless the slope is negative.
   *
   * @param slope finite
   */
  record LeakyRelu(float slope) implements UnaryFunction {

    /** Checks the slope. */
    public LeakyRelu {
      if (!Float.isFinite(slope)) {
        throw new IllegalArgumentException(
            "the slope must be finite but is " + slope + "; 0.01 is usual");
      }
    }

    @Override
    public String title() {
      return "leaky relu";
    }

    @Override
    public float value(float x) {
      return x > 0f ? x : slope * x;
    }

    @Override
    public float slope(float v) {
      return v > 0f ? 1f : slope;
    }

    @Override
    public boolean slopeReadsOutput() {
      return slope >= 0f;
    }
  }

  /**
   * {@code min(max(x + 3, 0), 6) / 6} (Howard et al. 2019, arXiv:1905.02244); f′(±3) = 0. Error
   * 1.4, f′ 0.4.
   */
  record HardSigmoid() implements UnaryFunction {

    @Override
    public String title() {
      return "hard sigmoid";
    }

    @Override
    public float value(float x) {
      float t = x + 3f;
      t = t < 0f ? 0f : t;
      t = t > 6f ? 6f : t;
      return t * SIXTH;
    }

    @Override
    public float slope(float x) {
      return x > -3f && x < 3f ? SIXTH : 0f;
    }
  }

  /**
   * {@code x · hardSigmoid(x)} (Howard et al. 2019, arXiv:1905.02244), -0 at and below -3; f′(-3) =
   * -0.5 and f′(3) = 1.5. Error 2.5, f′ 1.4.
   */
  record HardSwish() implements UnaryFunction {

    @Override
    public String title() {
      return "hard swish";
    }

    @Override
    public float value(float x) {
      float t = x + 3f;
      t = t < 0f ? 0f : t;
      t = t > 6f ? 6f : t;
      return (x < -3f ? -3f : x) * (t * SIXTH);
    }

    @Override
    public float slope(float x) {
      float s = x > 3f ? 1f : (x + 1.5f) * THIRD;
      return x < -3f ? 0f : s;
    }
  }

  /** 1 / (1 + e⁻ˣ). Error 2.3, f′ 4.1. */
  record Sigmoid() implements UnaryFunction {

    @Override
    public String title() {
      return "sigmoid";
    }

    @Override
    public float value(float x) {
      return Functions.sigmoid(x);
    }

    @Override
    public float slope(float x) {
      return Functions.sigmoidSlope(x);
    }
  }

  /**
   * {@code x · sigmoid(x)} (Elfwing et al. 2017, arXiv:1702.03118), also called swish; -0 where the
   * sigmoid is 0. Error 3.1, f′ 2.2.
   */
  record Silu() implements UnaryFunction {
    /** Beyond it the sigmoid is 0 or 1. */
    public static final float END = 104f;

    @Override
    public String title() {
      return "silu";
    }

    @Override
    public float value(float x) {
      return (x < -END ? -END : x) * Functions.sigmoid(x);
    }

    @Override
    public float slope(float x) {
      float t = x < -END ? -END : x;
      t = t > END ? END : t;
      float e = Functions.exp(-Math.abs(t));
      float d = 1f + e;
      return Math.fma(t, e / (d * d), (t < 0f ? e : 1f) / d);
    }
  }

  /** The hyperbolic tangent. Error 2.5, f′ 3.8. */
  record Tanh() implements UnaryFunction {

    @Override
    public String title() {
      return "tanh";
    }

    @Override
    public float value(float x) {
      return Functions.tanh(x);
    }

    @Override
    public float slope(float x) {
      return 4f * Functions.sigmoidSlope(2f * x);
    }
  }

  /**
   * {@code x · Φ(x)} with the normal distribution's Φ (Hendrycks and Gimpel 2016,
   * arXiv:1606.08415). Error 6, f′ 4.
   */
  record Gelu() implements UnaryFunction {
    /** 1 / √(2π). */
    public static final float DENSITY = 0.3989423f;

    @Override
    public String title() {
      return "gelu";
    }

    @Override
    public float value(float x) {
      return (x < -Functions.NORMAL_END ? -Functions.NORMAL_END : x) * Functions.normal(x);
    }

    @Override
    public float slope(float x) {
      float t = x < -Functions.NORMAL_END ? -Functions.NORMAL_END : x;
      t = t > Functions.NORMAL_END ? Functions.NORMAL_END : t;
      float e = Functions.gaussian(t);
      float tail = Functions.tailRatio(Math.abs(t)) * e;
      return Math.fma(t, e * DENSITY, t < 0f ? tail : 1f - tail);
    }
  }

  /**
   * GELU's approximation {@code x / 2 · (1 + tanh(√(2/π) (x + 0.044715 x³)))} (Hendrycks and Gimpel
   * 2016, arXiv:1606.08415), computed as x · sigmoid of twice that argument, which keeps its digits
   * where tanh is near -1. Error 22 where the result is above 1e-3; it grows with the argument, to
   * 340 where the result is 1e-36. f′ 2.7.
   */
  record GeluTanh() implements UnaryFunction {
    /** 2 √(2/π). */
    public static final float LINEAR = 1.5957692f;

    /** 0.044715 times that. */
    public static final float CUBIC = 0.071354814f;

    /** Three times that. */
    public static final float CUBIC_SLOPE = 0.21406445f;

    @Override
    public String title() {
      return "gelu (tanh)";
    }

    @Override
    public float value(float x) {
      float w = x * Math.fma(CUBIC, x * x, LINEAR);
      return (x < -Functions.NORMAL_END ? -Functions.NORMAL_END : x) * Functions.sigmoid(w);
    }

    @Override
    public float slope(float x) {
      float t = x < -Functions.NORMAL_END ? -Functions.NORMAL_END : x;
      t = t > Functions.NORMAL_END ? Functions.NORMAL_END : t;
      float square = t * t;
      float w = t * Math.fma(CUBIC, square, LINEAR);
      float dw = Math.fma(CUBIC_SLOPE, square, LINEAR);
      float e = Functions.exp(-Math.abs(w));
      float d = 1f + e;
      return Math.fma(t * dw, e / (d * d), (t < 0f ? e : 1f) / d);
    }
  }

  /**
   * x above 0, otherwise {@code alpha (eˣ − 1)} (Clevert et al. 2015, arXiv:1511.07289); f′(0) =
   * alpha. Error 0.85, f′ 1, for alpha = 1.
   *
   * @param alpha finite
   */
  record Elu(float alpha) implements UnaryFunction {

    /** Checks alpha. */
    public Elu {
      if (!Float.isFinite(alpha)) {
        throw new IllegalArgumentException("alpha must be finite but is " + alpha + "; 1 is usual");
      }
    }

    @Override
    public String title() {
      return "elu";
    }

    @Override
    public float value(float x) {
      return x > 0f ? x : alpha * Functions.expm1(x);
    }

    @Override
    public float slope(float x) {
      return x > 0f ? 1f : alpha * Functions.exp(x);
    }
  }

  /**
   * {@code ln(1 + e^(beta x)) / beta}, and x itself where beta · x is above the threshold, with f′
   * = 1 there, as PyTorch has it. Error 1.8, f′ 2.3, for beta = 1; where beta · x is rounded, the
   * error grows with it.
   *
   * @param beta positive and finite
   * @param threshold any number or infinity
   */
  record Softplus(float beta, float threshold) implements UnaryFunction {

    /** Checks both. */
    public Softplus {
      if (!(beta > 0f && Float.isFinite(beta))) {
        throw new IllegalArgumentException(
            "beta must be positive and finite but is " + beta + "; 1 is usual");
      }
      if (Float.isNaN(threshold)) {
        throw new IllegalArgumentException("the threshold must not be NaN; 20 is usual");
      }
    }

    @Override
    public String title() {
      return "softplus";
    }

    @Override
    public float value(float x) {
      float t = beta * x;
      float soft = Functions.log1p(Functions.exp(-Math.abs(t))) + (t < 0f ? 0f : t);
      return t > threshold ? x : soft / beta;
    }

    @Override
    public float slope(float x) {
      float t = beta * x;
      return t > threshold ? 1f : Functions.sigmoid(t);
    }
  }

  /** 1 / 6. */
  float SIXTH = 0.16666667f;

  /** 1 / 3. */
  float THIRD = 0.33333334f;
}
