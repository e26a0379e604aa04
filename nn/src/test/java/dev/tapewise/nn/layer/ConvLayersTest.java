package dev.tapewise.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapewise.autodiff.Parameter;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.ConvOptions;
import dev.tapewise.core.geometry.Padding;
import org.junit.jupiter.api.Test;

final class ConvLayersTest {
  private final Tape tape = new Tape();
  private final ConvOptions options =
      ConvOptions.padded(Padding.of(1, 1, 0, 0)).withStride(2, 1).withGroups(2);

  private Shape shape(String parameter) {
    return tape.parameters().get(parameter).shape();
  }

  @Test
  void convolutionsTakeEveryOptionPerAxis() {
    Var x = tape.input("x", Shape.of(2, 8, 9, 4));
    assertThat(Conv2d.of(4, 6, 3, 2, options.withDilation(1, 3)).withBias().apply(x).shape())
        .isEqualTo(Shape.of(2, 4, 6, 6));
    assertThat(shape("weight")).isEqualTo(Shape.of(3, 2, 2, 6));
    assertThat(shape("bias")).isEqualTo(Shape.of(6));
  }

  @Test
  void transposedConvolutionsTurnSizesRound() {
    Var x = tape.input("x", Shape.of(2, 4, 6, 6));
    TransposedConv2d layer = TransposedConv2d.of(6, 4, 3, 2, options.withOutputPadding(1, 0));
    assertThat(layer.apply(x).shape()).isEqualTo(Shape.of(2, 8, 7, 4));
    assertThat(layer.withBias().applyUnder("a", x).shape()).isEqualTo(Shape.of(2, 8, 7, 4));
    assertThat(shape("weight")).isEqualTo(Shape.of(3, 2, 2, 6));
    assertThat(shape("a.bias")).isEqualTo(Shape.of(4));
  }

  @Test
  void convolutionsOfSequencesKeepTheBatch() {
    Var x = tape.input("x", Shape.of(2, 9, 4));
    Conv1d layer = Conv1d.of(4, 6, 3, options);
    assertThat(layer.apply(x).shape()).isEqualTo(Shape.of(2, 7, 6));
    assertThat(layer.withBias().applyUnder("a", x).shape()).isEqualTo(Shape.of(2, 7, 6));
    assertThat(shape("weight")).isEqualTo(Shape.of(3, 2, 6));
    assertThat(tape.parameters().all())
        .extracting(Parameter::name)
        .containsExactly("weight", "a.weight", "a.bias");
  }

  @Test
  void sizesBelowOneAreNamed() {
    assertThatThrownBy(() -> Conv1d.of(4, 6, 0, options))
        .hasMessageContaining("sizes of at least 1: in=4 out=6 kernel=1x0");
    assertThatThrownBy(() -> TransposedConv2d.of(4, 6, 3, 3, options.withDilation(0)))
        .hasMessageContaining("sizes of at least 1");
    assertThatThrownBy(() -> Conv1d.of(3, 6, 3, options))
        .hasMessage("3 input and 6 output channels are not both divisible by groups=2");
  }
}
