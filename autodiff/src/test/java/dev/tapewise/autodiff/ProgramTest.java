package dev.tapewise.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapewise.autodiff.compile.InsufficientMemoryException;
import dev.tapewise.autodiff.op.BatchNorm;
import dev.tapewise.core.Philox;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Workers;
import dev.tapewise.core.geometry.ConvOptions;
import dev.tapewise.core.geometry.Padding;
import dev.tapewise.core.kernel.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/**
 * What holds for whole programs: fused and plain, short and full batches, any team, shared arenas.
 */
final class ProgramTest {
  private static final int STEPS = 2;

  /**
   * Plays a few steps of training and returns everything that changed: losses, parameters,
   * gradients, buffers.
   */
  private static List<int[]> train(
      long seed, int capacity, int images, int threads, UnaryOperator<CompileOptions> options) {
    try (Workers workers = new Workers(threads)) {
      ParameterStore store = new ParameterStore();
      RandomNetwork.Recorded net = new RandomNetwork(seed).record(store, true, capacity);
      Program program =
          net.tape().compile(options.apply(CompileOptions.of(net.loss()).workers(workers)));
      store.initialize(seed);
      net.fill(program, seed);
      List<int[]> bits = new ArrayList<>();
      for (int step = 0; step < STEPS; step++) {
        program.clock().set(seed, step);
        program.forward(images);
        program.backward();
        bits.add(bits(program.value(net.loss()).toArray()));
        for (Parameter p : store.trainable()) {
          float[] values = p.toArray();
          for (int i = 0; i < values.length; i++) {
            values[i] = Math.fma(-0.05f, p.gradients()[p.gradientOffset() + i], values[i]);
          }
          p.set(values);
        }
      }
      for (Parameter p : store.all()) {
        bits.add(bits(p.toArray()));
      }
      return bits;
    }
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }

  private static void assertSame(List<int[]> actual, List<int[]> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      assertThat(actual.get(i)).as("tensor %d", i).isEqualTo(expected.get(i));
    }
  }

  @Property(tries = 60)
  void aFusedProgramHasTheBitsOfThePlainOne(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 5) int batch) {
    assertSame(
        train(seed, batch, batch, 1, o -> o), train(seed, batch, batch, 1, CompileOptions::plain));
  }

  @Property(tries = 40)
  void theScalarTwinsHaveTheBitsOfTheVectorKernels(@ForAll long seed) {
    assertSame(
        train(seed, 3, 3, 1, o -> o), train(seed, 3, 3, 1, o -> o.kernels(Kernels.scalar())));
  }

  @Property(tries = 40)
  void aProgramForManyImagesPlaysFewWithTheBitsOfOneForFew(
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 4) int images,
      @ForAll @IntRange(min = 1, max = 30) int more) {
    assertSame(
        train(seed, images + more, images, 1, o -> o), train(seed, images, images, 1, o -> o));
  }

  @Property(tries = 30)
  void teamsOfTwoThreeAndSevenHaveTheBitsOfOne(@ForAll long seed) {
    List<int[]> one = train(seed, 4, 4, 1, o -> o);
    for (int threads : new int[] {2, 3, 7}) {
      assertSame(train(seed, 4, 4, threads, o -> o), one);
    }
  }

  @Property(tries = 40)
  void buffersFilledWithNaNAtTheEndOfTheirLifeChangeNoBit(@ForAll long seed) {
    assertSame(
        train(seed, 3, 3, 1, CompileOptions::poisonEndedBuffers), train(seed, 3, 3, 1, o -> o));
    assertSame(
        train(seed, 3, 3, 1, o -> o.plain().poisonEndedBuffers()), train(seed, 3, 3, 1, o -> o));
  }

  @Property(tries = 80)
  void blocksThatAreComputedAgainHaveTheBitsOfThoseThatAreKept(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 5) int images) {
    List<int[]> kept = train(seed, 5, images, 1, o -> o);
    assertSame(train(seed, 5, images, 2, CompileOptions::checkpoint), kept);
    assertSame(train(seed, 5, images, 1, o -> o.checkpoint().poisonEndedBuffers()), kept);
    assertSame(train(seed, 5, images, 1, o -> o.plain().checkpoint().poisonEndedBuffers()), kept);
  }

  @Test
  void blocksThatAreComputedAgainNeedAFractionOfTheMemory() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(4, 16, 16, 8));
    for (int i = 0; i < 16; i++) {
      tape.enter("block" + i);
      Var wide = tape.parameter("wide", Shape.of(1, 1, 8, 48), Initializer.heFanOut(1));
      Var narrow = tape.parameter("narrow", Shape.of(1, 1, 48, 8), Initializer.heFanOut(1));
      x = x.add(x.conv2d(wide, Padding.valid()).relu6().conv2d(narrow, Padding.valid()));
      tape.exit();
    }
    CompileOptions options = CompileOptions.of(x.sum());
    long kept = tape.memory(options).arena();
    Program program = tape.compile(options.checkpoint());
    assertThat(program.memory().arena()).isLessThan(kept / 3);
    assertThat(program.describe())
        .contains("block3 (relu6)")
        .contains("computed again in backward");
    assertThat(tape.memory(options.checkpoint()).arena()).isEqualTo(program.memory().arena());
  }

  /** A batch of few bands and many channels, whose products are divided by columns too. */
  private static List<int[]> trainWide(int threads, UnaryOperator<CompileOptions> options) {
    try (Workers workers = new Workers(threads)) {
      ParameterStore store = new ParameterStore();
      Tape tape = new Tape(store, true);
      Var images = tape.input("images", Shape.of(2, 5, 4, 140));
      Var y = wideBlock(tape, "expand", images, 1, 333, 1).relu6();
      Var z = wideBlock(tape, "depthwise", y, 3, 333, 333).relu6();
      Var loss = wideBlock(tape, "project", z, 1, 140, 1).add(images).sum();
      Program program =
          tape.compile(
              options.apply(
                  CompileOptions.of(loss).workers(workers).keepGradients(List.of(images))));
      store.initialize(3);
      float[] pixels = new float[images.shape().intSize()];
      Philox.fillUniform(pixels, 0, pixels.length, 4, 0, 0, -1, 1);
      program.input(images).set(pixels);
      program.forward();
      program.backward();
      List<int[]> bits = new ArrayList<>();
      bits.add(bits(program.value(loss).toArray()));
      bits.add(bits(program.gradient(images).toArray()));
      for (Parameter p : store.trainable()) {
        bits.add(
            bits(
                Arrays.copyOfRange(
                    p.gradients(), p.gradientOffset(), p.gradientOffset() + p.size())));
      }
      return bits;
    }
  }

  private static Var wideBlock(Tape tape, String name, Var x, int kernel, int out, int groups) {
    tape.enter(name);
    int in = x.shape().axis(3) / groups;
    Var w = tape.parameter("w", Shape.of(kernel, kernel, in, out), Initializer.heFanOut(groups));
    Shape c = Shape.of(out);
    Var y =
        x.conv2d(w, ConvOptions.padded(Padding.of(kernel / 2)).withGroups(groups))
            .batchNorm(
                tape.parameter("scale", c, Role.NORM, Initializer.uniform(1.5f)),
                tape.parameter("shift", c, Role.NORM, Initializer.uniform(0.5f)),
                new BatchNorm.Running(
                    tape.buffer("mean", c, Initializer.constant(0)),
                    tape.buffer("variance", c, Initializer.constant(1))),
                1e-3f,
                0.1f);
    tape.exit();
    return y;
  }

  @Test
  void productsDividedByColumnsHaveTheBitsOfAnyOtherForm() {
    List<int[]> one = trainWide(1, o -> o);
    assertSame(trainWide(3, o -> o), one);
    assertSame(trainWide(1, CompileOptions::plain), one);
    assertSame(trainWide(2, CompileOptions::poisonEndedBuffers), one);
    assertSame(trainWide(2, o -> o.kernels(Kernels.scalar())), one);
  }

  @Property(tries = 30)
  void aProgramRecordedInMidRunChangesNothing(@ForAll long seed) {
    List<int[]> alone = train(seed, 3, 3, 1, o -> o);
    assertSame(
        train(
            seed,
            3,
            3,
            1,
            o -> {
              Arena shared = new Arena();
              RandomNetwork.Recorded other =
                  new RandomNetwork(seed).record(new ParameterStore(), true, 9);
              other.tape().compile(CompileOptions.of(other.loss()).arena(shared));
              return o.arena(shared);
            }),
        alone);
  }

  @Test
  void anArenaThatGrowsIsBoundAgain() {
    Arena arena = new Arena();
    ParameterStore store = new ParameterStore();
    RandomNetwork.Recorded small = new RandomNetwork(3).record(store, true, 2);
    Program first = small.tape().compile(CompileOptions.of(small.loss()).arena(arena));
    small.fill(first, 3);
    first.forward();
    float before = first.value(small.loss()).get(0);
    first.backward();
    RandomNetwork.Recorded large = new RandomNetwork(3).record(store, true, 64);
    large.tape().compile(CompileOptions.of(large.loss()).arena(arena));
    first.forward();
    first.backward();
    assertThat(Float.isFinite(first.value(small.loss()).get(0))).isTrue();
    assertThat(first.value(small.loss()).get(0)).isEqualTo(before);
  }

  @Test
  void trainAndEvaluationProgramsShareOneArena() {
    Arena arena = new Arena();
    ParameterStore store = new ParameterStore();
    RandomNetwork.Recorded train = new RandomNetwork(11).record(store, true, 8);
    Program training = train.tape().compile(CompileOptions.of(train.loss()).arena(arena));
    long alone = training.memory().total();
    RandomNetwork.Recorded eval = new RandomNetwork(11).record(store, false, 8);
    Program evaluation =
        eval.tape().compile(CompileOptions.forwardOnly(eval.logits(), eval.loss()).arena(arena));
    assertThat(evaluation.memory().arena()).isLessThanOrEqualTo(training.memory().arena());
    assertThat(alone + evaluation.memory().kept()).isLessThan((long) (1.05 * alone) + 4096);
    train.fill(training, 1);
    eval.fill(evaluation, 1);
    training.forward();
    evaluation.forward();
    assertThatThrownBy(training::backward)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("another program has played on this arena since forward()");
  }

  @Test
  void aWarmProgramAllocatesNothing() {
    try (Workers workers = new Workers(2)) {
      ParameterStore store = new ParameterStore();
      RandomNetwork.Recorded net = new RandomNetwork(5).record(store, true, 4);
      Program program = net.tape().compile(CompileOptions.of(net.loss()).workers(workers));
      net.fill(program, 5);
      // Warm is when the JIT compiler has seen every branch of every kernel: 1,000 steps in a row
      // without a byte, within a
      // bounded time. A step that allocated by itself would never get there.
      int quiet = 0;
      long end = System.nanoTime() + 60_000_000_000L;
      while (quiet < 1000 && System.nanoTime() < end) {
        long before = workers.allocatedBytes();
        program.forward();
        program.backward();
        quiet = workers.allocatedBytes() == before ? quiet + 1 : 0;
      }
      assertThat(quiet).isEqualTo(1000);
    }
  }

  @Test
  void aTensorThatIsReadTwiceGetsBothGradients() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(2, 3));
    Program program = tape.compile(CompileOptions.of(x.add(x).sum()).keepGradients(List.of(x)));
    program.forward();
    program.backward();
    assertThat(program.gradient(x).toArray()).containsOnly(2f);
  }

  @Test
  void wrongCallsSayWhatIsWrongAndHelp() {
    Tape tape = new Tape();
    tape.enter("features.3");
    Var x = tape.input("x", Shape.of(128, 32, 32, 24));
    Var w = tape.parameter("w", Shape.of(3, 3, 5, 24), Initializer.constant(0));
    assertThatThrownBy(() -> x.conv2d(w, ConvOptions.padded(Padding.same()).withGroups(5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "conv2d \"features.3\": 24 input channels are not divisible by groups=5. Choose groups"
                + " from 1, 2, 3, 4, 6, 8, 12, 24; x is [128, 32, 32, 24]");
    assertThatThrownBy(() -> x.add(w))
        .hasMessage(
            "add \"features.3\": axis -4 is 128 in the one and 3 in the other. Make them equal, or"
                + " one of them 1; inputs are [[128, 32, 32, 24], [3, 3, 5, 24]]");
    assertThatThrownBy(() -> tape.compile(x.relu()))
        .hasMessageContaining("a backward pass starts at a scalar");
    assertThatThrownBy(
            () -> new Tape().record(dev.tapewise.autodiff.op.ArithmeticOp.add(), List.of(x, x)))
        .hasMessageContaining("was recorded on another tape");
  }

  @Test
  void playingWrongBatchesSaysSo() {
    RandomNetwork.Recorded net = new RandomNetwork(5).record(new ParameterStore(), true, 4);
    Program program = net.tape().compile(net.loss());
    assertThatThrownBy(() -> program.forward(5))
        .hasMessage("a batch of 5 images was asked for; this program plays 1 to 4");
    assertThatThrownBy(() -> program.forward(0)).hasMessageContaining("a batch of 0 images");
    assertThatThrownBy(program::backward).hasMessageContaining("needs a forward() before it");
  }

  @Test
  void aPlanThatDoesNotFitFailsBeforeAnythingIsAllocated() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(4096, 224, 224, 3));
    Var w = tape.parameter("w", Shape.of(1, 1, 3, 3), Initializer.constant(0));
    Var loss = x.conv2d(w, Padding.same()).relu().sum();
    assertThatThrownBy(() -> tape.compile(loss))
        .isInstanceOf(InsufficientMemoryException.class)
        .hasMessageContaining("Start Java with -Xmx");
  }

  @Test
  void aNonFiniteWeightIsNamed() {
    ParameterStore store = new ParameterStore();
    RandomNetwork.Recorded net = new RandomNetwork(5).record(store, true, 4);
    Program program = net.tape().compile(net.loss());
    store.initialize(1);
    Parameter p = store.get("block1.weight");
    p.values()[p.valueOffset() + 2] = Float.NaN;
    net.fill(program, 5);
    program.forward();
    assertThat(Float.isNaN(program.value(net.loss()).get(0))).isTrue();
    assertThat(program.findNonFinite())
        .startsWith("parameter \"block1.weight\"")
        .contains("NaN at index 2");
  }
}
