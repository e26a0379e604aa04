package dev.tapewise.autodiff.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Initializer;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Philox;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.Padding;
import dev.tapewise.core.kernel.UnaryFunction;
import java.util.List;
import java.util.function.UnaryOperator;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class UnaryOpTest {
  private static final Shape SHAPE = Shape.of(2, 11, 11, 5);

  @Test
  void optionsThatMeanNothingAreRefusedWithTheLayerNamed() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(2, 3));
    tape.enter("head");
    assertThatThrownBy(() -> x.leakyRelu(Float.POSITIVE_INFINITY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "leaky relu \"head\": the slope must be finite but is Infinity; 0.01 is usual;"
                + " x is [2, 3]");
    assertThatThrownBy(() -> x.elu(Float.NaN))
        .hasMessage("elu \"head\": alpha must be finite but is NaN; 1 is usual; x is [2, 3]");
    assertThatThrownBy(() -> x.softplus(-1, 20))
        .hasMessage(
            "softplus \"head\": beta must be positive and finite but is -1.0; 1 is usual;"
                + " x is [2, 3]");
  }

  @Test
  void theGradientsAtKinksArePyTorchs() {
    assertThat(gradient(Var::hardSwish, -3, 3, -4, 4)).containsExactly(-0.5f, 1.5f, 0, 1);
    assertThat(gradient(Var::hardSigmoid, -3, 3, -4, 4)).containsExactly(0, 0, 0, 0);
    assertThat(gradient(x -> x.leakyRelu(0.2f), 0, -0f, 1, -1))
        .containsExactly(0.2f, 0.2f, 1, 0.2f);
    assertThat(gradient(x -> x.leakyRelu(-2), 0, -0f, 1, -1)).containsExactly(-2, -2, 1, -2);
    assertThat(gradient(x -> x.elu(0.5f), 0, -0f, 1, -200)).containsExactly(0.5f, 0.5f, 1, 0);
  }

  @Test
  void gradientsFarOutKeepTheirDigits() {
    // 1 - y² and y(1 - y) would be 0
    assertThat(gradient(Var::sigmoid, 20)[0]).isCloseTo(2.0611537e-9f, within(1e-15f));
    assertThat(gradient(Var::tanh, 10)[0]).isCloseTo(8.244614e-9f, within(1e-14f));
    assertThat(gradient(x -> x.softplus(1, 20), -50)[0]).isCloseTo(1.92875e-22f, within(1e-27f));
  }

  private static Offset<Float> within(float offset) {
    return Offset.offset(offset);
  }

  private static float[] gradient(UnaryOperator<Var> function, float... values) {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(1, values.length));
    Program program =
        tape.compile(CompileOptions.of(function.apply(x).sum()).keepGradients(List.of(x)));
    program.input(x).set(values);
    program.forward();
    program.backward();
    return program.gradient(x).toArray();
  }

  @Test
  void aNormBeforeItIsNotStoredAndNoBitChanges() {
    for (UnaryFunction f :
        new UnaryFunction[] {new UnaryFunction.HardSigmoid(), new UnaryFunction.LeakyRelu(0.1f)}) {
      Result fused = play(f, true);
      Result plain = play(f, false);
      assertThat(fused.output()).isEqualTo(plain.output());
      assertThat(fused.gradient()).isEqualTo(plain.gradient());
      assertThat(fused.text()).contains("read by its consumer");
    }
  }

  private record Result(float[] output, float[] gradient, String text) {}

  /** A convolution, a norm, the function, and a second reader of the function's output. */
  private static Result play(UnaryFunction f, boolean fused) {
    Tape tape = new Tape();
    Var x = tape.input("x", SHAPE);
    Var w = tape.constant("w", Shape.of(1, 1, 5, 5));
    Var scale = tape.constant("scale", Shape.of(5));
    Var shift = tape.constant("shift", Shape.of(5));
    BatchNorm.Running running =
        new BatchNorm.Running(
            tape.buffer("mean", Shape.of(5), Initializer.constant(0)),
            tape.buffer("variance", Shape.of(5), Initializer.constant(1)));
    Var y =
        x.conv2d(w, Padding.valid())
            .batchNorm(scale, shift, running, 1e-3f, 0.1f)
            .apply(new UnaryOp(f));
    Var loss = y.mul(y).sum();
    CompileOptions options =
        CompileOptions.of(loss).keep(y).keepGradients(List.of(x, w, scale, shift));
    Program program = tape.compile(fused ? options : options.plain());
    tape.parameters().initialize(1);
    for (Var v : new Var[] {x, w, scale, shift}) {
      float[] values = new float[v.shape().intSize()];
      Philox.fillUniform(values, 0, values.length, 1, v.name().length(), 0, -2, 2);
      program.input(v).set(values);
    }
    program.forward();
    program.backward();
    return new Result(
        program.value(y).toArray(), program.gradient(w).toArray(), program.describe());
  }
}
