package dev.tapewise.autodiff.op;

import dev.tapewise.core.geometry.ConvGeometry;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions and their gradients in double precision, one product of an output element, an input
 * element and a weight at a time, as the definition reads: they judge the others.
 */
final class NaiveConv {
  private NaiveConv() {}

  /** What is done with every product {@code y[out] += x[in] * w[weight]} of a convolution. */
  @FunctionalInterface
  private interface Product {
    void at(int out, int in, int weight);
  }

  private static void each(ConvGeometry g, int batch, Product product) {
    int oh = g.outHeight();
    int ow = g.outWidth();
    for (int n = 0; n < batch; n++) {
      for (int i = 0; i < oh; i++) {
        for (int j = 0; j < ow; j++) {
          for (int kh = 0; kh < g.kernelHeight(); kh++) {
            int r = i * g.strideHeight() - g.padTop() + kh * g.dilationHeight();
            for (int kw = 0; kw < g.kernelWidth(); kw++) {
              int c = j * g.strideWidth() - g.padLeft() + kw * g.dilationWidth();
              if (r < 0 || r >= g.height() || c < 0 || c >= g.width()) {
                continue;
              }
              int tap = kh * g.kernelWidth() + kw;
              int from = ((n * g.height() + r) * g.width() + c) * g.inChannels();
              int to = ((n * oh + i) * ow + j) * g.outChannels();
              for (int o = 0; o < g.outChannels(); o++) {
                int first = o / g.outPerGroup() * g.inPerGroup();
                for (int k = 0; k < g.inPerGroup(); k++) {
                  product.at(
                      to + o, from + first + k, (tap * g.inPerGroup() + k) * g.outChannels() + o);
                }
              }
            }
          }
        }
      }
    }
  }

  static double[] forward(
      double[] x, double[] w, double @Nullable [] bias, ConvGeometry g, int batch) {
    double[] y = filled(bias, batch * g.outSize());
    each(g, batch, (out, in, weight) -> y[out] += x[in] * w[weight]);
    return y;
  }

  static double[] gradInput(double[] dy, double[] w, ConvGeometry g, int batch) {
    return transposed(dy, w, null, g, batch);
  }

  static double[] gradWeight(double[] dy, double[] x, ConvGeometry g, int batch) {
    double[] dw = new double[g.weightSize()];
    each(g, batch, (out, in, weight) -> dw[weight] += x[in] * dy[out]);
    return dw;
  }

  static double[] gradBias(double[] dy, int channels) {
    double[] db = new double[channels];
    for (int i = 0; i < dy.length; i++) {
      db[i % channels] += dy[i];
    }
    return db;
  }

  /** The transposed convolution that turns {@code g} round. */
  static double[] transposed(
      double[] x, double[] w, double @Nullable [] bias, ConvGeometry g, int batch) {
    double[] y = filled(bias, batch * g.inSize());
    each(g, batch, (out, in, weight) -> y[in] += x[out] * w[weight]);
    return y;
  }

  private static double[] filled(double @Nullable [] bias, int size) {
    double[] y = new double[size];
    for (int i = 0; bias != null && i < size; i++) {
      y[i] = bias[i % bias.length];
    }
    return y;
  }
}
