package dev.tapewise.autodiff.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.autodiff.check.Projection;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Workers;
import dev.tapewise.core.geometry.Border;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What is special about ops that move data: kinks at borders, added gradients, errors. */
final class MovesTest {
  private static final int SEEDS = 20;

  /** Output and gradient of a function of {@code 1, 2, 3 ...}, the output's gradient alike. */
  private record Played(float[] y, float[] dx) {
    static Played of(Shape shape, boolean batched, int threads, Function<Var, Var> function) {
      Tape tape = new Tape();
      Var x = batched ? tape.input("x", shape) : tape.constant("x", shape);
      Var y = function.apply(x);
      Var loss = y.apply(new Projection(counting(y.shape().intSize())));
      try (Workers workers = new Workers(threads)) {
        Program program =
            tape.compile(
                CompileOptions.of(loss).keep(y).keepGradients(List.of(x)).workers(workers));
        program.input(x).set(counting(shape.intSize()));
        program.forward();
        program.backward();
        return new Played(program.value(y).toArray(), program.gradient(x).toArray());
      }
    }

    private static float[] counting(int count) {
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = i + 1;
      }
      return values;
    }
  }

  @Test
  void reflectionLeavesTheBorderOutAndAddsItsGradient() {
    Played p =
        Played.of(
            Shape.of(1, 3),
            true,
            1,
            x -> x.pad(new int[] {0, 2}, new int[] {0, 2}, Border.reflect()));
    assertThat(p.y()).containsExactly(3, 2, 1, 2, 3, 2, 1);
    assertThat(p.dx()).containsExactly(3 + 7, 2 + 4 + 6, 1 + 5);
  }

  @Test
  void replicationRepeatsTheBorderAndAddsItsGradient() {
    Played p =
        Played.of(
            Shape.of(1, 3),
            true,
            1,
            x -> x.pad(new int[] {0, 2}, new int[] {0, 1}, Border.replicate()));
    assertThat(p.y()).containsExactly(1, 1, 1, 2, 3, 3);
    assertThat(p.dx()).containsExactly(1 + 2 + 3, 4, 5 + 6);
  }

  @Test
  void aSideMayBeCroppedWhileTheOtherIsMirrored() {
    Played p =
        Played.of(
            Shape.of(1, 4),
            true,
            1,
            x -> x.pad(new int[] {0, -3}, new int[] {0, 2}, Border.reflect()));
    assertThat(p.y()).containsExactly(4, 3, 2);
    assertThat(p.dx()).containsExactly(0, 3, 2, 1);
  }

  @Test
  void whatASliceLeavesOutHasTheGradientZero() {
    Played p = Played.of(Shape.of(2, 4), true, 1, x -> x.slice(-1, 1, 2));
    assertThat(p.y()).containsExactly(2, 3, 6, 7);
    assertThat(p.dx()).containsExactly(0, 1, 2, 0, 0, 3, 4, 0);
  }

  @Test
  void oneTensorMayStandTwiceInAConcatenation() {
    Played p = Played.of(Shape.of(2, 2), true, 1, x -> Var.concat(1, List.of(x, x)));
    assertThat(p.y()).containsExactly(1, 2, 1, 2, 3, 4, 3, 4);
    assertThat(p.dx()).containsExactly(1 + 3, 2 + 4, 5 + 7, 6 + 8);
  }

  @Test
  void nearestRoundsDown() {
    Played p = Played.of(Shape.of(1, 1, 3, 1), true, 1, x -> x.resizeNearest(1, 5));
    assertThat(p.y()).containsExactly(1, 1, 2, 2, 3);
    assertThat(p.dx()).containsExactly(1 + 2, 3 + 4, 5);
  }

  @Test
  void theScaleSaysWhereToReadNotTheRoundedSize() {
    // 5 columns become 7 either way; column 6 reads at 6.5 / 1.5 - 0.5 or at 6.5 * 5 / 7 - 0.5
    Shape row = Shape.of(1, 1, 5, 1);
    assertThat(Played.of(row, true, 1, x -> x.resizeBilinear(1.5, false)).y()[6])
        .isCloseTo(1 + 6.5f / 1.5f - 0.5f, within(1e-6f));
    assertThat(Played.of(row, true, 1, x -> x.resizeBilinear(1, 7, false)).y()[6]).isEqualTo(5);
  }

  @Test
  void cornersStayWhereTheyAreWhenAligned() {
    Played p = Played.of(Shape.of(1, 2, 2, 1), true, 1, x -> x.resizeBilinear(3, 3, true));
    assertThat(p.y()).containsExactly(1, 1.5f, 2, 2, 2.5f, 3, 3, 3.5f, 4);
    assertThat(p.dx())
        .containsExactly(
            1 + (2 + 4) / 2f + 5 / 4f,
            3 + (2 + 6) / 2f + 5 / 4f,
            7 + (4 + 8) / 2f + 5 / 4f,
            9 + (6 + 8) / 2f + 5 / 4f);
  }

  /** Larger than a chunk in every direction, so that all ways to cut a box are taken. */
  @TestFactory
  Stream<DynamicTest> largeTensorsMoveAsSmallOnesDo() {
    Shape image = Shape.of(1, 150, 70, 24);
    int[] before = {0, 1, 2, 1};
    int[] after = {0, 2, 1, 0};
    return Stream.of(
        large("permute", image, x -> x.permute(0, 3, 1, 2), i -> new int[] {0, i[2], i[3], i[1]}),
        large("transpose", image, x -> x.transpose(1, 2), i -> new int[] {0, i[2], i[1], i[3]}),
        large(
            "slice",
            image,
            x -> x.slice(new int[] {0, 1, 2, 3}, new int[] {1, 140, 60, 20}),
            i -> new int[] {0, i[1] + 1, i[2] + 2, i[3] + 3}),
        large(
            "replicate",
            image,
            x -> x.pad(before, after, Border.replicate()),
            i ->
                new int[] {
                  0,
                  Math.clamp(i[1] - 1, 0, 149),
                  Math.clamp(i[2] - 2, 0, 69),
                  Math.clamp(i[3] - 1, 0, 23)
                }));
  }

  private static DynamicTest large(
      String name, Shape shape, Function<Var, Var> function, Function<int[], int[]> source) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          Shape y = function.apply(new Tape().input("x", shape)).shape();
          double[] places = new double[shape.intSize()];
          Arrays.setAll(places, i -> i + 1);
          double[] expected =
              NaiveMoves.fill(y, i -> NaiveMoves.at(places, shape, source.apply(i)));
          double[] gradient = new double[places.length];
          for (int i = 0; i < expected.length; i++) {
            gradient[(int) expected[i] - 1] += i + 1;
          }
          for (int threads = 1; threads <= 2; threads++) {
            Played p = Played.of(shape, true, threads, function);
            for (int i = 0; i < expected.length; i++) {
              assertThat(p.y()[i]).isEqualTo((float) expected[i]);
            }
            for (int i = 0; i < gradient.length; i++) {
              assertThat((double) p.dx()[i]).isCloseTo(gradient[i], within(4.0));
            }
          }
        });
  }

  /** A tensor that is read twice: the op's gradient comes second and is added. */
  @TestFactory
  Stream<DynamicTest> gradientsAreAddedToWhatIsThere() {
    return each(sample -> {
      float[] alone = gradient(sample, false);
      float[] added = gradient(sample, true);
      for (int i = 0; i < alone.length; i++) {
        assertThat(added[i]).as("%d of %s", i, sample).isCloseTo(alone[i] + 1, within(2e-5f));
      }
    });
  }

  private static float[] gradient(OpSample sample, boolean readTwice) {
    Tape tape = new Tape();
    List<Var> inputs = inputs(tape, sample);
    Var y = sample.recorder().record(tape, inputs);
    float[] weights = new float[y.shape().intSize()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (i * 37 % 101) / 101f;
    }
    Var loss = y.apply(new Projection(weights));
    Var x = inputs.get(0);
    Program program =
        tape.compile(
            CompileOptions.of(readTwice ? loss.add(x.sum()) : loss).keepGradients(List.of(x)));
    set(program, inputs, sample);
    program.forward();
    program.backward();
    return program.gradient(x).toArray();
  }

  /** A program recorded for more images plays fewer with the same bits. */
  @TestFactory
  Stream<DynamicTest> aShortBatchIsTheStartOfALongOne() {
    return each(sample -> {
      Tape tape = new Tape();
      List<Var> inputs = inputs(tape, sample);
      int images = inputs.get(0).shape().axis(0);
      Var y = sample.recorder().record(tape, inputs);
      Var loss = y.apply(new Projection(Played.counting(y.shape().intSize())));
      Program program = tape.compile(CompileOptions.of(loss).keep(y).keepGradients(inputs));
      if (!y.batched() || program.fewest() >= images) {
        return;
      }
      set(program, inputs, sample);
      program.forward();
      program.backward();
      float[] full = program.value(y).toArray(y.shape().rest());
      float[] gradient = program.gradient(inputs.get(0)).toArray(inputs.get(0).shape().rest());
      float[] rest = program.gradient(inputs.get(0)).toArray();
      program.forward(1);
      program.backward();
      assertThat(program.value(y).toArray(full.length)).isEqualTo(full);
      float[] after = program.gradient(inputs.get(0)).toArray();
      System.arraycopy(gradient, 0, rest, 0, gradient.length);
      assertThat(after).as("gradients of %s, those not played untouched", sample).isEqualTo(rest);
    });
  }

  private interface Check {
    void of(OpSample sample);
  }

  private static Stream<DynamicTest> each(Check check) {
    return MoveSpecs.all().stream()
        .map(spec ->
            DynamicTest.dynamicTest(
                spec.name(),
                () -> {
                  for (int seed = 0; seed < SEEDS; seed++) {
                    check.of(spec.draw().apply(new Draw(seed)));
                  }
                }));
  }

  private static List<Var> inputs(Tape tape, OpSample sample) {
    List<Var> inputs = new ArrayList<>();
    for (OpSample.Input in : sample.inputs()) {
      String name = "in" + inputs.size();
      inputs.add(in.batched() ? tape.input(name, in.shape()) : tape.constant(name, in.shape()));
    }
    return inputs;
  }

  private static void set(Program program, List<Var> inputs, OpSample sample) {
    for (int i = 0; i < inputs.size(); i++) {
      program.input(inputs.get(i)).set(sample.inputs().get(i).values());
    }
  }
}
