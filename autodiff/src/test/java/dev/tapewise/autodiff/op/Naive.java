package dev.tapewise.autodiff.op;

import org.jspecify.annotations.Nullable;

/** Forward passes in double precision, as their definitions read: they judge the others. */
final class Naive {
  private Naive() {}

  static double[] linear(double[] x, double[] w, double @Nullable [] bias, int in, int out) {
    int rows = x.length / in;
    double[] y = new double[rows * out];
    for (int r = 0; r < rows; r++) {
      for (int o = 0; o < out; o++) {
        double sum = bias == null ? 0 : bias[o];
        for (int i = 0; i < in; i++) {
          sum += x[r * in + i] * w[i * out + o];
        }
        y[r * out + o] = sum;
      }
    }
    return y;
  }

  static double[] batchNorm(double[] x, double[] gamma, double[] beta, double epsilon) {
    int channels = gamma.length;
    int rows = x.length / channels;
    double[] mean = new double[channels];
    double[] variance = new double[channels];
    for (int i = 0; i < x.length; i++) {
      mean[i % channels] += x[i] / rows;
    }
    for (int i = 0; i < x.length; i++) {
      double d = x[i] - mean[i % channels];
      variance[i % channels] += d * d / rows;
    }
    return normalise(x, gamma, beta, mean, variance, epsilon);
  }

  static double[] normalise(
      double[] x, double[] gamma, double[] beta, double[] mean, double[] variance, double epsilon) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int c = i % gamma.length;
      y[i] = (x[i] - mean[c]) / Math.sqrt(variance[c] + epsilon) * gamma[c] + beta[c];
    }
    return y;
  }

  static double[] clamp(double[] x, double low, double high) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = Math.min(Math.max(x[i], low), high);
    }
    return y;
  }

  static double crossEntropy(double[] logits, double[] labels, double smoothing) {
    int rows = labels.length;
    int classes = logits.length / rows;
    double total = 0;
    for (int r = 0; r < rows; r++) {
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        sum += Math.exp(logits[r * classes + c]);
      }
      for (int c = 0; c < classes; c++) {
        double target = smoothing / classes + (c == (int) labels[r] ? 1 - smoothing : 0);
        total -= target * (logits[r * classes + c] - Math.log(sum));
      }
    }
    return total / rows;
  }
}
