package dev.tapewise.autodiff.op;

import dev.tapewise.core.kernel.UnaryFunction;

/** The functions of one element in double precision, as their definitions read. */
final class NaiveUnary {
  private NaiveUnary() {}

  static double[] apply(UnaryFunction function, double[] x) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = apply(function, x[i]);
    }
    return y;
  }

  private static double apply(UnaryFunction function, double x) {
    return switch (function) {
      case UnaryFunction.LeakyRelu f -> x > 0 ? x : f.slope() * x;
      case UnaryFunction.HardSigmoid f -> Math.min(Math.max(x + 3, 0), 6) / 6;
      case UnaryFunction.HardSwish f -> x * Math.min(Math.max(x + 3, 0), 6) / 6;
      case UnaryFunction.Sigmoid f -> 1 / (1 + Math.exp(-x));
      case UnaryFunction.Silu f -> x / (1 + Math.exp(-x));
      case UnaryFunction.Tanh f -> Math.tanh(x);
      case UnaryFunction.Gelu f -> x * normal(x);
      case UnaryFunction.GeluTanh f ->
          x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
      case UnaryFunction.Elu f -> x > 0 ? x : f.alpha() * (Math.exp(x) - 1);
      case UnaryFunction.Softplus f ->
          f.beta() * x > f.threshold() ? x : Math.log(1 + Math.exp(f.beta() * x)) / f.beta();
    };
  }

  /** Φ(x) by the series of erf, which is good for the |x| below 10 that are drawn. */
  private static double normal(double x) {
    double term = x;
    double sum = x;
    for (int k = 1; k < 300; k++) {
      term *= x * x / (2 * k + 1);
      sum += term;
    }
    return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }
}
