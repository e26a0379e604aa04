package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.kernel.assembled.AssembledKernels;
import dev.tapewise.core.kernel.assembled.AssembledRows;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VectorGroupedTest {

  @Test
  void channelMultipliersHaveTheBitsOfTheTwin() {
    check(ConvolutionShape.of(6, 12, 8, 16).groups(8));
    check(ConvolutionShape.of(6, 7, 16, 32).groups(16).pad(1));
    check(ConvolutionShape.of(6, 9, 7, 14).groups(7).pad(1));
    check(ConvolutionShape.of(6, 10, 5, 15).groups(5).stride(2, 2).pad(1));
    check(ConvolutionShape.of(6, 5, 4, 16).groups(4).kernel(5, 5).pad(2));
    check(ConvolutionShape.of(6, 5, 9, 9).groups(9).pad(1));
    check(ConvolutionShape.of(6, 19, 16, 32).groups(16).stride(2, 2).pad(1));
    check(ConvolutionShape.of(7, 19, 32, 64).groups(32).kernel(5, 5).pad(2));
  }

  @Test
  void groupsOfAFewChannelsHaveTheBitsOfTheTwin() {
    check(ConvolutionShape.of(6, 9, 16, 16).groups(8).pad(1));
    check(ConvolutionShape.of(5, 6, 16, 16).groups(4).pad(1));
    check(ConvolutionShape.of(5, 4, 16, 16).groups(2).pad(1));
    check(ConvolutionShape.of(5, 10, 12, 6).groups(6).pad(1));
    check(ConvolutionShape.of(5, 6, 9, 15).groups(3).stride(2, 2).pad(1));
    check(ConvolutionShape.of(5, 6, 12, 8).groups(4).pad(1));
    check(ConvolutionShape.of(5, 6, 5, 4).pad(1));
    check(ConvolutionShape.of(5, 13, 32, 32).groups(16).pad(1));
    check(ConvolutionShape.of(5, 13, 32, 32).groups(16).stride(2, 2).pad(1));
    check(ConvolutionShape.of(4, 13, 32, 32).groups(16).kernel(2, 2).pad(1));
  }

  @Test
  void rowsOfFewPixelsAndManyChannelsHaveTheBitsOfTheTwin() {
    check(ConvolutionShape.of(5, 3, 64, 64).groups(32).pad(1));
    check(ConvolutionShape.of(5, 3, 128, 64).groups(64).pad(1));
    check(ConvolutionShape.of(5, 3, 96, 64).groups(32).pad(1));
    check(ConvolutionShape.of(4, 19, 190, 190).groups(95).pad(1));
  }

  @Test
  void phasesWithoutTapsOrColumnsHaveTheBitsOfTheTwin() {
    check(ConvolutionShape.of(5, 40, 32, 32).groups(16).dilation(1, 2).stride(1, 2).pad(1));
    check(ConvolutionShape.of(4, 1, 4, 8).groups(4).stride(1, 2).pad(1));
  }

  @Test
  void groupsOfFewInputsAndManyOutputsHaveTheBitsOfTheTwin() {
    check(ConvolutionShape.of(6, 3, 2, 24).groups(2).pad(1));
    check(ConvolutionShape.of(3, 3, 2, 48).groups(2).kernel(1, 1));
    check(ConvolutionShape.of(6, 27, 4, 8).groups(2).stride(3, 3).pad(1));
  }

  @Test
  void anyKernelStrideAndDilationHasTheBitsOfTheTwin() {
    check(ConvolutionShape.of(6, 5, 6, 12).groups(6).kernel(1, 1));
    check(ConvolutionShape.of(6, 5, 8, 8).groups(4).kernel(1, 1).stride(2, 2));
    check(ConvolutionShape.of(7, 20, 4, 8).groups(4).kernel(3, 5).stride(1, 2).pad(1, 0, 2, 1));
    check(ConvolutionShape.of(9, 3, 4, 8).groups(2).kernel(7, 1).stride(2, 1).pad(3, 3, 0, 0));
    check(ConvolutionShape.of(9, 28, 3, 6).groups(3).stride(3, 3).pad(1));
    check(ConvolutionShape.of(9, 10, 3, 6).groups(3).kernel(2, 2).stride(3, 2));
    check(ConvolutionShape.of(9, 12, 4, 8).groups(4).dilation(2, 2).pad(2));
    check(ConvolutionShape.of(9, 8, 4, 8).groups(4).dilation(2, 1).stride(2, 2).pad(0, 2, 2, 1));
    check(
        ConvolutionShape.of(14, 11, 2, 4)
            .groups(2)
            .kernel(4, 3)
            .dilation(3, 2)
            .stride(2, 3)
            .pad(3));
  }

  @Test
  void kernelsLargerThanTheImageHaveTheBitsOfTheTwin() {
    check(ConvolutionShape.of(1, 1, 3, 6).groups(3).pad(1));
    check(ConvolutionShape.of(2, 1, 4, 4).groups(2).kernel(5, 5).pad(2));
    check(ConvolutionShape.of(1, 2, 2, 4).groups(2).kernel(5, 3).dilation(2, 2).pad(4, 5, 3, 2));
    check(ConvolutionShape.of(2, 2, 2, 6).groups(2).stride(4, 4).pad(1, 4, 1, 4));
  }

  private static void check(ConvolutionShape shape) {
    ConvGeometry geometry = shape.geometry();
    check(geometry, null);
    AssembledKernels.ifSupported(Lanes.COUNT)
        .ifPresent(assembled -> check(geometry, assembled.rows()));
  }

  private static void check(ConvGeometry geometry, @Nullable AssembledRows assembled) {
    VectorGrouped grouped = new VectorGrouped(geometry, new VectorStaging(), assembled);
    new ConvolutionTwins(geometry, grouped, false, false).assertSameBits();
    new ConvolutionTwins(geometry, grouped, true, true).assertSameBits();
    ConvolutionTwins.ofZeros(geometry, grouped).assertSameBits();
  }
}
