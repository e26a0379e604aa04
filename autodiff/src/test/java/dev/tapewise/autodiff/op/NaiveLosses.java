package dev.tapewise.autodiff.op;

import dev.tapewise.core.Philox;

/** Softmax, losses and dropout of units in double precision, as their definitions read. */
final class NaiveLosses {
  private NaiveLosses() {}

  /** Over the middle axis of {@code [outer, length, inner]}. */
  static double[] softmax(double[] x, int length, int inner, boolean logarithm) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int first = i / (length * inner) * length * inner + i % inner;
      double sum = 0;
      for (int k = 0; k < length; k++) {
        sum += Math.exp(x[first + k * inner] - x[i]);
      }
      y[i] = logarithm ? -Math.log(sum) : 1 / sum;
    }
    return y;
  }

  /** {@code -log p} of every class of every row. */
  private static double[] minusLog(double[] logits, int classes) {
    double[] y = softmax(logits, classes, 1, true);
    for (int i = 0; i < y.length; i++) {
      y[i] = -y[i];
    }
    return y;
  }

  static double[] crossEntropy(
      double[] logits,
      double[] labels,
      double smoothing,
      float[] weights,
      double ignored,
      Reduction reduction) {
    int classes = weights.length;
    double[] costs = minusLog(logits, classes);
    double[] rows = new double[labels.length];
    double divisor = 0;
    for (int r = 0; r < rows.length; r++) {
      if (labels[r] == ignored) {
        continue;
      }
      int label = (int) labels[r];
      rows[r] = (1 - smoothing) * weights[label] * costs[r * classes + label];
      for (int c = 0; c < classes; c++) {
        rows[r] += smoothing / classes * weights[c] * costs[r * classes + c];
      }
      divisor += weights[label];
    }
    return reduce(rows, divisor, reduction);
  }

  static double[] softCrossEntropy(
      double[] logits, double[] targets, double smoothing, float[] weights, Reduction reduction) {
    int classes = weights.length;
    double[] costs = minusLog(logits, classes);
    double[] rows = new double[logits.length / classes];
    for (int i = 0; i < logits.length; i++) {
      double t = (1 - smoothing) * targets[i] + smoothing / classes;
      rows[i / classes] += weights[i % classes] * t * costs[i];
    }
    return reduce(rows, rows.length, reduction);
  }

  /** Squared and absolute error, Huber and smooth L1 as their papers write them. */
  enum Curve {
    SQUARED {
      @Override
      double cost(double d, double limit) {
        return d * d;
      }
    },
    ABSOLUTE {
      @Override
      double cost(double d, double limit) {
        return Math.abs(d);
      }
    },
    HUBER {
      @Override
      double cost(double d, double limit) {
        return Math.abs(d) <= limit ? d * d / 2 : limit * (Math.abs(d) - limit / 2);
      }
    },
    SMOOTH {
      @Override
      double cost(double d, double limit) {
        return Math.abs(d) < limit ? d * d / (2 * limit) : Math.abs(d) - limit / 2;
      }
    };

    abstract double cost(double d, double limit);
  }

  static double[] regression(double[] x, double[] t, Curve curve, double limit, Reduction how) {
    double[] costs = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      costs[i] = curve.cost(x[i] - t[i], limit);
    }
    return reduce(costs, costs.length, how);
  }

  static double[] binaryCrossEntropy(
      double[] x, double[] t, double[] weights, float[] positive, Reduction reduction) {
    double[] costs = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      double yes = 1 / (1 + Math.exp(-x[i]));
      double no = 1 / (1 + Math.exp(x[i]));
      costs[i] =
          -weights[i % weights.length]
              * (positive[i % positive.length] * t[i] * Math.log(yes) + (1 - t[i]) * Math.log(no));
    }
    return reduce(costs, costs.length, reduction);
  }

  private static double[] reduce(double[] costs, double divisor, Reduction reduction) {
    if (reduction == Reduction.NONE) {
      return costs;
    }
    double sum = 0;
    for (double cost : costs) {
      sum += cost;
    }
    return new double[] {reduction == Reduction.MEAN ? sum / divisor : sum};
  }

  /**
   * Units of elements that are dropped together: element i belongs to unit {@code i / size *
   * channels + i % channels}.
   */
  static double[] dropUnits(double[] x, int size, int channels, float p, int stream) {
    float[] uniform = new float[x.length / size * channels + channels];
    Philox.fillUniform(uniform, 0, uniform.length, 0, stream, 0, 0, 1);
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = uniform[i / size * channels + i % channels] >= p ? x[i] / (1 - p) : 0;
    }
    return y;
  }
}
