package dev.tapewise.autodiff.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Initializer;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.autodiff.check.Projection;
import dev.tapewise.core.Philox;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.ConvOptions;
import dev.tapewise.core.geometry.Padding;
import dev.tapewise.core.kernel.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** What is special about transposed convolutions, those of sequences, and their errors. */
final class ConvVariantsTest {

  @Test
  void aTransposedConvolutionSpreadsPixelsAndPadsWithItsBias() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(1, 1, 2, 1));
    Var w = tape.constant("w", Shape.of(1, 3, 1, 1));
    Var b = tape.constant("b", Shape.of(1));
    ConvOptions options =
        ConvOptions.padded(Padding.of(0, 0, 1, 0)).withStride(1, 2).withOutputPadding(0, 1);
    Var y = x.transposedConv2d(w, b, options);
    Var loss = y.apply(new Projection(new float[] {1, 2, 3, 4, 5}));
    Program program = tape.compile(CompileOptions.of(loss).keep(y).keepGradients(List.of(x, w, b)));
    program.input(x).set(new float[] {1, 2});
    program.input(w).set(new float[] {1, 10, 100});
    program.input(b).set(new float[] {0.5f});
    program.forward();
    program.backward();
    // the last column is under no window: the bias alone
    assertThat(program.value(y).toArray()).containsExactly(10.5f, 102.5f, 20.5f, 200.5f, 0.5f);
    assertThat(program.gradient(x).toArray()).containsExactly(210, 432);
    assertThat(program.gradient(w).toArray()).containsExactly(4, 7, 10);
    assertThat(program.gradient(b).toArray()).containsExactly(15);
  }

  @Test
  void aTransposedConvolutionAddsToTheGradientOfWhatOthersRead() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(1, 2, 2, 1));
    Var w = tape.constant("w", Shape.of(1, 1, 1, 1));
    Var y = x.transposedConv2d(w, ConvOptions.valid()).add(x).add(x);
    Program program = tape.compile(CompileOptions.of(y.sum()).keepGradients(List.of(x, w)));
    program.input(x).set(new float[] {1, 2, 3, 4});
    program.input(w).set(new float[] {5});
    program.forward();
    program.backward();
    assertThat(program.gradient(x).toArray()).containsOnly(7);
    assertThat(program.gradient(w).toArray()).containsExactly(10);
  }

  @Test
  void aConvolutionOfSequencesSlidesAlongThem() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(1, 5, 1));
    Var w = tape.constant("w", Shape.of(2, 1, 2));
    Var y = x.conv1d(w, ConvOptions.padded(Padding.of(0, 0, 0, 1)).withStride(2));
    Program program = tape.compile(CompileOptions.forwardOnly(y));
    program.input(x).set(new float[] {1, 2, 3, 4, 5});
    program.input(w).set(new float[] {1, -1, 10, -10});
    program.forward();
    assertThat(y.shape()).isEqualTo(Shape.of(1, 3, 2));
    assertThat(program.value(y).toArray()).containsExactly(21, -21, 43, -43, 5, -5);
  }

  @Test
  void normsAndActivationsAroundThemFuseWithoutChangingABit() {
    for (boolean sequence : new boolean[] {true, false}) {
      float[][] fused = normed(sequence, true);
      float[][] plain = normed(sequence, false);
      assertThat(fused[0]).isEqualTo(plain[0]);
      assertThat(fused[1]).isEqualTo(plain[1]);
      assertThat(fused[1]).isNotEqualTo(new float[fused[1].length]);
    }
  }

  /** A loss and the gradient of the first weights. */
  private static float[][] normed(boolean sequence, boolean fused) {
    Tape tape = new Tape();
    Var x = tape.input("x", sequence ? Shape.of(3, 9, 4) : Shape.of(3, 2, 7, 4));
    Var y = x;
    List<Var> weights = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Shape w = sequence ? Shape.of(3, 2, 4) : Shape.of(3, 2, 2, 4);
      Var weight = tape.parameter("w" + i, w, Initializer.heFanIn());
      weights.add(weight);
      ConvOptions options = ConvOptions.padded(Padding.of(1)).withGroups(2);
      y = sequence ? y.conv1d(weight, options) : y.transposedConv2d(weight, options);
      tape.enter("norm" + i);
      y = norm(y).relu();
      tape.exit();
    }
    Var loss = y.sum();
    CompileOptions options = CompileOptions.of(loss);
    Program program = tape.compile(fused ? options : options.plain());
    tape.parameters().initialize(1);
    float[] values = new float[x.shape().intSize()];
    Philox.fillUniform(values, 0, values.length, 1, 1, 0, -1, 1);
    program.input(x).set(values);
    program.forward();
    program.backward();
    return new float[][] {
      program.value(loss).toArray(), program.gradient(weights.get(0)).toArray()
    };
  }

  private static Var norm(Var y) {
    Tape tape = y.tape();
    Shape c = Shape.of(y.shape().axis(-1));
    return y.batchNorm(
        tape.parameter("scale", c, Initializer.constant(1.5f)),
        tape.parameter("shift", c, Initializer.constant(0.1f)),
        new BatchNorm.Running(
            tape.buffer("mean", c, Initializer.constant(0)),
            tape.buffer("variance", c, Initializer.constant(1))),
        1e-5f,
        0.1f);
  }

  private static String message(Runnable wrong) {
    List<String> messages = new ArrayList<>();
    assertThatThrownBy(wrong::run)
        .isInstanceOf(IllegalArgumentException.class)
        .satisfies(e -> messages.add(e.getMessage()));
    return messages.get(0);
  }

  @Test
  void everyPixelOfALargeImageStartsAtTheBias() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(1, 80, 110, 1));
    Var w = tape.constant("w", Shape.of(1, 1, 2, 1));
    Var bias = tape.constant("bias", Shape.of(2));
    Var y = x.transposedConv2d(w, bias, ConvOptions.valid());
    Program program = tape.compile(CompileOptions.forwardOnly(y));
    program.input(bias).set(new float[] {3, 4});
    program.forward();
    float[] values = program.value(y).toArray();
    for (int i = 0; i < values.length; i++) {
      assertThat(values[i]).as("element %d", i).isEqualTo(3 + i % 2);
    }
  }

  /** Where a clamp has two slopes it has the slope 0, as in PyTorch. */
  @Test
  void atTheKinksOfAClampBehindThemTheGradientIsZero() {
    for (float kink : new float[] {0, 6}) {
      for (int groups : new int[] {1, 2, 4}) {
        for (int kernel : new int[] {1, 3}) {
          for (Kernels kernels : List.of(Kernels.scalar(), Kernels.preferred())) {
            assertThat(atKink(kink, groups, kernel, kernels, Var::relu6))
                .as("%d groups, kernel %d, kink at %s", groups, kernel, kink)
                .containsOnly(0f);
          }
        }
      }
    }
  }

  /** Hard swish has the slopes of the middle at both its kinks: -0.5 and 1.5. */
  @Test
  void atTheKinksOfAHardSwishBehindThemTheGradientIsThatOfTheMiddle() {
    for (float kink : new float[] {-3, 3}) {
      for (int groups : new int[] {1, 2, 4}) {
        for (int kernel : new int[] {1, 3}) {
          for (Kernels kernels : List.of(Kernels.scalar(), Kernels.preferred())) {
            float[] expected = atKink(kink, groups, kernel, kernels, y -> y);
            for (int i = 0; i < expected.length; i++) {
              expected[i] *= 0.5f + kink / 3;
            }
            assertThat(atKink(kink, groups, kernel, kernels, Var::hardSwish))
                .as("%d groups, kernel %d, kink at %s", groups, kernel, kink)
                .containsExactly(expected, Offset.offset(0.01f));
          }
        }
      }
    }
  }

  /** The gradient of the weights where the norm behind them gives the kink everywhere. */
  private static float[] atKink(
      float kink, int groups, int kernel, Kernels kernels, UnaryOperator<Var> activation) {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(2, 5, 5, 4));
    Shape shape = Shape.of(kernel, kernel, 4 / groups, 4);
    Var w = tape.parameter("w", shape, Initializer.constant(0));
    Var z = x.conv2d(w, ConvOptions.padded(Padding.same()).withGroups(groups));
    Var y = activation.apply(frozen(z, kink));
    Var last = tape.parameter("last", Shape.of(3, 3, 4, 2), Initializer.constant(1));
    Var loss = y.conv2d(last, Padding.of(1)).sum();
    Program program = tape.compile(CompileOptions.of(loss).kernels(kernels));
    tape.parameters().initialize(1);
    float[] values = new float[x.shape().intSize()];
    Arrays.fill(values, 1);
    program.input(x).set(values);
    program.forward();
    program.backward();
    return program.gradient(w).toArray();
  }

  private static Var frozen(Var y, float shift) {
    Tape tape = y.tape();
    Shape c = Shape.of(y.shape().axis(-1));
    BatchNorm.Running running =
        new BatchNorm.Running(
            tape.buffer("mean", c, Initializer.constant(0)),
            tape.buffer("variance", c, Initializer.constant(1)));
    return y.apply(
        BatchNorm.evaluation(running, 1e-5f),
        tape.parameter("scale", c, Initializer.constant(1.5f)),
        tape.parameter("shift", c, Initializer.constant(shift)));
  }

  @Test
  void anOpOfOtherImagesSaysWhichItTakes() {
    Shape x = Shape.of(2, 5, 6, 3);
    Conv2d conv = Conv2d.of(x, Shape.of(3, 3, 3, 4), ConvOptions.valid(), false);
    TransposedConv2d transposed =
        TransposedConv2d.of(x, Shape.of(3, 3, 4, 3), ConvOptions.valid(), false);
    Tape tape = new Tape();
    Var w = tape.constant("w", Shape.of(3, 3, 3, 4));
    for (Shape other : List.of(Shape.of(2, 4, 6, 3), Shape.of(2, 5, 7, 3), Shape.of(2, 5, 6, 2))) {
      Var images = tape.input("x" + other, other);
      assertThat(message(() -> images.apply(conv, w))).contains("x must be [N, 5, 6, 3]");
      assertThat(message(() -> images.apply(transposed, w))).contains("x must be [N, 5, 6, 3]");
    }
  }

  @Test
  void wrongCallsNameTheLayerTheRuleTheValuesAndTheCure() {
    Tape tape = new Tape();
    tape.enter("features.3");
    Var x = tape.input("x", Shape.of(2, 8, 8, 24));
    Var row = tape.input("row", Shape.of(2, 8, 24));
    Var w = tape.constant("w", Shape.of(3, 3, 24, 8));
    Var w1 = tape.constant("w1", Shape.of(3, 24, 8));
    Var big = tape.constant("big", Shape.of(11, 3, 24, 8));
    Var b = tape.constant("b", Shape.of(7));
    ConvOptions valid = ConvOptions.valid();
    assertThat(message(() -> x.conv2d(w, valid.withGroups(4))))
        .isEqualTo(
            "conv2d \"features.3\": weights [3, 3, 24, 8] read 24 input channels, but a group of 24"
                + " channels in groups=4 has 6. Give weights of 6, or other groups; x is [2, 8, 8,"
                + " 24]");
    assertThat(message(() -> row.conv2d(w, valid)))
        .isEqualTo("conv2d \"features.3\": x must be images [N, H, W, C]; x is [2, 8, 24]");
    assertThat(message(() -> x.conv2d(w1, valid)))
        .isEqualTo(
            "conv2d \"features.3\": weights must be [kh, kw, in / groups, out] but are [3, 24, 8];"
                + " x is [2, 8, 8, 24]");
    assertThat(message(() -> x.conv2d(big, valid)))
        .isEqualTo(
            "conv2d \"features.3\": a window of 11 rows does not fit into 8 rows padded by 0 and 0."
                + " Pad more, or choose a smaller kernel or dilation; x is [2, 8, 8, 24]");
    assertThat(message(() -> x.conv2d(w, b, valid)))
        .isEqualTo(
            "conv2d \"features.3\": the bias must be [8]; inputs are [[2, 8, 8, 24], [3, 3, 24, 8],"
                + " [7]]");
    assertThat(message(() -> x.depthwiseConv2d(big, valid.withGroups(3))))
        .isEqualTo(
            "depthwise conv2d \"features.3\": groups=3, but a depthwise convolution of 24 channels"
                + " has 24. Leave groups away; x is [2, 8, 8, 24]");
    assertThat(message(() -> x.depthwiseConv2d(w1, valid)))
        .isEqualTo(
            "depthwise conv2d \"features.3\": weights must be [kh, kw, 24, multiplier] but are [3,"
                + " 24, 8]; x is [2, 8, 8, 24]");
    assertThat(message(() -> x.conv1d(w1, valid)))
        .isEqualTo("conv1d \"features.3\": x must be sequences [N, L, C]; x is [2, 8, 8, 24]");
    assertThat(message(() -> row.conv1d(w, valid)))
        .isEqualTo(
            "conv1d \"features.3\": weights must be [k, in / groups, out] but are [3, 3, 24, 8]; x"
                + " is [2, 8, 24]");
    assertThat(message(() -> x.transposedConv2d(w, valid)))
        .isEqualTo(
            "transposed conv2d \"features.3\": weights must be [kh, kw, out / groups, 24] but are"
                + " [3, 3, 24, 8]; x is [2, 8, 8, 24]");
  }
}
