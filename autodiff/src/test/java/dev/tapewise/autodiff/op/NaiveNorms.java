package dev.tapewise.autodiff.op;

import java.util.function.IntUnaryOperator;

/** Norms in double precision: every element belongs to a set, and the set is normalised. */
final class NaiveNorms {
  private NaiveNorms() {}

  /** {@code [N, pixels, channels]} with groups of neighbouring channels; factors per channel. */
  static double[] group(
      double[] x, double[] gamma, double[] beta, int batch, int channels, int groups, double eps) {
    int image = x.length / batch;
    int perGroup = channels / groups;
    return normalise(
        x,
        batch * groups,
        i -> i / image * groups + i % channels / perGroup,
        gamma,
        beta,
        i -> i % channels,
        eps);
  }

  /** Rows of {@code size}; factors per element of a row. */
  static double[] layer(double[] x, double[] gamma, double[] beta, int size, double eps) {
    return normalise(x, x.length / size, i -> i / size, gamma, beta, i -> i % size, eps);
  }

  private static double[] normalise(
      double[] x,
      int sets,
      IntUnaryOperator setOf,
      double[] gamma,
      double[] beta,
      IntUnaryOperator factorOf,
      double eps) {
    double[] mean = new double[sets];
    double[] variance = new double[sets];
    int count = x.length / sets;
    for (int i = 0; i < x.length; i++) {
      mean[setOf.applyAsInt(i)] += x[i] / count;
    }
    for (int i = 0; i < x.length; i++) {
      double t = x[i] - mean[setOf.applyAsInt(i)];
      variance[setOf.applyAsInt(i)] += t * t / count;
    }
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int set = setOf.applyAsInt(i);
      int f = factorOf.applyAsInt(i);
      y[i] = (x[i] - mean[set]) / Math.sqrt(variance[set] + eps) * gamma[f] + beta[f];
    }
    return y;
  }
}
