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
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is special about arithmetic with broadcasting and about sums over axes. */
final class ArithmeticOpTest {
  private static final Shape IMAGE = Shape.of(1, 5, 5, 17);

  private static float[] numbers(int count) {
    float[] v = new float[count];
    Philox.fillUniform(v, 0, count, 3, 1, 0, 1, 2);
    return v;
  }

  /** Everything that one batch of {@code played} images gives when there is room for {@code n}. */
  private static float[][] play(int n, int played) {
    Tape tape = new Tape();
    Var x = tape.input("x", IMAGE.withAxis0(n));
    Var factor = tape.input("factor", Shape.of(n, 1, 1, 17));
    Var pixel = tape.input("pixel", Shape.of(n, 5, 5, 1));
    Var channel = tape.constant("channel", Shape.of(17));
    Var one = tape.constant("one", Shape.of(1));
    Var y = x.mul(factor).add(channel).div(pixel).sub(one).mul(channel).div(one);
    Var perImage = y.mean(true, 1, 2).add(y.mul(y).sum(true, 1, 2));
    Var overBatch = y.mean(false, 0, 2).mean().add(y.sum(false, 0).sum());
    Var loss = perImage.mul(perImage).mean(false, 0, 3).sum().add(overBatch);
    List<Var> wanted = List.of(x, factor, pixel, channel, one);
    Program program =
        tape.compile(CompileOptions.of(loss).keepGradients(wanted).poisonEndedBuffers());
    for (Var v : wanted) {
      program.input(v).set(numbers(v.shape().intSize()));
    }
    program.forward(played);
    program.backward();
    float[][] seen = new float[wanted.size() + 1][];
    seen[0] = program.value(loss).toArray();
    for (int i = 0; i < wanted.size(); i++) {
      Var v = wanted.get(i);
      float[] all = program.gradient(v).toArray();
      seen[i + 1] = v.batched() ? Arrays.copyOf(all, all.length / n * played) : all;
    }
    return seen;
  }

  @Test
  void aShortBatchHasTheBitsOfAProgramOfItsSize() {
    assertThat(play(5, 2)).isDeepEqualTo(play(2, 2));
    assertThat(play(3, 1)).isDeepEqualTo(play(1, 1));
  }

  @Test
  void aTensorTimesItselfHasTwiceItselfAsGradient() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(2, 3));
    Program program = tape.compile(CompileOptions.of(x.mul(x).sum()).keepGradients(List.of(x)));
    program.input(x).set(new float[] {1, -2, 3, 0, 0.5f, -4});
    program.forward();
    program.backward();
    assertThat(program.gradient(x).toArray()).containsExactly(2, -4, 6, 0, 1, -8);
  }

  @Test
  void aTensorMinusAndOverItselfHasNoGradient() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(2, 2));
    Var loss = x.sub(x).add(x.div(x)).sum();
    Program program = tape.compile(CompileOptions.of(loss).keepGradients(List.of(x)));
    program.input(x).set(new float[] {1, -2, 3, 0.5f});
    program.forward();
    program.backward();
    assertThat(program.value(loss).get(0)).isEqualTo(4);
    assertThat(program.gradient(x).toArray()).containsOnly(0f);
  }

  @Test
  void divisionByZeroIsThatOfFloats() {
    Tape tape = new Tape();
    Var a = tape.input("a", Shape.of(4));
    Var b = tape.input("b", Shape.of(4));
    Var y = a.div(b);
    Program program = tape.compile(CompileOptions.of(y.sum()).keep(y).keepGradients(List.of(a, b)));
    program.input(a).set(new float[] {1, -1, 0, 4});
    program.input(b).set(new float[] {0, 0, 0, 2});
    program.forward();
    program.backward();
    float infinity = Float.POSITIVE_INFINITY;
    assertThat(program.value(y).toArray()).containsExactly(infinity, -infinity, Float.NaN, 2);
    assertThat(program.gradient(a).toArray()).containsExactly(infinity, infinity, infinity, 0.5f);
    assertThat(program.gradient(b).toArray()).containsExactly(-infinity, infinity, Float.NaN, -1);
  }

  @Test
  void aParameterOfTheShapeOfTheBatchNeedsTheWholeBatch() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(3, 2));
    Var w = tape.parameter("w", Shape.of(3, 1), Initializer.constant(2));
    Program program = tape.compile(x.mul(w).sum());
    assertThatThrownBy(() -> program.forward(2))
        .hasMessageContaining("whose axis 0 is the batch needs the whole batch (mul)");
    Program single = tape.compile(x.mul(tape.constant("c", Shape.of(1, 2))).sum());
    single.forward(2);
  }

  @Test
  void aBatchThatWouldNotBeAxisZeroIsRefused() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(3, 2));
    Var c = tape.constant("c", Shape.of(3, 3, 2));
    assertThatThrownBy(() -> x.add(c))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "add: the batch of x [3, 2] would meet axis 1 of the other tensor, not its axis 0."
                + " Reshape it to 3 axes, the batch first; inputs are [[3, 2], [3, 3, 2]]");
    Var many = tape.constant("many", Shape.of(4, 2));
    Var one = tape.input("one", Shape.of(1, 2));
    assertThatThrownBy(() -> many.div(one)).hasMessageContaining("does not have the batch");
  }

  @Test
  void axesThatDoNotFitAreRefused() {
    Var x = new Tape().input("x", Shape.of(3, 4, 2));
    assertThatThrownBy(() -> x.sum(false, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sum: there is no axis 3. Choose from -3 to 2; x is [3, 4, 2]");
    assertThatThrownBy(() -> x.mean(true, 1, -2))
        .hasMessage("mean: axis -2 is named twice. Name it once; x is [3, 4, 2]");
    assertThatThrownBy(() -> x.mean(true))
        .hasMessage("mean: no axis is named. Name one from 0 to 2; x is [3, 4, 2]");
    assertThatThrownBy(() -> new Tape().input("y", Shape.of(2)).apply(Sum.of(x.shape())))
        .hasMessageContaining("sum: made for a tensor of 3 axes");
  }

  @Test
  void aSumOverTheBatchHasNoBatch() {
    Var x = new Tape().input("x", Shape.of(3, 4, 2));
    assertThat(x.sum(true, 0).batched()).isFalse();
    assertThat(x.sum(true, 0).shape()).isEqualTo(Shape.of(1, 4, 2));
    assertThat(x.mean(false, 1, 2).batched()).isTrue();
    assertThat(x.mean(false, -1, 1).shape()).isEqualTo(Shape.of(3));
    assertThat(x.mean(false, 0, 1, 2).shape()).isEqualTo(Shape.of(1));
  }
}
