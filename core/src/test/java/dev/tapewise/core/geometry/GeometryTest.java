package dev.tapewise.core.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapewise.core.Shape;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class GeometryTest {
  private static final int HUGE = Integer.MAX_VALUE;

  private static ConvGeometry square(int size, int kernel, int stride, int dilation, int pad) {
    return new ConvGeometry(
        size, size, 1, 1, kernel, kernel, stride, stride, dilation, dilation, pad, pad, pad, pad,
        1);
  }

  @Test
  void sizesThatDoNotFitAnIntAreRefused() {
    assertThatThrownBy(() -> square(8, 3, 1, 1 << 30, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a window of 2147483649 rows does not fit into 8 rows padded by 0 and 0. Pad more, or"
                + " choose a smaller kernel or dilation");
    assertThatThrownBy(() -> square(8, 3, 1, 1, HUGE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("are more than 2147483647");
    assertThatThrownBy(() ->
            new ConvGeometry(1 << 17, 1 << 17, 2, 1, 1 << 16, 1 << 16, 1, 1, 1, 1, 0, 0, 0, 0, 1)
                .weightSize())
        .isInstanceOf(ArithmeticException.class);
    PoolGeometry pool = PoolWindows.of(1).over(1 << 16, 1 << 16, 1);
    assertThatThrownBy(pool::inSize).isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(pool::outSize).isInstanceOf(ArithmeticException.class);
  }

  @Test
  void textsCarryTheValues() {
    assertThatThrownBy(() -> square(8, 3, 1, 1, -1))
        .hasMessage("padding must not be negative: top=-1 bottom=-1 left=-1 right=-1");
    assertThatThrownBy(() -> Padding.same().vertical(8, 3, 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("stride must be at least 1 but is 0");
  }

  @Property
  void samePaddingGivesTheSizeDividedByTheStrideRoundedUp(
      @ForAll @IntRange(min = 1, max = 40) int size,
      @ForAll @IntRange(min = 1, max = 7) int kernel,
      @ForAll @IntRange(min = 1, max = 5) int stride,
      @ForAll @IntRange(min = 1, max = 3) int dilation) {
    ConvGeometry g =
        ConvGeometry.of(
            size,
            size,
            1,
            1,
            kernel,
            kernel,
            stride,
            stride,
            dilation,
            dilation,
            Padding.same(),
            1);
    assertThat(g.outHeight()).isEqualTo(Math.ceilDiv(size, stride));
    assertThat(g.padBottom() - g.padTop()).isBetween(0, 1);
  }

  @Test
  void samePaddingOfAHugeStrideIsNone() {
    assertThat(Padding.same().vertical(8, 3, HUGE, 1)).isEqualTo(new Padding.Amount(0, 0));
  }

  @Property
  void bandsCoverEveryPixelOnce(
      @ForAll @IntRange(min = 1, max = 60) int height,
      @ForAll @IntRange(min = 1, max = 60) int width,
      @ForAll @IntRange(min = 1, max = 2000) int channels,
      @ForAll @IntRange(min = 1, max = 300) int batch) {
    RowBands bands = RowBands.of(height, width, channels);
    int count = bands.count(batch);
    assertThat(bands.start(0, batch)).isZero();
    assertThat(bands.start(count, batch)).isEqualTo(batch * height * width);
    for (int band = 0; band < count; band++) {
      int pixels = bands.start(band + 1, batch) - bands.start(band, batch);
      assertThat(pixels).isBetween(1, bands.maxPixels());
      assertThat(bands.start(band, batch) % width).isZero();
    }
  }

  @Property
  void bandsEndAsRowsDo(
      @ForAll @IntRange(min = 1, max = 60) int height,
      @ForAll @IntRange(min = 8, max = 60) int width,
      @ForAll @IntRange(min = 1, max = 2000) int channels) {
    RowBands bands = RowBands.of(height, width, channels);
    Assume.that(bands.images() == 1);
    int batch = 3;
    for (int image = 0; image < batch; image++) {
      for (int row = 0; row <= height; row++) {
        int pixels = (image * height + row) * width;
        int ended = 0;
        while (ended < bands.count(batch) && bands.start(ended + 1, batch) <= pixels) {
          ended++;
        }
        assertThat(bands.before(image, row)).isEqualTo(ended);
      }
    }
    RowBands several = RowBands.of(1, 4, 8);
    assertThatThrownBy(() -> several.before(0, 1)).hasMessage("bands of 48 images");
  }

  @Test
  void bandsOfAShapeAreThoseOfItsRows() {
    assertThat(RowBands.of(Shape.of(2, 30, 20, 8)).count(2))
        .isEqualTo(RowBands.of(30, 20, 8).count(2));
    assertThat(RowBands.of(Shape.of(70, 8)).count(70)).isEqualTo(RowBands.of(1, 1, 8).count(70));
    assertThat(RowBands.of(Shape.of(2, 9, 8)).count(2)).isEqualTo(RowBands.of(1, 9, 8).count(2));
  }
}
