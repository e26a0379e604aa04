package dev.tapewise.core.geometry;

/**
 * The whole geometry of a two-dimensional convolution of one image, validated once: what forward
 * and backward passes share.
 *
 * @param height input rows
 * @param width input columns
 * @param inChannels input channels
 * @param outChannels output channels
 * @param kernelHeight rows of the kernel
 * @param kernelWidth columns of the kernel
 * @param strideHeight input rows from one output row to the next
 * @param strideWidth input columns from one output column to the next
 * @param dilationHeight input rows from one tap to the next
 * @param dilationWidth input columns from one tap to the next
 * @param padTop zero rows above the image
 * @param padBottom zero rows below
 * @param padLeft zero columns on the left
 * @param padRight zero columns on the right
 * @param groups groups of channels that do not see each other
 */
public record ConvGeometry(
    int height,
    int width,
    int inChannels,
    int outChannels,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int dilationHeight,
    int dilationWidth,
    int padTop,
    int padBottom,
    int padLeft,
    int padRight,
    int groups) {

  /** Checks every rule; the text names the rule and the values. */
  public ConvGeometry {
    positive("height", height);
    positive("width", width);
    positive("in channels", inChannels);
    positive("out channels", outChannels);
    positive("kernel height", kernelHeight);
    positive("kernel width", kernelWidth);
    positive("stride", strideHeight);
    positive("stride", strideWidth);
    positive("dilation", dilationHeight);
    positive("dilation", dilationWidth);
    positive("groups", groups);
    if (padTop < 0 || padBottom < 0 || padLeft < 0 || padRight < 0) {
      throw new IllegalArgumentException(
          "padding must not be negative: top=%d bottom=%d left=%d right=%d"
              .formatted(padTop, padBottom, padLeft, padRight));
    }
    if (inChannels % groups != 0) {
      throw new IllegalArgumentException(
          "%d input channels are not divisible by groups=%d. Choose groups from %s"
              .formatted(inChannels, groups, divisors(inChannels)));
    }
    if (outChannels % groups != 0) {
      throw new IllegalArgumentException(
          "%d output channels are not divisible by groups=%d. Choose groups from %s"
              .formatted(outChannels, groups, divisors(outChannels)));
    }
    fits("rows", height, padTop, padBottom, (kernelHeight - 1L) * dilationHeight + 1);
    fits("columns", width, padLeft, padRight, (kernelWidth - 1L) * dilationWidth + 1);
  }

  /** A geometry whose padding follows a rule. */
  public static ConvGeometry of(
      int height,
      int width,
      int inChannels,
      int outChannels,
      int kernelHeight,
      int kernelWidth,
      int strideHeight,
      int strideWidth,
      int dilationHeight,
      int dilationWidth,
      Padding padding,
      int groups) {
    positive("stride", strideHeight);
    positive("stride", strideWidth);
    Padding.Amount v = padding.vertical(height, kernelHeight, strideHeight, dilationHeight);
    Padding.Amount h = padding.horizontal(width, kernelWidth, strideWidth, dilationWidth);
    return new ConvGeometry(
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
        v.before(),
        v.after(),
        h.before(),
        h.after(),
        groups);
  }

  /** Output rows. */
  public int outHeight() {
    return (height + padTop + padBottom - (kernelHeight - 1) * dilationHeight - 1) / strideHeight
        + 1;
  }

  /** Output columns. */
  public int outWidth() {
    return (width + padLeft + padRight - (kernelWidth - 1) * dilationWidth - 1) / strideWidth + 1;
  }

  /** Taps of the kernel. */
  public int taps() {
    return Math.multiplyExact(kernelHeight, kernelWidth);
  }

  /** Input channels of one group. */
  public int inPerGroup() {
    return inChannels / groups;
  }

  /** Output channels of one group. */
  public int outPerGroup() {
    return outChannels / groups;
  }

  /** Floats of one input image. */
  public int inSize() {
    return Math.multiplyExact(Math.multiplyExact(height, width), inChannels);
  }

  /** Floats of one output image. */
  public int outSize() {
    return Math.multiplyExact(Math.multiplyExact(outHeight(), outWidth()), outChannels);
  }

  /** Floats of the weights {@code [kh, kw, in / groups, out]}. */
  public int weightSize() {
    return Math.multiplyExact(Math.multiplyExact(taps(), inPerGroup()), outChannels);
  }

  /** Multiply-adds of one image, padding counted as in the published tables. */
  public long multiplyAdds() {
    return (long) outSize() * inPerGroup() * taps();
  }

  /** Whether this is a plain matrix product over pixels. */
  public boolean isPointwise() {
    return taps() == 1
        && strideHeight == 1
        && strideWidth == 1
        && padTop + padBottom + padLeft + padRight == 0
        && groups == 1;
  }

  /** Whether every channel is convolved by itself, with one output channel each. */
  public boolean isDepthwise() {
    return groups == inChannels && groups == outChannels;
  }

  private static void positive(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(what + " must be at least 1 but is " + value);
    }
  }

  private static void fits(String what, int size, int before, int after, long window) {
    long padded = (long) size + before + after;
    if (padded > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "%d %s padded by %d and %d are more than 2147483647"
              .formatted(size, what, before, after));
    }
    if (padded < window) {
      throw new IllegalArgumentException(
          ("a window of %d %s does not fit into %d %s padded by %d and %d. Pad more, or choose a"
                  + " smaller kernel or dilation")
              .formatted(window, what, size, what, before, after));
    }
  }

  static String divisors(int n) {
    StringBuilder list = new StringBuilder();
    for (int i = 1; i <= n; i++) {
      if (n % i == 0) {
        list.append(list.isEmpty() ? "" : ", ").append(i);
      }
    }
    return list.toString();
  }
}
