package dev.tapewise.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Initializer;
import dev.tapewise.autodiff.Node;
import dev.tapewise.autodiff.Parameter;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.ConvOptions;
import dev.tapewise.core.geometry.Padding;
import org.junit.jupiter.api.Test;

final class LayerTest {
  private final Tape tape = new Tape();

  private Var images(int height, int width, int channels) {
    return tape.input("x", Shape.of(2, height, width, channels));
  }

  @Test
  void childrenStandUnderTheirPlaceOrName() {
    Sequential layers =
        Sequential.of(Conv2d.pointwise(3, 4), new BatchNorm(4))
            .then("head", Sequential.of(Activation.RELU, new GlobalAveragePool()))
            .then(new Linear(4, 2));
    Var y = layers.applyUnder("net", images(5, 5, 3));
    assertThat(y.shape()).isEqualTo(Shape.of(2, 2));
    assertThat(tape.nodes())
        .extracting(Node::path)
        .containsExactly("net.0", "net.1", "net.head.0", "net.head.1", "net.3");
    assertThat(tape.parameters().all())
        .extracting(Parameter::name)
        .containsExactly(
            "net.0.weight",
            "net.1.weight",
            "net.1.bias",
            "net.1.running_mean",
            "net.1.running_var",
            "net.3.weight",
            "net.3.bias");
    assertThat(tape.path()).isEmpty();
  }

  @Test
  void namesMustBeNewAndHaveNoDot() {
    Sequential layers = Sequential.of(Activation.RELU);
    for (String name : new String[] {"0", "", "a.b"}) {
      assertThatThrownBy(() -> layers.then(name, Activation.RELU))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("a layer cannot be called \"" + name + "\"");
    }
  }

  @Test
  void anEmptySequentialIsItsInput() {
    Var x = images(2, 2, 1);
    assertThat(Sequential.of().apply(x)).isSameAs(x);
  }

  @Test
  void aMisfitNamesTheLayerAndLeavesThePath() {
    Sequential layers = Sequential.of(Conv2d.dense(3, 8, 3, 1), Conv2d.dense(9, 8, 3, 1));
    Var x = images(5, 5, 3);
    assertThatThrownBy(() -> layers.applyUnder("features", x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"features.1\"")
        .hasMessageContaining("[2, 5, 5, 8]");
    assertThat(tape.path()).isEmpty();
  }

  @Test
  void convolutionsAddTheirBias() {
    Conv2d layer =
        Conv2d.of(1, 2, 3, 3, ConvOptions.padded(Padding.same()).withStride(2))
            .withBias()
            .initialized(Initializer.constant(1));
    Var x = tape.input("x", Shape.of(1, 4, 4, 1));
    Var y = layer.apply(x);
    Program program = tape.compile(CompileOptions.forwardOnly(y));
    tape.parameters().initialize(0);
    tape.parameters().get("bias").set(new float[] {10, -20});
    program.input(x).set(new float[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1});
    program.forward();
    assertThat(y.shape()).isEqualTo(Shape.of(1, 2, 2, 2));
    assertThat(program.value(y).toArray()).containsExactly(19, -11, 16, -14, 16, -14, 14, -16);
  }

  @Test
  void convolutionsSayWhichGroupsTheyCannotHave() {
    assertThatThrownBy(
            () -> Conv2d.of(24, 24, 3, 3, ConvOptions.padded(Padding.of(1)).withGroups(5)))
        .hasMessage("24 input and 24 output channels are not both divisible by groups=5");
  }

  @Test
  void pointwiseConvolutionsAreNotPadded() {
    assertThat(Conv2d.pointwise(3, 4).apply(images(5, 6, 3)).shape())
        .isEqualTo(Shape.of(2, 5, 6, 4));
    assertThat(Conv2d.dense(3, 4, 5, 2).withBias().applyUnder("a", images(9, 8, 3)).shape())
        .isEqualTo(Shape.of(2, 5, 4, 4));
  }

  @Test
  void poolsShrinkImages() {
    Var x = images(8, 6, 3);
    assertThat(new AveragePool(2).apply(x).shape()).isEqualTo(Shape.of(2, 4, 3, 3));
    assertThat(new GlobalAveragePool().apply(x).shape()).isEqualTo(Shape.of(2, 3));
  }

  @Test
  void dropoutIsNothingInEvaluation() {
    Tape evaluation = new Tape(tape.parameters(), false);
    Var x = evaluation.input("x", Shape.of(2, 3));
    assertThat(new Dropout(0.5f).apply(x)).isSameAs(x);
    assertThat(new Dropout(0.5f).apply(tape.input("x", Shape.of(2, 3))).producer()).isNotNull();
    assertThatThrownBy(() -> new Dropout(1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void layersThatDropUnitsAreNothingInEvaluation() {
    Tape evaluation = new Tape(tape.parameters(), false);
    Var x = evaluation.input("x", Shape.of(2, 2, 2, 3));
    for (Layer layer : new Layer[] {new StochasticDepth(0.5f), new ChannelDropout(0.5f)}) {
      assertThat(layer.apply(x)).isSameAs(x);
      assertThat(layer.apply(images(2, 2, 3)).producer()).isNotNull();
    }
    assertThatThrownBy(() -> new StochasticDepth(1)).hasMessageContaining("is 1.0; 0.1 to 0.2");
    assertThatThrownBy(() -> new ChannelDropout(-1)).hasMessageContaining("is -1.0; 0.2 is usual");
  }

  @Test
  void anInvertedResidualAddsItsInputOnlyWhereShapesAgree() {
    assertThat(addends(new InvertedResidual(8, 48, 8, 1))).isEqualTo(1);
    assertThat(addends(new InvertedResidual(8, 48, 8, 2))).isZero();
    assertThat(addends(new InvertedResidual(8, 48, 16, 1))).isZero();
  }

  private static long addends(Layer layer) {
    Tape tape = new Tape();
    layer.apply(tape.input("x", Shape.of(1, 4, 4, 8)));
    return tape.nodes().stream().filter(n -> n.op().name().equals("add")).count();
  }

  @Test
  void aShortcutHasItsOwnName() {
    Residual.around(Conv2d.pointwise(3, 4), Conv2d.pointwise(3, 4)).apply(images(2, 2, 3));
    assertThat(tape.parameters().all())
        .extracting(Parameter::name)
        .containsExactly("weight", "shortcut.weight");
  }
}
