package dev.tapewise.core.geometry;

/**
 * The options of a convolution, as a value: {@code ConvOptions.padded(Padding.same()).withStride(2,
 * 1).withGroups(4)}. Stride, dilation and groups are 1 where nothing else is said.
 *
 * @param padding zeros around the image
 * @param strideHeight input rows from one output row to the next
 * @param strideWidth input columns from one output column to the next
 * @param dilationHeight input rows from one tap to the next
 * @param dilationWidth input columns from one tap to the next
 * @param groups groups of channels that do not see each other
 * @param outputPaddingHeight rows that a transposed convolution has more at the bottom, 0 for all
 *     others
 * @param outputPaddingWidth columns that a transposed convolution has more on the right
 */
public record ConvOptions(
    Padding padding,
    int strideHeight,
    int strideWidth,
    int dilationHeight,
    int dilationWidth,
    int groups,
    int outputPaddingHeight,
    int outputPaddingWidth) {

  /** Stride 1, no dilation, one group. */
  public static ConvOptions padded(Padding padding) {
    return new ConvOptions(padding, 1, 1, 1, 1, 1, 0, 0);
  }

  /** Stride 1, no padding, no dilation, one group. */
  public static ConvOptions valid() {
    return padded(Padding.valid());
  }

  /** With other padding. */
  public ConvOptions withPadding(Padding other) {
    return new ConvOptions(
        other,
        strideHeight,
        strideWidth,
        dilationHeight,
        dilationWidth,
        groups,
        outputPaddingHeight,
        outputPaddingWidth);
  }

  /** With a stride along both axes. */
  public ConvOptions withStride(int stride) {
    return withStride(stride, stride);
  }

  /** With a stride per axis. */
  public ConvOptions withStride(int height, int width) {
    return new ConvOptions(
        padding,
        height,
        width,
        dilationHeight,
        dilationWidth,
        groups,
        outputPaddingHeight,
        outputPaddingWidth);
  }

  /** With a dilation along both axes. */
  public ConvOptions withDilation(int dilation) {
    return withDilation(dilation, dilation);
  }

  /** With a dilation per axis. */
  public ConvOptions withDilation(int height, int width) {
    return new ConvOptions(
        padding,
        strideHeight,
        strideWidth,
        height,
        width,
        groups,
        outputPaddingHeight,
        outputPaddingWidth);
  }

  /** With groups. */
  public ConvOptions withGroups(int number) {
    return new ConvOptions(
        padding,
        strideHeight,
        strideWidth,
        dilationHeight,
        dilationWidth,
        number,
        outputPaddingHeight,
        outputPaddingWidth);
  }

  /** With rows and columns that only a transposed convolution can have. */
  public ConvOptions withOutputPadding(int height, int width) {
    return new ConvOptions(
        padding, strideHeight, strideWidth, dilationHeight, dilationWidth, groups, height, width);
  }

  /**
   * The geometry of a convolution of images of this size.
   *
   * @throws IllegalArgumentException if the options do not fit, naming the rule, the values and the
   *     cure
   */
  public ConvGeometry convolution(
      int height, int width, int inChannels, int outChannels, int kernelHeight, int kernelWidth) {
    if (outputPaddingHeight != 0 || outputPaddingWidth != 0) {
      throw new IllegalArgumentException(
          "output padding of %d x %d is for transposed convolutions only. Pad the input instead"
              .formatted(outputPaddingHeight, outputPaddingWidth));
    }
    return ConvGeometry.of(
        height,
        width,
        inChannels,
        outChannels,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        dilationHeight,
        dilationWidth,
        padding,
        groups);
  }

  /**
   * The geometry of a convolution of sequences, as images of one row: of these options only what is
   * said about columns counts.
   */
  public ConvGeometry convolution1d(int length, int inChannels, int outChannels, int kernel) {
    if (strideWidth < 1) {
      throw new IllegalArgumentException("stride must be at least 1 but is " + strideWidth);
    }
    Padding.Amount pad = padding.horizontal(length, kernel, strideWidth, dilationWidth);
    return new ConvOptions(
            Padding.of(0, 0, pad.before(), pad.after()),
            1,
            strideWidth,
            1,
            dilationWidth,
            groups,
            outputPaddingHeight,
            outputPaddingWidth)
        .convolution(1, length, inChannels, outChannels, 1, kernel);
  }

  /**
   * The geometry of the convolution that a transposed one of images of this size turns round: it
   * makes {@code inChannels} out of {@code outChannels}, and its input has the size of the
   * transposed one's result, {@code (size - 1) * stride - before - after + (kernel - 1) * dilation
   * + outputPadding + 1}, or {@code size * stride} under {@link Padding#same()}.
   *
   * @throws IllegalArgumentException if the options do not fit, naming the rule, the values and the
   *     cure
   */
  public ConvGeometry transposed(
      int height, int width, int inChannels, int outChannels, int kernelHeight, int kernelWidth) {
    return Transposed.geometry(
        this, height, width, inChannels, outChannels, kernelHeight, kernelWidth);
  }
}
