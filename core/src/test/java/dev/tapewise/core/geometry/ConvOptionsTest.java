package dev.tapewise.core.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ConvOptionsTest {
  private static final ConvOptions PLAIN = ConvOptions.valid();

  @Test
  void everyOptionArrivesInTheGeometry() {
    assertThat(
            ConvOptions.padded(Padding.of(1, 2, 3, 4))
                .withStride(2, 3)
                .withDilation(4, 5)
                .withGroups(6)
                .convolution(20, 30, 12, 18, 2, 3))
        .isEqualTo(new ConvGeometry(20, 30, 12, 18, 2, 3, 2, 3, 4, 5, 1, 2, 3, 4, 6));
    assertThat(PLAIN.withStride(2).withDilation(3).withPadding(Padding.of(1)))
        .isEqualTo(new ConvOptions(Padding.of(1), 2, 2, 3, 3, 1, 0, 0));
  }

  @Test
  void sequencesReadWhatIsSaidAboutColumns() {
    ConvOptions options =
        ConvOptions.padded(Padding.of(7, 7, 1, 2)).withStride(9, 2).withDilation(9, 3);
    assertThat(options.convolution1d(20, 4, 6, 5))
        .isEqualTo(new ConvGeometry(1, 20, 4, 6, 1, 5, 1, 2, 1, 3, 0, 0, 1, 2, 1));
    assertThat(ConvOptions.padded(Padding.same()).convolution1d(20, 4, 6, 5).outWidth())
        .isEqualTo(20);
  }

  @Property
  void aTransposedConvolutionTurnsOneRoundThatEndsWithItsInput(
      @ForAll @IntRange(min = 1, max = 9) int size,
      @ForAll @IntRange(min = 1, max = 5) int kernel,
      @ForAll @IntRange(min = 1, max = 3) int stride,
      @ForAll @IntRange(min = 1, max = 3) int dilation,
      @ForAll @IntRange(min = 0, max = 2) int outputPadding) {
    ConvOptions options = PLAIN.withStride(stride).withDilation(dilation);
    ConvGeometry g =
        options
            .withOutputPadding(outputPadding % stride, 0)
            .transposed(size, size, 4, 6, kernel, kernel);
    assertThat(g.outHeight()).isEqualTo(size);
    assertThat(g.outWidth()).isEqualTo(size);
    assertThat(g.width()).isEqualTo((size - 1) * stride + (kernel - 1) * dilation + 1);
    assertThat(g.height() - g.width()).isEqualTo(outputPadding % stride);
    assertThat(g.inChannels()).isEqualTo(6);
    ConvGeometry same =
        options.withPadding(Padding.same()).transposed(size, size, 4, 6, kernel, kernel);
    assertThat(same.height()).isEqualTo(size * stride);
    assertThat(same.outHeight()).isEqualTo(size);
  }

  @Test
  void textsNameTheRuleTheValuesAndTheCure() {
    assertThatThrownBy(() -> PLAIN.withOutputPadding(0, 1).convolution(4, 4, 1, 1, 3, 3))
        .hasMessage(
            "output padding of 0 x 1 is for transposed convolutions only. Pad the input instead");
    assertThatThrownBy(
            () -> PLAIN.withStride(2).withOutputPadding(2, 0).transposed(4, 4, 1, 1, 3, 3))
        .hasMessage(
            "output padding of 2 rows must be at least 0 and less than their stride of 2. For more"
                + " rows pad less at the end");
    assertThatThrownBy(() ->
            ConvOptions.padded(Padding.same())
                .withStride(1, 2)
                .withOutputPadding(0, 1)
                .transposed(4, 4, 1, 1, 3, 3))
        .hasMessage(
            "output padding of 1 columns does not go with same padding, which gives 4 * 2 columns."
                + " Leave one of both away");
    assertThatThrownBy(() -> ConvOptions.padded(Padding.of(2)).transposed(2, 9, 1, 1, 3, 3))
        .hasMessage(
            "2 rows with stride 1 under a window of 3, padded by 2 and 2, become 0. Choose a"
                + " padding that leaves at least 1");
    assertThatThrownBy(() -> PLAIN.withGroups(5).transposed(2, 2, 24, 10, 3, 3))
        .hasMessage(
            "24 input channels are not divisible by groups=5. Choose groups from 1, 2, 3, 4, 6, 8,"
                + " 12, 24");
    assertThatThrownBy(() -> PLAIN.withStride(0).transposed(2, 2, 1, 1, 3, 3))
        .hasMessage("stride must be at least 1 but is 0");
    assertThatThrownBy(() -> PLAIN.withStride(0).convolution1d(2, 1, 1, 1))
        .hasMessage("stride must be at least 1 but is 0");
    assertThatThrownBy(() -> PLAIN.withDilation(0).transposed(2, 2, 1, 1, 3, 3))
        .hasMessage("dilation must be at least 1 but is 0");
  }
}
