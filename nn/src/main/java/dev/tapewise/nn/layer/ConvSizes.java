package dev.tapewise.nn.layer;

import dev.tapewise.core.geometry.ConvOptions;

/** What can be said about a convolution before it sees its input. */
final class ConvSizes {
  private ConvSizes() {}

  static void check(int in, int out, int kernelHeight, int kernelWidth, ConvOptions options) {
    int groups = options.groups();
    if (in < 1
        || out < 1
        || kernelHeight < 1
        || kernelWidth < 1
        || options.strideHeight() < 1
        || options.strideWidth() < 1
        || options.dilationHeight() < 1
        || options.dilationWidth() < 1
        || groups < 1) {
      throw new IllegalArgumentException(
          "a convolution needs sizes of at least 1: in=%d out=%d kernel=%dx%d, %s"
              .formatted(in, out, kernelHeight, kernelWidth, options));
    }
    if (in % groups != 0 || out % groups != 0) {
      throw new IllegalArgumentException(
          "%d input and %d output channels are not both divisible by groups=%d"
              .formatted(in, out, groups));
    }
  }
}
