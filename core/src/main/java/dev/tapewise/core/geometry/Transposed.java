package dev.tapewise.core.geometry;

/** The rules of transposed convolutions. */
final class Transposed {
  private Transposed() {}

  static ConvGeometry geometry(
      ConvOptions o,
      int height,
      int width,
      int inChannels,
      int outChannels,
      int kernelHeight,
      int kernelWidth) {
    if (o.groups() < 1 || inChannels % o.groups() != 0) {
      throw new IllegalArgumentException(
          "%d input channels are not divisible by groups=%d. Choose groups from %s"
              .formatted(inChannels, o.groups(), ConvGeometry.divisors(inChannels)));
    }
    boolean same = o.padding() instanceof Padding.Same;
    int outHeight =
        size(
            "rows",
            same,
            height,
            o.strideHeight(),
            (kernelHeight - 1L) * o.dilationHeight() + 1,
            same ? new Padding.Amount(0, 0) : o.padding().vertical(height, 1, 1, 1),
            o.outputPaddingHeight());
    int outWidth =
        size(
            "columns",
            same,
            width,
            o.strideWidth(),
            (kernelWidth - 1L) * o.dilationWidth() + 1,
            same ? new Padding.Amount(0, 0) : o.padding().horizontal(width, 1, 1, 1),
            o.outputPaddingWidth());
    return o.withOutputPadding(0, 0)
        .convolution(outHeight, outWidth, outChannels, inChannels, kernelHeight, kernelWidth);
  }

  private static int size(
      String what,
      boolean same,
      int size,
      int stride,
      long window,
      Padding.Amount pad,
      int outputPadding) {
    if (stride < 1) {
      throw new IllegalArgumentException("stride must be at least 1 but is " + stride);
    }
    if (outputPadding < 0 || outputPadding >= stride) {
      // from the stride on, the convolution turned round would have another size than x
      throw new IllegalArgumentException(
          "output padding of %d %s must be at least 0 and less than their stride of %d. For more %s pad less at the end"
              .formatted(outputPadding, what, stride, what));
    }
    if (same && outputPadding > 0) {
      throw new IllegalArgumentException(
          "output padding of %d %s does not go with same padding, which gives %d * %d %s. Leave one of both away"
              .formatted(outputPadding, what, size, stride, what));
    }
    long out =
        same
            ? (long) size * stride
            : (size - 1L) * stride - pad.before() - pad.after() + window + outputPadding;
    if (out < 1 || out > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "%d %s with stride %d under a window of %d, padded by %d and %d, become %d. Choose a padding that leaves at least 1"
              .formatted(size, what, stride, window, pad.before(), pad.after(), out));
    }
    return (int) out;
  }
}
