package dev.tapewise.autodiff.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Philox;
import dev.tapewise.core.Shape;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is special about matrix products and reshape. */
final class MatMulTest {

  private static float[][] play(int n, int played) {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(n, 3, 5, 4));
    Var z = tape.input("z", Shape.of(n, 1, 4, 6));
    Var all = tape.constant("all", Shape.of(3, 6, 7));
    Var one = tape.constant("one", Shape.of(7, 2));
    Var y = x.matmul(z).matmul(all).matmul(one).flatten().reshape(n, 10, -1);
    Var loss = y.mul(y).sum();
    List<Var> wanted = List.of(x, z, all, one);
    Program program =
        tape.compile(CompileOptions.of(loss).keepGradients(wanted).poisonEndedBuffers());
    for (Var v : wanted) {
      float[] numbers = new float[v.shape().intSize()];
      Philox.fillUniform(numbers, 0, numbers.length, 3, 1, 0, -1, 1);
      program.input(v).set(numbers);
    }
    program.forward(played);
    program.backward();
    float[][] seen = new float[wanted.size() + 1][];
    seen[0] = program.value(loss).toArray();
    for (int i = 0; i < wanted.size(); i++) {
      Var v = wanted.get(i);
      float[] gradient = program.gradient(v).toArray();
      seen[i + 1] = v.batched() ? Arrays.copyOf(gradient, gradient.length / n * played) : gradient;
    }
    return seen;
  }

  @Test
  void aShortBatchHasTheBitsOfAProgramOfItsSize() {
    assertThat(play(5, 2)).isDeepEqualTo(play(2, 2));
    assertThat(play(3, 1)).isDeepEqualTo(play(1, 1));
  }

  @Test
  void oneMatrixOnTheRightHasTheBitsOfALinearLayer() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(9, 33));
    Var w = tape.constant("w", Shape.of(33, 10));
    Var y = x.matmul(w);
    Var z = x.linear(w);
    Program program = tape.compile(CompileOptions.forwardOnly(y, z));
    for (Var v : List.of(x, w)) {
      float[] numbers = new float[v.shape().intSize()];
      Philox.fillUniform(numbers, 0, numbers.length, 3, 1, 0, -1, 1);
      program.input(v).set(numbers);
    }
    program.forward();
    assertThat(program.value(y).toArray()).isEqualTo(program.value(z).toArray());
  }

  @Test
  void multiplyAddsAreCountedPerImage() {
    Tape tape = new Tape();
    Var y = tape.input("x", Shape.of(8, 5, 4)).matmul(tape.constant("w", Shape.of(4, 6)));
    assertThat(tape.nodes().getLast().op().multiplyAdds()).isEqualTo(5 * 4 * 6);
    assertThat(y.shape()).isEqualTo(Shape.of(8, 5, 6));
  }

  @Test
  void matricesThatDoNotFitAreRefused() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(3, 2));
    assertThatThrownBy(() -> x.matmul(tape.constant("w", Shape.of(3, 2))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "matmul: columns of the one must be rows of the other, but 2 is not 3; inputs are"
                + " [[3, 2], [3, 2]]");
    assertThatThrownBy(() -> x.matmul(tape.constant("v", Shape.of(2))))
        .hasMessageContaining("Reshape a vector to [1, k] or [k, 1]");
    assertThatThrownBy(() -> x.matmul(tape.constant("many", Shape.of(4, 2, 2))))
        .hasMessageContaining("the batch of x [3, 2] would not be axis 0 of the result");
    assertThatThrownBy(() -> tape.constant("a", Shape.of(2, 3)).matmul(x))
        .hasMessageContaining("rows of x [3, 2] are its batch and cannot be summed over");
    assertThatThrownBy(() ->
            tape.constant("p", Shape.of(2, 3, 3)).matmul(tape.constant("q", Shape.of(4, 3, 3))))
        .hasMessageContaining("axis -3 is 2 in the one and 4 in the other");
  }

  @Test
  void reshapesThatDoNotFitAreRefused() {
    Var x = new Tape().input("x", Shape.of(4, 6));
    assertThatThrownBy(() -> x.reshape(4, 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "reshape: 24 elements do not fit into [4, 5]. Choose axes whose product is 24; x is"
                + " [4, 6]");
    assertThatThrownBy(() -> x.reshape(-1, 5)).hasMessageContaining("do not fit into [-1, 5]");
    assertThatThrownBy(() -> x.reshape(-1, -1)).hasMessageContaining("one of them may be -1");
    assertThatThrownBy(() -> x.reshape(8, 3))
        .hasMessageContaining("axis 0 is the batch and stays. Let the new axes begin with 4");
  }

  /** The right side is a batch of one: not one matrix for all, whatever the capacity. */
  @Test
  void aBatchOfOneOnTheRightHasTheBitsOfOneAmongMany() {
    new OpProof(
            OpCase.of("matmul", -3785329875301830684L, 2, 0, 0, 0, 1, 0, 2, 5, 0, 0, 0, 0, 0, 0, 1))
        .fewerImagesHaveTheBitsOfAProgramForFewer();
  }
}
