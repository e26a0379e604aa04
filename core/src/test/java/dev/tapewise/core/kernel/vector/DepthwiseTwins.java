package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.kernel.assembled.AssembledRows;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Depthwise convolutions against their scalar twins, bit for bit. */
abstract class DepthwiseTwins {
  private final @Nullable AssembledRows assembled;

  DepthwiseTwins(@Nullable AssembledRows assembled) {
    this.assembled = assembled;
  }

  private int seen;

  @Test
  void threeByThreeOfAnyStrideAndPaddingHasTheTwinsBits() {
    for (int channels : new int[] {3, 8, 17, 24}) {
      for (int size : new int[] {7, 12, 13, 20}) {
        check(size, channels, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1);
        check(size, channels, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1);
        check(size, channels, 3, 3, 2, 2, 1, 1, 0, 1, 0, 1);
        check(size, channels, 3, 3, 1, 1, 1, 1, 0, 0, 0, 0);
        check(size, channels, 3, 3, 2, 2, 1, 1, 0, 0, 0, 0);
      }
    }
    for (int channels : new int[] {7, 9, 16}) {
      for (int size : new int[] {3, 6, 11}) {
        check(size, channels, 3, 3, 1, 1, 1, 1, 2, 2, 2, 2);
        check(size, channels, 3, 3, 1, 1, 1, 1, 3, 0, 4, 1);
        check(size, channels, 3, 3, 2, 2, 1, 1, 2, 1, 2, 1);
        check(size, channels, 3, 3, 2, 2, 1, 1, 1, 2, 3, 3);
        check(size, channels, 3, 3, 3, 3, 1, 1, 1, 1, 1, 1);
        check(size, channels, 3, 3, 1, 2, 1, 1, 1, 1, 1, 1);
        check(size, channels, 3, 3, 2, 1, 1, 1, 1, 1, 1, 1);
        check(size, channels, 3, 3, 3, 2, 1, 1, 1, 1, 1, 1);
      }
    }
  }

  @Test
  void dilatedKernelsHaveTheTwinsBits() {
    for (int channels : new int[] {7, 8, 16, 24}) {
      for (int size : new int[] {7, 12}) {
        check(size, channels, 3, 3, 1, 1, 2, 2, 2, 2, 2, 2);
        check(size, channels, 3, 3, 2, 2, 2, 2, 1, 0, 2, 1);
        check(size, channels, 3, 3, 1, 1, 1, 2, 1, 1, 2, 2);
        check(size, channels, 3, 3, 1, 1, 2, 1, 2, 2, 1, 1);
        check(size, channels, 3, 3, 2, 2, 2, 1, 2, 2, 1, 1);
        check(size, channels, 2, 4, 3, 2, 3, 2, 0, 2, 3, 1);
        check(size, channels, 5, 3, 1, 1, 3, 3, 6, 6, 3, 3);
      }
    }
  }

  @Test
  void kernelsOfAnySizeHaveTheTwinsBits() {
    for (int channels : new int[] {3, 8, 16, 23}) {
      for (int size : new int[] {5, 12}) {
        check(size, channels, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0);
        check(size, channels, 1, 1, 2, 2, 1, 1, 0, 0, 0, 0);
        check(size, channels, 1, 1, 3, 2, 1, 1, 1, 0, 0, 2);
        check(size, channels, 2, 2, 2, 2, 1, 1, 0, 0, 0, 0);
        check(size, channels, 2, 2, 3, 3, 1, 1, 0, 0, 0, 0);
        check(size, channels, 3, 5, 1, 1, 1, 1, 0, 1, 3, 0);
        check(size, channels, 3, 4, 1, 2, 1, 1, 1, 1, 1, 1);
        check(size, channels, 2, 6, 2, 2, 1, 1, 1, 1, 2, 2);
        check(size, channels, 5, 5, 1, 1, 1, 1, 2, 2, 2, 2);
        check(size, channels, 5, 5, 2, 2, 1, 1, 2, 2, 2, 2);
        check(size, channels, 5, 5, 2, 2, 1, 1, 1, 2, 1, 2);
        check(size, channels, 7, 1, 1, 1, 1, 1, 3, 3, 0, 0);
        check(size, channels, 1, 7, 1, 2, 1, 1, 0, 0, 3, 3);
        check(size, channels, 7, 7, 1, 1, 1, 1, 3, 3, 3, 3);
        check(size, channels, 7, 7, 3, 1, 1, 1, 3, 3, 3, 3);
      }
    }
  }

  @Test
  void rowsOfManyOutputsOfAnyStrideHaveTheTwinsBits() {
    for (int channels : new int[] {3, 8, 17}) {
      check(26, channels, 5, 5, 1, 1, 1, 1, 2, 2, 2, 2);
      check(26, channels, 5, 5, 2, 2, 1, 1, 2, 2, 2, 2);
      check(26, channels, 5, 5, 3, 3, 1, 1, 2, 2, 2, 2);
      check(26, channels, 3, 3, 3, 3, 1, 1, 1, 1, 1, 1);
      check(26, channels, 3, 3, 1, 1, 2, 2, 2, 2, 2, 2);
    }
  }

  @Test
  void everyChannelCountHasTheTwinsBits() {
    for (int channels = 1; channels <= 33; channels++) {
      check(9, channels, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1);
      check(9, channels, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1);
      check(4, channels, 5, 5, 1, 1, 1, 1, 2, 2, 2, 2);
    }
    check(9, 160, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1);
    check(9, 192, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1);
  }

  /** Of rings, since columns of more compete for a set of a first-level cache. */
  @Test
  void pixelsFourKibibytesApartHaveTheTwinsBits() {
    for (int size : new int[] {5, 18}) {
      check(size, 1024, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1);
      check(size, 1024, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1);
    }
  }

  @Test
  void kernelsLargerThanTheImageHaveTheTwinsBits() {
    for (int channels : new int[] {1, 8, 15, 25}) {
      for (int size = 1; size <= 4; size++) {
        check(size, channels, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1);
        check(size, channels, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1);
        check(size, channels, 5, 5, 1, 1, 1, 1, 2, 2, 2, 2);
        check(size, channels, 7, 7, 2, 2, 1, 1, 3, 3, 3, 3);
        check(size, channels, 3, 3, 1, 1, 4, 4, 4, 4, 4, 4);
        check(size, channels, 9, 9, 1, 1, 1, 1, 4, 4, 4, 4);
      }
    }
  }

  private void check(
      int size,
      int channels,
      int kernelHeight,
      int kernelWidth,
      int strideHeight,
      int strideWidth,
      int dilationHeight,
      int dilationWidth,
      int padTop,
      int padBottom,
      int padLeft,
      int padRight) {
    int width = size + seen % 3 * (size > 4 ? 1 : 0);
    ConvGeometry g =
        new ConvGeometry(
            size,
            width,
            channels,
            channels,
            kernelHeight,
            kernelWidth,
            strideHeight,
            strideWidth,
            dilationHeight,
            dilationWidth,
            padTop,
            padBottom,
            padLeft,
            padRight,
            channels);
    VectorDepthwise depthwise = new VectorDepthwise(g, assembled);
    new ConvolutionTwins(g, depthwise, seen % 2 == 1, seen % 4 == 1).assertSameBits();
    ConvolutionTwins.ofZeros(g, depthwise).assertSameBits();
    seen++;
  }
}
