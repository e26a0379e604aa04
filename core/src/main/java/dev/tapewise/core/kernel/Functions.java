package dev.tapewise.core.kernel;

/**
 * Exponential, logarithm and what is made of them, as polynomials with {@link Math#fma}: the same
 * bits on every platform, which library functions do not promise. Reduction and coefficients of exp
 * and log follow S. L. Moshier's Cephes library (single/expf.c, single/logf.c). Those of {@link
 * #log1p} and {@link #tailRatio} are our own: fitted in double for the least largest relative error
 * (Lawson's iteratively reweighted least squares on 12,000 points), then rounded to float. Errors
 * were measured against {@link StrictMath} in double; a NaN gives a NaN everywhere.
 */
public final class Functions {
  private static final float LOG2_E = 1.442695f;

  /** ln 2 in two parts; the first has 9 bits, so that n times it is exact for the n that occur. */
  private static final float LN2_HIGH = 0.6933594f;

  private static final float LN2_LOW = -2.12194440e-4f;

  /** Adding and subtracting it rounds a small float to the nearest integer. */
  private static final float ROUNDER = 0x1.8p23f;

  private static final float LARGEST_EXP = 88.72284f;
  private static final float SMALLEST_EXP = -103.972084f;
  private static final float SQRT_HALF = 0.70710677f;

  /** Below it eˣ is nothing beside 1, and above it 2ⁿ is a normal number. */
  private static final float SMALLEST_EXPM1 = -87f;

  /** Beyond it exp(−x² / 2) is 0. */
  public static final float NORMAL_END = 15f;

  private Functions() {}

  /** eˣ, within 1.01 ulp; NaN gives NaN. */
  public static float exp(float x) {
    if (x > LARGEST_EXP) {
      return Float.POSITIVE_INFINITY;
    }
    if (x < SMALLEST_EXP) {
      return 0f;
    }
    float n = Math.fma(x, LOG2_E, ROUNDER) - ROUNDER;
    float r = Math.fma(n, -LN2_HIGH, x);
    r = Math.fma(n, -LN2_LOW, r);
    float y = expm1Reduced(r) + 1f;
    // Two steps: 2ⁿ alone may be no float where y·2ⁿ is one.
    int half = (int) n >> 1;
    return y * powerOfTwo(half) * powerOfTwo((int) n - half);
  }

  /** The natural logarithm, within 0.79 ulp; NaN below 0, -Infinity at 0. */
  public static float log(float x) {
    if (!(x > 0f)) {
      return x == 0f ? Float.NEGATIVE_INFINITY : Float.NaN;
    }
    if (x == Float.POSITIVE_INFINITY) {
      return x;
    }
    int exponent = 0;
    float normal = x;
    if (x < Float.MIN_NORMAL) {
      normal = x * 0x1p24f;
      exponent = -24;
    }
    int bits = Float.floatToRawIntBits(normal);
    exponent += (bits >>> 23) - 126;
    float m = Float.intBitsToFloat((bits & 0x007FFFFF) | 0x3F000000); // in [0.5, 1)
    if (m < SQRT_HALF) {
      exponent--;
      m += m;
    }
    float r = m - 1f;
    float z = r * r;
    float p = 0.070376836f;
    p = Math.fma(p, r, -0.1151461f);
    p = Math.fma(p, r, 0.116769984f);
    p = Math.fma(p, r, -0.12420141f);
    p = Math.fma(p, r, 0.14249323f);
    p = Math.fma(p, r, -0.16668057f);
    p = Math.fma(p, r, 0.20000714f);
    p = Math.fma(p, r, -0.24999994f);
    p = Math.fma(p, r, 0.3333333f);
    float tail = Math.fma(p * r, z, exponent * LN2_LOW);
    tail = Math.fma(z, -0.5f, tail);
    return Math.fma(exponent, LN2_HIGH, r + tail);
  }

  /** eˣ − 1 for x of at most 0, within 0.85 ulp. */
  public static float expm1(float x) {
    float t = x < SMALLEST_EXPM1 ? SMALLEST_EXPM1 : x;
    float n = Math.fma(t, LOG2_E, ROUNDER) - ROUNDER;
    float r = Math.fma(n, -LN2_HIGH, t);
    r = Math.fma(n, -LN2_LOW, r);
    float power = powerOfTwo((int) n);
    return Math.fma(expm1Reduced(r), power, power - 1f);
  }

  /** eʳ − 1 for |r| of at most ln 2 / 2. */
  private static float expm1Reduced(float r) {
    float p = 1.9875691e-4f;
    p = Math.fma(p, r, 1.3981999e-3f);
    p = Math.fma(p, r, 8.333452e-3f);
    p = Math.fma(p, r, 0.041665796f);
    p = Math.fma(p, r, 0.16666666f);
    p = Math.fma(p, r, 0.5f);
    return Math.fma(p, r * r, r);
  }

  /** ln(1 + x) for x from 0 to 1, within 1.3 ulp. */
  public static float log1p(float x) {
    float p = -0.0033184746f;
    p = Math.fma(p, x, 0.020204594f);
    p = Math.fma(p, x, -0.05766446f);
    p = Math.fma(p, x, 0.10680557f);
    p = Math.fma(p, x, -0.15355398f);
    p = Math.fma(p, x, 0.19695401f);
    p = Math.fma(p, x, -0.24958588f);
    p = Math.fma(p, x, 0.33330512f);
    p = Math.fma(p, x, -0.4999993f);
    return Math.fma(p, x * x, x);
  }

  /** 1 / (1 + e⁻ˣ), within 2.3 ulp at both ends alike. */
  public static float sigmoid(float x) {
    float e = exp(-Math.abs(x));
    return (x < 0f ? e : 1f) / (1f + e);
  }

  /** The derivative of {@link #sigmoid}, within 4.1 ulp. */
  public static float sigmoidSlope(float x) {
    float e = exp(-Math.abs(x));
    float d = 1f + e;
    return e / (d * d);
  }

  /** The hyperbolic tangent, within 2.5 ulp. */
  public static float tanh(float x) {
    float m = expm1(-2f * Math.abs(x));
    return Math.copySign(m / (2f + m), x);
  }

  /**
   * Φ(x) = (1 + erf(x / √2)) / 2, the distribution function of the normal distribution, within 5.2
   * ulp at both ends alike.
   */
  public static float normal(float x) {
    float t = Math.abs(x);
    t = t > NORMAL_END ? NORMAL_END : t;
    float tail = tailRatio(t) * gaussian(t);
    return x < 0f ? tail : 1f - tail;
  }

  /**
   * exp(−x² / 2) for |x| of at most {@link #NORMAL_END}, within 1.5 ulp: what x² loses by rounding
   * is put back.
   */
  public static float gaussian(float x) {
    float square = x * x;
    float rest = Math.fma(x, x, -square);
    float e = exp(-0.5f * square);
    return Math.fma(-0.5f * e, rest, e);
  }

  /**
   * Φ(−t) / exp(−t² / 2) for t from 0 to {@link #NORMAL_END}: a polynomial in (t − 4) / (t + 4),
   * fitted on [0, 14.5].
   */
  public static float tailRatio(float t) {
    float u = (t - 4f) / (t + 4f);
    float p = -6.528439e-05f;
    p = Math.fma(p, u, -0.0001678252f);
    p = Math.fma(p, u, 0.0006577626f);
    p = Math.fma(p, u, 0.000502551f);
    p = Math.fma(p, u, -0.008497917f);
    p = Math.fma(p, u, 0.0308655f);
    p = Math.fma(p, u, -0.07170674f);
    p = Math.fma(p, u, 0.1243792f);
    p = Math.fma(p, u, -0.17039774f);
    return Math.fma(p, u, 0.09441064f);
  }

  private static float powerOfTwo(int n) {
    return Float.intBitsToFloat((n + 127) << 23);
  }
}
