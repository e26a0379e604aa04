package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.geometry.ConvGeometry;

/** A geometry that reads as what is special in it: a 3×3 of stride 1 without padding otherwise. */
record ConvolutionShape(
    int height,
    int width,
    int in,
    int out,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int dilationHeight,
    int dilationWidth,
    int top,
    int bottom,
    int left,
    int right,
    int groups) {

  static ConvolutionShape of(int height, int width, int in, int out) {
    return new ConvolutionShape(height, width, in, out, 3, 3, 1, 1, 1, 1, 0, 0, 0, 0, 1);
  }

  ConvolutionShape kernel(int newHeight, int newWidth) {
    return new ConvolutionShape(
        height,
        width,
        in,
        out,
        newHeight,
        newWidth,
        strideHeight,
        strideWidth,
        dilationHeight,
        dilationWidth,
        top,
        bottom,
        left,
        right,
        groups);
  }

  ConvolutionShape stride(int newHeight, int newWidth) {
    return new ConvolutionShape(
        height,
        width,
        in,
        out,
        kernelHeight,
        kernelWidth,
        newHeight,
        newWidth,
        dilationHeight,
        dilationWidth,
        top,
        bottom,
        left,
        right,
        groups);
  }

  ConvolutionShape dilation(int newHeight, int newWidth) {
    return new ConvolutionShape(
        height,
        width,
        in,
        out,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        newHeight,
        newWidth,
        top,
        bottom,
        left,
        right,
        groups);
  }

  ConvolutionShape pad(int all) {
    return pad(all, all, all, all);
  }

  ConvolutionShape pad(int newTop, int newBottom, int newLeft, int newRight) {
    return new ConvolutionShape(
        height,
        width,
        in,
        out,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        dilationHeight,
        dilationWidth,
        newTop,
        newBottom,
        newLeft,
        newRight,
        groups);
  }

  ConvolutionShape groups(int newGroups) {
    return new ConvolutionShape(
        height,
        width,
        in,
        out,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        dilationHeight,
        dilationWidth,
        top,
        bottom,
        left,
        right,
        newGroups);
  }

  ConvGeometry geometry() {
    return new ConvGeometry(
        height,
        width,
        in,
        out,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        dilationHeight,
        dilationWidth,
        top,
        bottom,
        left,
        right,
        groups);
  }
}
