package dev.tapewise.core.kernel;

/**
 * Exponential and logarithm as polynomials with {@link Math#fma}: the same bits on every platform,
 * which library functions do not promise. Reduction and coefficients follow S. L. Moshier's Cephes
 * library (single/expf.c, single/logf.c); errors were measured against {@link StrictMath} in
 * double.
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
    float p = 1.9875691e-4f;
    p = Math.fma(p, r, 1.3981999e-3f);
    p = Math.fma(p, r, 8.333452e-3f);
    p = Math.fma(p, r, 0.041665796f);
    p = Math.fma(p, r, 0.16666666f);
    p = Math.fma(p, r, 0.5f);
    float y = Math.fma(p, r * r, r) + 1f;
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

  private static float powerOfTwo(int n) {
    return Float.intBitsToFloat((n + 127) << 23);
  }
}
