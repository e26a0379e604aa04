package dev.tapewise.core.kernel;

/**
 * What a difference {@code d = x - t} costs: {@code d² / 2 / divisor} up to {@code |d| = delta},
 * {@code ratio * (|d| - delta / 2)} beyond. Squared and absolute error and the two forms of Huber's
 * loss are such curves. Both providers use it as it is: it runs over the output of a network once
 * per step.
 *
 * <p>A NaN costs NaN and has the slope NaN. Sums run in order in double precision over costs in
 * float.
 *
 * @param delta where the parabola ends, 0 for none and Infinity for nothing else
 * @param divisor of the parabola
 * @param ratio the slope beyond delta
 */
public record ErrorCurve(float delta, float divisor, float ratio) {

  /** {@code d²}. */
  public static ErrorCurve squared() {
    return new ErrorCurve(Float.POSITIVE_INFINITY, 0.5f, 1);
  }

  /** {@code |d|}, with slope 0 at 0. */
  public static ErrorCurve absolute() {
    return new ErrorCurve(0, 1, 1);
  }

  /** {@code d² / 2}, and from delta on {@code delta * (|d| - delta / 2)}. */
  public static ErrorCurve huber(float delta) {
    return new ErrorCurve(delta, 1, delta);
  }

  /** {@code d² / (2 * beta)}, and from beta on {@code |d| - beta / 2}. */
  public static ErrorCurve smoothAbsolute(float beta) {
    return beta == 0 ? absolute() : new ErrorCurve(beta, beta, 1);
  }

  /** The cost of d. */
  public float cost(float d) {
    float size = Math.abs(d);
    return size > delta ? ratio * (size - 0.5f * delta) : 0.5f * d * d / divisor;
  }

  /** The slope at d. */
  public float slope(float d) {
    return Math.abs(d) > delta ? Math.copySign(ratio, d) : d / divisor;
  }

  /** The sum of the costs of {@code count} differences. */
  public double sum(float[] x, int xOffset, float[] t, int tOffset, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += cost(x[xOffset + i] - t[tOffset + i]);
    }
    return sum;
  }

  /** {@code y = cost(x - t)}. */
  public void costs(
      float[] y, int yOffset, float[] x, int xOffset, float[] t, int tOffset, int count) {
    for (int i = 0; i < count; i++) {
      y[yOffset + i] = cost(x[xOffset + i] - t[tOffset + i]);
    }
  }

  /** {@code g (+)= factor * slope(x - t)}. */
  public void gradient(
      float[] g,
      int gOffset,
      float[] x,
      int xOffset,
      float[] t,
      int tOffset,
      int count,
      float factor,
      boolean add) {
    for (int i = 0; i < count; i++) {
      float d = factor * slope(x[xOffset + i] - t[tOffset + i]);
      g[gOffset + i] = add ? g[gOffset + i] + d : d;
    }
  }

  /** {@code g (+)= sign * dy * slope(x - t)}, for costs that stay apart. */
  public void gradients(
      float[] g,
      int gOffset,
      float[] x,
      int xOffset,
      float[] t,
      int tOffset,
      float[] dy,
      int dyOffset,
      int count,
      float sign,
      boolean add) {
    for (int i = 0; i < count; i++) {
      float d = sign * dy[dyOffset + i] * slope(x[xOffset + i] - t[tOffset + i]);
      g[gOffset + i] = add ? g[gOffset + i] + d : d;
    }
  }
}
