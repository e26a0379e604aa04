package dev.tapewise.core.kernel;

/**
 * The functions of the table and their derivatives in double precision, as their definitions read.
 */
final class Exact {
  private static final double ROOT_2_PI = 2.5066282746310007;
  private static final double SLOPE = 2 / ROOT_2_PI * 2;

  private Exact() {}

  static double value(UnaryFunction function, double x) {
    return switch (function) {
      case UnaryFunction.LeakyRelu f -> x > 0 ? x : f.slope() * x;
      case UnaryFunction.HardSigmoid f -> Math.min(Math.max(x + 3, 0), 6) / 6;
      case UnaryFunction.HardSwish f -> x * Math.min(Math.max(x + 3, 0), 6) / 6;
      case UnaryFunction.Sigmoid f -> sigmoid(x);
      case UnaryFunction.Silu f -> x * sigmoid(x);
      case UnaryFunction.Tanh f -> StrictMath.tanh(x);
      case UnaryFunction.Gelu f -> x * normal(x);
      case UnaryFunction.GeluTanh f -> x * sigmoid(geluArgument(x));
      case UnaryFunction.Elu f -> x > 0 ? x : f.alpha() * StrictMath.expm1(x);
      case UnaryFunction.Softplus f -> {
        double t = f.beta() * x;
        double soft = Math.max(t, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(t)));
        yield t > f.threshold() ? x : soft / f.beta();
      }
    };
  }

  static double slope(UnaryFunction function, double x) {
    return switch (function) {
      case UnaryFunction.LeakyRelu f -> x > 0 ? 1 : f.slope();
      case UnaryFunction.HardSigmoid f -> x > -3 && x < 3 ? 1.0 / 6 : 0;
      case UnaryFunction.HardSwish f -> x < -3 ? 0 : x <= 3 ? x / 3 + 0.5 : 1;
      case UnaryFunction.Sigmoid f -> sigmoid(x) * sigmoid(-x);
      case UnaryFunction.Silu f -> sigmoid(x) * (1 + x * sigmoid(-x));
      case UnaryFunction.Tanh f -> 4 * sigmoid(2 * x) * sigmoid(-2 * x);
      case UnaryFunction.Gelu f -> normal(x) + x * StrictMath.exp(-x * x / 2) / ROOT_2_PI;
      case UnaryFunction.GeluTanh f -> {
        double w = geluArgument(x);
        yield sigmoid(w) + x * sigmoid(w) * sigmoid(-w) * SLOPE * (1 + 3 * 0.044715 * x * x);
      }
      case UnaryFunction.Elu f -> x > 0 ? 1 : f.alpha() * StrictMath.exp(x);
      case UnaryFunction.Softplus f -> f.beta() * x > f.threshold() ? 1 : sigmoid(f.beta() * x);
    };
  }

  /** Φ(x): for small |x| by the series of erf, else by the continued fraction of the tail. */
  static double normal(double x) {
    double t = Math.abs(x);
    double tail;
    if (t < 3) {
      double term = t;
      double sum = t;
      for (int k = 1; k < 100; k++) {
        term *= t * t / (2 * k + 1);
        sum += term;
      }
      tail = 0.5 - sum * StrictMath.exp(-t * t / 2) / ROOT_2_PI;
    } else {
      double fraction = t;
      for (int k = 200; k > 0; k--) {
        fraction = t + k / fraction;
      }
      tail = StrictMath.exp(-t * t / 2) / ROOT_2_PI / fraction;
    }
    return x < 0 ? tail : 1 - tail;
  }

  static double sigmoid(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }

  /** Twice the argument of tanh: (1 + tanh(w / 2)) / 2 is the sigmoid of w. */
  private static double geluArgument(double x) {
    return SLOPE * (x + 0.044715 * x * x * x);
  }
}
