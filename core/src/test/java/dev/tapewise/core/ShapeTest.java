package dev.tapewise.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShapeTest {
  private final Shape images = Shape.of(128, 32, 30, 24);

  @Test
  void axesCountFromBothEnds() {
    assertThat(images.rank()).isEqualTo(4);
    assertThat(images.axis(0)).isEqualTo(128);
    assertThat(images.axis(-1)).isEqualTo(24);
    assertThat(images.axis(-4)).isEqualTo(128);
    assertThatThrownBy(() -> images.axis(4))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("[128, 32, 30, 24] has no axis 4");
    assertThatThrownBy(() -> images.axis(-5)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void sizesAreProducts() {
    assertThat(images.size()).isEqualTo(128L * 32 * 30 * 24);
    assertThat(images.intSize()).isEqualTo(128 * 32 * 30 * 24);
    assertThat(images.rest()).isEqualTo(32 * 30 * 24);
    assertThat(Shape.of(7).rest()).isEqualTo(1);
  }

  @Test
  void sizesThatOverflowAreRefused() {
    Shape large = Shape.of(1 << 16, 1 << 16);
    assertThat(large.size()).isEqualTo(1L << 32);
    assertThatThrownBy(large::intSize).isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(Shape.of(1 << 30, 1 << 30, 1 << 30)::size)
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void anotherBatchChangesAxis0Only() {
    assertThat(images.withAxis0(3)).isEqualTo(Shape.of(3, 32, 30, 24));
    assertThat(images).hasToString("[128, 32, 30, 24]");
    assertThatThrownBy(() -> images.withAxis0(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theGivenArrayIsCopied() {
    int[] axes = {2, 3};
    Shape shape = Shape.of(axes);
    axes[0] = 5;
    assertThat(shape).isEqualTo(Shape.of(2, 3)).hasSameHashCodeAs(Shape.of(2, 3));
    assertThat(shape).isNotEqualTo(Shape.of(3, 2));
  }

  @Test
  void axesBelowOneAreRefused() {
    assertThatThrownBy(() -> Shape.of(3, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("every axis must be at least 1: [3, 0]");
    assertThatThrownBy(Shape::of).isInstanceOf(IllegalArgumentException.class);
  }
}
