package dev.tapewise.core.kernel;

/**
 * What a reading applies behind its norm, to {@code t = fma(x, scale, shift)}: {@link #value} where
 * a tensor is read, {@link #gradient} where a gradient is.
 *
 * <p>Both have the bits of the op of that name behind a norm: a NaN in t stays NaN in the value,
 * and where t is no finite number the gradient is 0. Kernels have a loop for each of the two
 * classes and choose it once per call.
 */
public sealed interface Activation {

  /** The value itself. */
  Clamp NONE = new Clamp(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);

  /** {@link UnaryFunction.HardSwish}. */
  HardSwish HARD_SWISH = new HardSwish();

  /** The activation of t. */
  float value(float t);

  /** {@code g'}, the gradient g of the activation as one of t. */
  float gradient(float g, float t);

  /**
   * {@code min(max(t, low), high)}, with {@code g' = g} where {@code low < t < high}, else 0.
   *
   * @param low the lower bound, {@code -Infinity} for none
   * @param high the upper bound, {@code +Infinity} for none
   */
  record Clamp(float low, float high) implements Activation {

    @Override
    public float value(float t) {
      return Math.min(Math.max(t, low), high);
    }

    @Override
    public float gradient(float g, float t) {
      return low < t && t < high ? g : 0f;
    }
  }

  /** Hard swish: {@code g' = g * f'(t)}, rounded, where t is finite, else 0. */
  record HardSwish() implements Activation {
    private static final UnaryFunction.HardSwish FUNCTION = new UnaryFunction.HardSwish();

    @Override
    public float value(float t) {
      return FUNCTION.value(t);
    }

    @Override
    public float gradient(float g, float t) {
      return Float.isFinite(t) ? g * FUNCTION.slope(t) : 0f;
    }
  }
}
