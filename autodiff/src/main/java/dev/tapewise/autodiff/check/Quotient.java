package dev.tapewise.autodiff.check;

import java.util.function.DoubleUnaryOperator;

/**
 * A difference quotient.
 *
 * @param value the derivative it finds
 * @param noise what rounding may have added
 * @param kink whether a kink is near, so that there is no derivative to find
 */
record Quotient(double value, double noise, boolean kink) {

  /** Differences over one step: the quotient of both sides, and how far the sides are apart. */
  private record Step(double central, double gap) {
    static Step of(DoubleUnaryOperator f, double middle, double h) {
      double right = f.applyAsDouble(h);
      double left = f.applyAsDouble(-h);
      return new Step((right - left) / (2 * h), Math.abs(right - 2 * middle + left) / h);
    }

    /**
     * Off a kink the central quotients of both steps agree; right at it they do too, but the
     * quotients of its two sides come no nearer to each other.
     */
    static boolean kink(Step wide, Step narrow, double tolerance) {
      return Math.abs(wide.central - narrow.central) > tolerance
          || (narrow.gap > 2 * tolerance && narrow.gap > 0.7 * wide.gap);
    }
  }

  /** Of a function in double precision. */
  static Quotient exact(DoubleUnaryOperator f) {
    double h = 1e-4;
    double middle = f.applyAsDouble(0);
    Step wide = Step.of(f, middle, h);
    Step narrow = Step.of(f, middle, h / 4);
    double tolerance = 1e-4 * Math.max(1, Math.abs(narrow.central));
    return new Quotient(narrow.central, 0, Step.kink(wide, narrow, tolerance));
  }

  /**
   * Of a sum of float32 values: the step is a compromise between their rounding, which is divided
   * by it, and the curve of the function, which two steps take out of the quotient.
   *
   * @param magnitude the size of the sum without cancellation
   */
  static Quotient noisy(DoubleUnaryOperator f, double magnitude) {
    double h = 1.0 / 64;
    double noise = 4e-7 * Math.max(1, magnitude) / h;
    double middle = f.applyAsDouble(0);
    Step wide = Step.of(f, middle, h);
    Step narrow = Step.of(f, middle, h / 2);
    double tolerance = 0.02 * Math.max(0.1, Math.abs(narrow.central)) + 4 * noise;
    double value = narrow.central + (narrow.central - wide.central) / 3;
    return new Quotient(value, 4 * noise, Step.kink(wide, narrow, tolerance));
  }
}
