package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.kernel.Kernels;
import dev.tapewise.core.kernel.Pointwise;
import dev.tapewise.core.kernel.Staging;
import org.junit.jupiter.api.Test;

class ColumnsConvolutionTest {
  private static final Pointwise POINTWISE = new VectorKernels().pointwise();
  private static final Staging STAGING = new VectorStaging();

  @Test
  void stemsHaveTheBitsOfTheTwin() {
    check(ConvolutionShape.of(9, 8, 3, 20).pad(1));
    check(ConvolutionShape.of(9, 8, 3, 32).stride(2, 2).pad(1));
    check(ConvolutionShape.of(8, 9, 3, 17).stride(2, 2).pad(0, 1, 0, 1));
    check(ConvolutionShape.of(6, 5, 1, 5).pad(1));
  }

  @Test
  void anyKernelStrideAndDilationHasTheBitsOfTheTwin() {
    check(ConvolutionShape.of(6, 5, 3, 7).kernel(1, 1));
    check(ConvolutionShape.of(6, 5, 9, 4).kernel(1, 1).stride(2, 2));
    check(ConvolutionShape.of(7, 8, 4, 5).kernel(5, 5).pad(2));
    check(ConvolutionShape.of(7, 8, 5, 3).kernel(3, 5).stride(1, 2).pad(1, 0, 2, 1));
    check(ConvolutionShape.of(9, 3, 2, 9).kernel(7, 1).stride(2, 1).pad(3, 3, 0, 0));
    check(ConvolutionShape.of(9, 10, 3, 4).stride(3, 3).pad(1));
    check(ConvolutionShape.of(9, 10, 3, 4).kernel(2, 2).stride(3, 2));
    check(ConvolutionShape.of(9, 8, 2, 5).dilation(2, 2).pad(2));
    check(ConvolutionShape.of(9, 8, 2, 5).dilation(2, 2).stride(2, 2).pad(0, 2, 2, 1));
    check(ConvolutionShape.of(12, 11, 2, 3).kernel(4, 3).dilation(3, 2).stride(2, 3).pad(3));
  }

  @Test
  void manyInputsOfFewOutputsHaveTheBitsOfTheTwin() {
    check(ConvolutionShape.of(6, 5, 70, 1).pad(1));
    check(ConvolutionShape.of(6, 5, 70, 2).kernel(2, 2).stride(2, 2));
  }

  @Test
  void kernelsLargerThanTheImageHaveTheBitsOfTheTwin() {
    check(ConvolutionShape.of(1, 1, 3, 4).pad(1));
    check(ConvolutionShape.of(2, 1, 3, 4).kernel(5, 5).pad(2));
    check(ConvolutionShape.of(1, 2, 2, 3).kernel(5, 3).dilation(2, 2).pad(4, 5, 3, 2));
    check(ConvolutionShape.of(2, 2, 2, 3).stride(4, 4).pad(1, 4, 1, 4));
  }

  @Test
  void groupsHaveTheBitsOfTheTwin() {
    check(ConvolutionShape.of(6, 5, 18, 36).groups(2).pad(1));
    check(ConvolutionShape.of(6, 5, 27, 15).groups(3).stride(2, 2).pad(1));
    check(ConvolutionShape.of(5, 6, 8, 4).groups(4).dilation(1, 2).pad(1));
    check(ConvolutionShape.of(5, 6, 5, 5).groups(5).kernel(1, 1).stride(1, 2));
    check(ConvolutionShape.of(4, 4, 3, 6).groups(3).kernel(2, 1).pad(0, 1, 0, 0));
  }

  @Test
  void imagesOfSeveralChunksHaveTheBitsOfTheTwin() {
    check(ConvolutionShape.of(19, 23, 2, 3).pad(1));
    check(ConvolutionShape.of(19, 23, 2, 4).groups(2).stride(1, 2).pad(1));
  }

  @Test
  void anyPointwiseServes() {
    ConvGeometry geometry = ConvolutionShape.of(7, 6, 6, 4).groups(2).pad(1).geometry();
    Kernels kernels = Kernels.scalar();
    ColumnsConvolution columns =
        new ColumnsConvolution(geometry, kernels.pointwise(), kernels.staging());
    new ConvolutionTwins(geometry, columns, false, false).assertSameBits();
  }

  private static void check(ConvolutionShape shape) {
    ConvGeometry geometry = shape.geometry();
    ColumnsConvolution columns = new ColumnsConvolution(geometry, POINTWISE, STAGING);
    new ConvolutionTwins(geometry, columns, false, false).assertSameBits();
    new ConvolutionTwins(geometry, columns, true, true).assertSameBits();
    ConvolutionTwins.ofZeros(geometry, columns).assertSameBits();
  }
}
