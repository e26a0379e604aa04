package dev.tapewise.autodiff.op;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.MoreCollectors;
import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Initializer;
import dev.tapewise.autodiff.Parameter;
import dev.tapewise.autodiff.ParameterStore;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Role;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Philox;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.Padding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Sums of blocks and shortcuts: norms that are read, gradients that are passed on. */
class ResidualSumTest {
  private static final int SIZE = 3;

  /** Records what lies between the images and the loss. */
  private interface Network extends BiFunction<Tape, Var, Var> {}

  /** Convolution and norm. A row of the input takes part in three of the output. */
  private static Var block(Tape tape, String name, Var x, int out) {
    tape.enter(name);
    int in = x.shape().axis(3);
    Var w = tape.parameter("weight", Shape.of(3, 3, in, out), Initializer.heFanOut(1));
    Shape c = Shape.of(out);
    Var y =
        x.conv2d(w, Padding.of(1))
            .batchNorm(
                tape.parameter("scale", c, Role.NORM, Initializer.uniform(1.5f)),
                tape.parameter("shift", c, Role.NORM, Initializer.uniform(0.5f)),
                new BatchNorm.Running(
                    tape.buffer("mean", c, Initializer.constant(0)),
                    tape.buffer("var", c, Initializer.constant(1))),
                1e-3f,
                0.1f);
    tape.exit();
    return y;
  }

  private static Var square(Var v) {
    return v.mul(v).sum();
  }

  /** Loss and all gradients, and how it was compiled. */
  private record Played(List<float[]> values, String description) {}

  private static Played play(
      Network network, int channels, int images, UnaryOperator<CompileOptions> options) {
    ParameterStore store = new ParameterStore();
    Tape tape = new Tape(store, true);
    Var x = tape.input("x", Shape.of(images, SIZE, SIZE, channels));
    Var loss = network.apply(tape, x);
    Program program = tape.compile(options.apply(CompileOptions.of(loss)));
    store.initialize(3);
    float[] pixels = new float[x.shape().intSize()];
    Philox.fillUniform(pixels, 0, pixels.length, 4, 0, 0, -1, 1);
    program.input(x).set(pixels);
    program.forward();
    program.backward();
    List<float[]> values = new ArrayList<>(List.of(program.value(loss).toArray()));
    for (Parameter p : store.trainable()) {
      values.add(
          Arrays.copyOfRange(p.gradients(), p.gradientOffset(), p.gradientOffset() + p.size()));
    }
    return new Played(values, program.describe());
  }

  private static void assertFusedAsPlain(Network network, int channels, int images) {
    List<float[]> plain = play(network, channels, images, CompileOptions::plain).values();
    for (UnaryOperator<CompileOptions> way :
        List.<UnaryOperator<CompileOptions>>of(
            o -> o, CompileOptions::checkpoint, CompileOptions::poisonEndedBuffers)) {
      assertThat(play(network, channels, images, way).values())
          .usingRecursiveComparison()
          .isEqualTo(plain);
    }
  }

  private static Var chain(Tape tape, Var x) {
    Var a = block(tape, "a", x, x.shape().axis(3)).relu6();
    Var b = block(tape, "b", a, x.shape().axis(3)).add(a);
    Var c = b.add(block(tape, "c", b, x.shape().axis(3)));
    return square(block(tape, "d", c, 3));
  }

  @Property(tries = 20)
  void aChainOfResidualBlocksFusedHasTheBitsOfThePlainOne(
      @ForAll @IntRange(min = 1, max = 40) int channels,
      @ForAll @IntRange(min = 2, max = 9) int images) {
    assertFusedAsPlain(ResidualSumTest::chain, channels, images);
  }

  @Property(tries = 20)
  void aSumOfTwoNormsFusedHasTheBitsOfThePlainOne(
      @ForAll @IntRange(min = 1, max = 40) int channels,
      @ForAll @IntRange(min = 2, max = 9) int images) {
    assertFusedAsPlain(
        (tape, x) -> square(block(tape, "a", x, channels).add(block(tape, "b", x, channels))),
        channels,
        images);
  }

  @Property(tries = 20)
  void aNormThatMeetsAnotherShapeFusedHasTheBitsOfThePlainOne(
      @ForAll @IntRange(min = 1, max = 40) int channels,
      @ForAll @IntRange(min = 2, max = 9) int images) {
    assertFusedAsPlain(
        (tape, x) ->
            square(
                block(tape, "a", x, channels)
                    .add(tape.parameter("offset", Shape.of(channels), Initializer.uniform(1)))),
        channels,
        images);
  }

  /** Both inputs of the sum get more gradient from what reads them too, at different times. */
  @Property(tries = 20)
  void inputsThatAreAddedToDoNotDisturbEachOther(
      @ForAll @IntRange(min = 1, max = 40) int channels,
      @ForAll @IntRange(min = 2, max = 9) int images) {
    assertFusedAsPlain(
        (tape, x) -> {
          Var a = block(tape, "a", x, channels);
          Var b = block(tape, "b", a, channels);
          Var c = block(tape, "c", b, channels);
          Var d = block(tape, "d", a, channels);
          return square(b.add(a)).add(square(c.add(d).add(a.add(b).add(c))));
        },
        channels,
        images);
  }

  @Test
  void aSumOfATensorAndItselfHasTwiceItsGradient() {
    Network network =
        (tape, x) -> {
          Var a = block(tape, "a", x, 5);
          return square(a.add(a));
        };
    assertFusedAsPlain(network, 4, 3);
  }

  @Test
  void sumsOfWhatIsKeptAnywayAreComputedAgainAndOthersAreKept() {
    Network network =
        (tape, x) -> {
          Var a = block(tape, "a", x, 8).relu6();
          tape.enter("ofNorms");
          Var sum = a.add(block(tape, "b", a, 8));
          tape.exit();
          tape.enter("ofASum");
          Var second = sum.add(block(tape, "c", sum, 8));
          tape.exit();
          Var leaky = block(tape, "d", second, 8).leakyRelu(0.1f);
          tape.enter("ofALeakyRelu");
          Var third = leaky.add(block(tape, "e", second, 8));
          tape.exit();
          Var twice = third.mul(third);
          tape.enter("ofWhatNothingElseReads");
          Var fourth = third.sub(twice).add(twice);
          tape.exit();
          // most memory is taken behind all sums
          return square(block(tape, "wide", block(tape, "f", fourth, 3), 100));
        };
    assertFusedAsPlain(network, 8, 4);
    String description = play(network, 8, 4, o -> o).description();
    for (String again : List.of("ofNorms", "ofASum", "ofALeakyRelu")) {
      assertThat(line(description, again)).contains("computed again in backward");
    }
    assertThat(line(description, "ofWhatNothingElseReads")).doesNotContain("again");
  }

  /** A norm reads the sum, and what reads through the norm gathers the sums of its gradient. */
  @Test
  void aSumBehindWhichANormStandsIsComputedAgain() {
    Network network =
        (tape, x) -> {
          Var a = block(tape, "a", x, 8).relu6();
          tape.enter("read");
          Var sum = a.add(block(tape, "b", a, 8));
          tape.exit();
          Shape c = Shape.of(8);
          Var norm =
              sum.batchNorm(
                      tape.parameter("scale", c, Role.NORM, Initializer.uniform(1.5f)),
                      tape.parameter("shift", c, Role.NORM, Initializer.uniform(0.5f)),
                      new BatchNorm.Running(
                          tape.buffer("mean", c, Initializer.constant(0)),
                          tape.buffer("var", c, Initializer.constant(1))),
                      1e-3f,
                      0.1f)
                  .relu6();
          tape.enter("twice");
          Var both = sum.add(sum);
          tape.exit();
          Var d = block(tape, "d", norm, 8).mul(block(tape, "e", both, 8));
          return square(block(tape, "wide", block(tape, "f", d, 3), 200));
        };
    assertFusedAsPlain(network, 8, 4);
    String description = play(network, 8, 4, o -> o).description();
    assertThat(line(description, "read")).contains("computed again in backward");
    assertThat(line(description, "twice")).contains("computed again in backward");
    assertThat(description.lines())
        .filteredOn(l -> l.startsWith("batch norm"))
        .singleElement()
        .asString()
        .contains("gradient sums by the consumer");
  }

  private static String line(String description, String scope) {
    return description
        .lines()
        .filter(l -> l.startsWith(scope + " (add)"))
        .collect(MoreCollectors.onlyElement());
  }

  @Test
  void theDescriptionSaysWhatIsReadAndGathered() {
    assertThat(play(ResidualSumTest::chain, 8, 4, o -> o).description().lines())
        .filteredOn(line -> line.startsWith("b (batch norm)"))
        .singleElement()
        .asString()
        .contains("read by its consumer")
        .contains("gradient sums by c (conv2d)");
    assertThat(play(ResidualSumTest::chain, 8, 4, o -> o).description())
        .contains("gradient passed on");
  }
}
