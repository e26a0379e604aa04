package dev.tapewise.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapewise.autodiff.op.ArithmeticOp;
import dev.tapewise.autodiff.op.BatchNorm;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Task;
import dev.tapewise.core.Workers;
import dev.tapewise.core.geometry.Padding;
import dev.tapewise.core.geometry.PoolWindows;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Programs at the edges of what a tape may record and of the order in which calls may come. */
final class ProgramEdgesTest {
  private static final Shape IMAGES = Shape.of(3, 5, 4, 3);

  /** Records a loss on images; what it says is compared fused, plain and poisoned. */
  private static float[] bothWays(Function<Var, Var> network) {
    float[] fused = play(network, o -> o);
    assertThat(play(network, CompileOptions::plain)).as("plain").isEqualTo(fused);
    assertThat(play(network, CompileOptions::poisonEndedBuffers)).as("poison").isEqualTo(fused);
    assertThat(play(network, o -> o.plain().poisonEndedBuffers())).as("both").isEqualTo(fused);
    return fused;
  }

  /** The loss, the gradient of the images and of all parameters, and all buffers. */
  private static float[] play(
      Function<Var, Var> network, Function<CompileOptions, CompileOptions> how) {
    Tape tape = new Tape();
    Var x = tape.input("x", IMAGES);
    Var loss = network.apply(x);
    Program program = tape.compile(how.apply(CompileOptions.of(loss).keepGradients(List.of(x))));
    program.input(x).set(numbers(IMAGES.intSize()));
    program.forward();
    program.backward();
    float[] all = program.value(loss).toArray();
    all = join(all, program.gradient(x).toArray());
    for (Parameter p : tape.parameters().all()) {
      all = join(all, p.toArray());
      if (p.trainable()) {
        float[] g = new float[p.size()];
        System.arraycopy(p.gradients(), p.gradientOffset(), g, 0, g.length);
        all = join(all, g);
      }
    }
    assertThat(all).doesNotContain(Float.NaN);
    return all;
  }

  private static float[] join(float[] a, float[] b) {
    float[] all = java.util.Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  private static float[] numbers(int size) {
    float[] v = new float[size];
    for (int i = 0; i < size; i++) {
      v[i] = (float) Math.sin(1 + 1.7 * i);
    }
    return v;
  }

  private static Var conv(Var x, String name, int out) {
    return x.conv2d(
        x.tape().parameter(name, Shape.of(3, 3, x.shape().axis(3), out), Initializer.normal(0.4f)),
        Padding.of(1));
  }

  private static Var norm(Var x, String name, boolean training) {
    Tape tape = x.tape();
    Shape c = Shape.of(x.shape().axis(3));
    BatchNorm.Running running =
        new BatchNorm.Running(
            tape.buffer(name + ".mean", c, Initializer.constant(0.1f)),
            tape.buffer(name + ".variance", c, Initializer.constant(0.7f)));
    return x.apply(
        training ? BatchNorm.training(running, 1e-3f, 0.1f) : BatchNorm.evaluation(running, 1e-3f),
        tape.parameter(name + ".scale", c, Role.NORM, Initializer.uniform(1.5f)),
        tape.parameter(name + ".shift", c, Role.NORM, Initializer.uniform(0.5f)));
  }

  private static Var mixed(Var y) {
    return conv(y, "last", 2).relu6().sum();
  }

  @Test
  void aFrozenNormInATrainingProgramFusesWithTheBitsOfThePlainOne() {
    bothWays(x -> mixed(norm(conv(x, "w", 8), "n", false).relu6()));
    bothWays(x -> mixed(norm(conv(x, "w", 8), "n", false)));
    bothWays(x -> mixed(norm(norm(conv(x, "w", 8), "n", false).relu(), "m", true)));
    bothWays(x -> mixed(norm(x, "n", false)));
  }

  @Test
  void aHardSwishBehindANormFusesWithTheBitsOfThePlainProgram() {
    for (boolean training : new boolean[] {false, true}) {
      bothWays(x -> mixed(norm(conv(x, "w", 8), "n", training).hardSwish()));
      bothWays(x -> mixed(norm(norm(conv(x, "w", 19), "n", training).hardSwish(), "m", true)));
      bothWays(x -> squeezed(norm(conv(x, "w", 19), "n", training).hardSwish()).sum());
    }
  }

  /** As squeeze and excitation does it: the mean of every image scales its channels. */
  private static Var squeezed(Var y) {
    return y.mul(y.mean(true, 1, 2).hardSwish());
  }

  @Test
  void aHardSwishIsReadThroughByOneConsumerAndWrittenOnceForSeveral() {
    Tape tape = new Tape();
    Var a = norm(conv(tape.input("x", IMAGES), "w", 8), "n", true).hardSwish();
    Var b = norm(conv(a, "v", 8), "m", true).hardSwish();
    String text = tape.compile(mixed(squeezed(b))).describe();
    assertThat(text.lines().filter(line -> line.contains("absorbed by the norm"))).hasSize(2);
    assertThat(text)
        .contains("read by its consumer")
        .contains("written once: mean reads plain values");
  }

  @Test
  void aFrozenNormMovesNoRunningStatistics() {
    Tape tape = new Tape();
    Var x = tape.input("x", IMAGES);
    Program program = tape.compile(norm(conv(x, "w", 4), "n", false).relu().sum());
    program.input(x).set(numbers(IMAGES.intSize()));
    program.forward();
    program.backward();
    assertThat(tape.parameters().get("n.mean").toArray()).containsOnly(0.1f);
    assertThat(tape.parameters().get("n.variance").toArray()).containsOnly(0.7f);
  }

  @Test
  void severalNormsOfOneTensorFrozenOrNotGiveTheBitsOfThePlainProgram() {
    for (boolean first : new boolean[] {false, true}) {
      for (boolean second : new boolean[] {false, true}) {
        bothWays(x -> {
          Var z = conv(x, "w", 8);
          Var a = conv(norm(z, "n", first).relu6(), "a", 4);
          Var b = conv(norm(z, "m", second), "b", 4);
          return a.add(b).sum();
        });
      }
    }
  }

  @Test
  void aTensorThatIsReadTwiceByOneOpThatCannotAddGetsBothGradients() {
    bothWays(x -> mixed(x.apply(new Product(), x)));
    bothWays(x ->
        mixed(
            norm(conv(x, "w", 4), "n", true)
                .relu()
                .apply(
                    new Product(),
                    x.apply(new Product(), x)
                        .conv2d(
                            x.tape().parameter("p", Shape.of(1, 1, 3, 4), Initializer.normal(0.3f)),
                            Padding.valid()))));
    bothWays(x -> {
      Var y = norm(conv(x, "w", 4), "n", true).relu6();
      return mixed(y.apply(new Product(), y).add(y));
    });
  }

  @Test
  void anOpThatAsksTwiceForAGradientTargetAddsOnce() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(2, 3));
    Var loss = x.apply(new Product(), x).add(x.apply(new AskingTwice())).sum();
    Program program = tape.compile(CompileOptions.of(loss).keepGradients(List.of(x)));
    program.input(x).set(new float[] {1, 2, 3, 4, 5, 6});
    program.forward();
    program.backward();
    assertThat(program.gradient(x).toArray()).containsExactly(3, 5, 7, 9, 11, 13);
  }

  @Test
  void aSharedParameterGetsTheSumOfItsGradients() {
    bothWays(x -> mixed(conv(conv(x, "w", 3), "w", 3)));
    bothWays(x -> {
      Var a = norm(conv(x, "w", 3), "n", true).relu6();
      return mixed(norm(conv(a, "w", 3), "n", true).relu6());
    });
  }

  @Test
  void keptValuesAndGradientsAroundANormAreThoseOfThePlainProgram() {
    float[][] seen = new float[2][];
    for (int plain = 0; plain < 2; plain++) {
      Tape tape = new Tape();
      Var x = tape.input("x", IMAGES);
      Var z = conv(x, "w", 8);
      Var n = norm(z, "n", true);
      Var y = n.relu6();
      Var loss = mixed(y);
      List<Var> all = List.of(x, z, n, y, loss);
      CompileOptions options = CompileOptions.of(loss).keep(z, n, y).keepGradients(all);
      Program program = tape.compile(plain == 1 ? options.plain() : options.poisonEndedBuffers());
      program.input(x).set(numbers(IMAGES.intSize()));
      program.forward();
      program.backward();
      float[] values = {};
      for (Var v : all) {
        values = join(join(values, program.value(v).toArray()), program.gradient(v).toArray());
      }
      seen[plain] = values;
    }
    assertThat(seen[0]).isEqualTo(seen[1]).doesNotContain(Float.NaN);
  }

  @Test
  void forwardOnlyProgramsHaveTheSameValues() {
    float[][] seen = new float[3][];
    for (int way = 0; way < 3; way++) {
      Tape tape = new Tape();
      Var x = tape.input("x", IMAGES);
      Var a = norm(conv(x, "w", 8), "n", true).relu6();
      Var b = norm(conv(a, "v", 8), "m", false).add(a);
      Var logits = conv(b.relu(), "u", 2);
      CompileOptions options = CompileOptions.forwardOnly(logits, b);
      Program program =
          tape.compile(
              way == 0 ? options : way == 1 ? options.plain() : options.poisonEndedBuffers());
      program.input(x).set(numbers(IMAGES.intSize()));
      program.forward();
      seen[way] = join(program.value(logits).toArray(), program.value(b).toArray());
    }
    assertThat(seen[1]).isEqualTo(seen[0]);
    assertThat(seen[2]).isEqualTo(seen[0]).doesNotContain(Float.NaN);
  }

  @Test
  void tensorsWithoutABatchAreComputedWhole() {
    Tape tape = new Tape();
    Var x = tape.constant("x", Shape.of(5, 2));
    Var w = tape.constant("w", Shape.of(2, 3));
    Var bias = tape.constant("bias", Shape.of(3));
    Var y = x.linear(w, bias);
    Program program =
        tape.compile(CompileOptions.of(y.sum()).keep(y).keepGradients(List.of(x, w, bias)));
    program.input(x).set(new float[] {1, 1, 2, 2, 3, 3, 4, 4, 5, 5});
    program.input(w).set(new float[] {1, 2, 3, 1, 2, 3});
    program.forward();
    program.backward();
    assertThat(program.value(y).toArray())
        .containsExactly(2, 4, 6, 4, 8, 12, 6, 12, 18, 8, 16, 24, 10, 20, 30);
    assertThat(program.gradient(x).toArray()).containsOnly(6);
    assertThat(program.gradient(w).toArray()).containsOnly(15);
    assertThat(program.gradient(bias).toArray()).containsOnly(5);
  }

  @Test
  void anImageThatIsNoBatchGivesTheResultsOfABatch() {
    float[] batch = play(x -> mixed(norm(conv(x, "w", 6), "n", true).relu6()), o -> o);
    for (boolean fused : new boolean[] {true, false}) {
      Tape tape = new Tape();
      Var x = tape.constant("x", IMAGES);
      Var loss = mixed(norm(conv(x, "w", 6), "n", true).relu6());
      CompileOptions options = CompileOptions.of(loss).keepGradients(List.of(x));
      Program program = tape.compile(fused ? options : options.plain());
      program.input(x).set(numbers(IMAGES.intSize()));
      program.forward();
      program.backward();
      assertThat(program.value(loss).get(0)).isEqualTo(batch[0]);
      assertThat(program.gradient(x).toArray())
          .isEqualTo(java.util.Arrays.copyOfRange(batch, 1, 1 + IMAGES.intSize()));
    }
  }

  @Test
  void aLossOverMoreRowsThanTheBatchStaysInItsMemory() {
    Tape tape = new Tape();
    Var logits = tape.constant("logits", Shape.of(400, 2));
    Var labels = tape.constant("labels", Shape.of(400));
    Var loss = logits.crossEntropy(labels, 0);
    Program program = tape.compile(CompileOptions.of(loss).keepGradients(List.of(logits)));
    program.forward();
    program.backward();
    assertThat(program.value(loss).get(0)).isEqualTo((float) Math.log(2));
  }

  @Test
  void addingATensorWithoutABatchNeedsTheWholeBatch() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(4, 2));
    Var c = tape.parameter("c", Shape.of(4, 2), Initializer.constant(1));
    Program program = tape.compile(x.add(c).sum());
    program.forward();
    program.backward();
    assertThatThrownBy(() -> program.forward(3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("add");
  }

  @Test
  void gradientsOfUnusedParametersAreZeroAfterBackward() {
    ParameterStore store = new ParameterStore();
    Tape tape = new Tape(store, true);
    Var x = tape.input("x", Shape.of(2, 2));
    Var used = tape.parameter("used", Shape.of(2, 2), Initializer.constant(1));
    Var unused = tape.parameter("unused", Shape.of(2, 2), Initializer.constant(1));
    Program both = tape.compile(x.linear(used).linear(unused).sum());
    Program one = tape.compile(x.linear(used).sum());
    both.input(x).set(new float[] {1, 2, 3, 4});
    both.forward();
    both.backward();
    assertThat(both.gradient(unused).toArray()).doesNotContain(0f);
    one.forward();
    one.backward();
    assertThat(one.gradient(unused).toArray()).containsOnly(0f);
  }

  // ------------------------------------------------------------- order of calls

  private static Program program(Arena arena, int batch) {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(batch, 5, 5, 3));
    return tape.compile(
        CompileOptions.of(mixed(norm(conv(x, "w", 8), "n", true).relu6())).arena(arena));
  }

  @Test
  void backwardIsPlayedOnceForAForward() {
    Program program = program(new Arena(), 2);
    program.forward();
    program.backward();
    assertThatThrownBy(program::backward)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("needs a forward() before it");
  }

  @Test
  void backwardIsRefusedAfterTheArenaGrew() {
    Arena arena = new Arena();
    Program program = program(arena, 2);
    program.forward();
    program(arena, 60);
    assertThatThrownBy(program::backward)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("this arena has grown since forward()");
    program.forward();
    program.backward();
  }

  @Test
  void backwardIsRefusedAfterProfile() {
    Program program = program(new Arena(), 2);
    assertThat(program.profile(2)).isNotEmpty();
    assertThatThrownBy(program::backward).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void profilingMovesRunningStatisticsOnce() {
    Program one = program(new Arena(), 2);
    one.input(one.tape().inputs().get(0)).set(numbers(150));
    one.forward();
    Program other = program(new Arena(), 2);
    other.input(other.tape().inputs().get(0)).set(numbers(150));
    other.profile(2);
    assertThat(other.tape().parameters().get("n.mean").toArray())
        .isEqualTo(one.tape().parameters().get("n.mean").toArray());
  }

  @Test
  void backwardIsRefusedAfterAForwardThatFailed() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(2, 3));
    Var labels = tape.labels("labels", 2);
    Var w = tape.parameter("w", Shape.of(3, 4), Initializer.normal(1));
    Arena arena = new Arena();
    Program program =
        tape.compile(CompileOptions.of(x.linear(w).crossEntropy(labels, 0)).arena(arena));
    Program other = program(arena, 1);
    program.forward();
    program.input(labels).set(new float[] {0, 9});
    assertThatThrownBy(program::forward)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("label 9.0 of row 1 is no class");
    assertThatThrownBy(program::backward).isInstanceOf(IllegalStateException.class);
    other.forward();
    assertThatThrownBy(program::forward).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(other::backward).isInstanceOf(IllegalStateException.class);
    program.input(labels).set(new float[] {0, 1});
    program.forward();
    program.backward();
  }

  @Test
  void aPlayInsideAPlayIsRefusedAndLeavesTheProgramUsable() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(2, 3));
    Calling call = new Calling();
    Program program =
        tape.compile(CompileOptions.of(x.apply(call).sum()).keepGradients(List.of(x)));
    call.action = program::forward;
    assertThatThrownBy(program::forward)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("being played by another program or thread");
    call.action = () -> {};
    program.forward();
    program.backward();
  }

  @Test
  void twoThreadsCannotPlayOneProgram() throws InterruptedException {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(2, 3));
    Calling call = new Calling();
    Program program =
        tape.compile(CompileOptions.of(x.apply(call).sum()).keepGradients(List.of(x)));
    Throwable[] seen = new Throwable[1];
    call.action =
        () -> {
          Thread other =
              new Thread(() -> {
                try {
                  program.forward();
                } catch (IllegalStateException e) {
                  seen[0] = e;
                }
              });
          other.start();
          try {
            other.join();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        };
    program.forward();
    program.backward();
    assertThat(seen[0]).hasMessageContaining("arenas of their own");
  }

  @Test
  void programsOfTwoArenasShareOneTeam() {
    try (Workers workers = new Workers(2)) {
      Tape tape = new Tape();
      Var x = tape.input("x", Shape.of(2, 3));
      Var loss = x.relu().sum();
      Program a = tape.compile(CompileOptions.of(loss).workers(workers));
      Program b = tape.compile(CompileOptions.of(loss).workers(workers));
      a.forward();
      b.forward();
      assertThat(a.value(loss).get(0)).isEqualTo(b.value(loss).get(0));
    }
  }

  // ------------------------------------------------------------- texts

  @Test
  void whatHasNoGradientSaysSo() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(2, 3));
    Var labels = tape.labels("labels", 2);
    Var unread = tape.input("unread", Shape.of(2, 3));
    Var loss = x.crossEntropy(labels, 0);
    assertThatThrownBy(() -> tape.compile(CompileOptions.of(loss).keepGradients(List.of(labels))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("labels [2] has no gradient");
    assertThatThrownBy(() -> tape.compile(CompileOptions.of(loss).keepGradients(List.of(unread))))
        .hasMessageContaining("unread [2, 3] has no gradient");
    assertThatThrownBy(
            () -> tape.compile(CompileOptions.forwardOnly(loss).keepGradients(List.of(x))))
        .hasMessageContaining("x [2, 3] has no gradient");
    Program program = tape.compile(loss);
    program.forward();
    assertThatThrownBy(program::backward)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("depends on no parameter");
    Program forwardOnly = tape.compile(CompileOptions.forwardOnly(loss));
    forwardOnly.forward();
    assertThatThrownBy(forwardOnly::backward)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("without a loss");
  }

  @Test
  void aBufferHasNoGradient() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(2, 3));
    Var weight = tape.parameter("w", Shape.of(2, 3), Initializer.constant(1));
    Var buffer = tape.read(tape.buffer("b", Shape.of(2, 3), Initializer.constant(1)));
    Var loss = x.add(weight).add(buffer).sum();
    assertThatThrownBy(() -> tape.compile(CompileOptions.of(loss).keepGradients(List.of(buffer))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("b [2, 3] has no gradient");
    Program program = tape.compile(loss);
    assertThatThrownBy(() -> program.gradient(buffer))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("buffer");
  }

  @Test
  void aLossMadeByNoOpIsRefused() {
    Tape tape = new Tape();
    Var x = tape.constant("x", Shape.of(1));
    Var p = tape.parameter("p", Shape.of(1), Initializer.constant(1));
    assertThatThrownBy(() -> tape.compile(x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no op made");
    assertThatThrownBy(() -> tape.compile(p)).hasMessageContaining("no op made");
  }

  @Test
  void whatAnotherTapeRecordedIsRefused() {
    Tape tape = new Tape();
    Var loss = new Tape().input("x", Shape.of(2, 3)).sum();
    assertThatThrownBy(() -> tape.compile(loss))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("recorded on another tape");
  }

  @Test
  void theValueOfAParameterIsReadable() {
    Tape tape = new Tape();
    Var p = tape.parameter("p", Shape.of(2), Initializer.constant(3));
    Program program = tape.compile(CompileOptions.of(p.sum()).keep(p));
    program.forward();
    assertThat(program.value(p).toArray()).containsExactly(3, 3);
  }

  @Test
  void opsThatBreakTheRuleOfTheBatchAreRefused() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(2, 3));
    assertThatThrownBy(() -> x.apply(new Flat()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("keepsBatch");
    assertThatThrownBy(() -> x.apply(ArithmeticOp.add()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("add: 1 input is too few");
  }

  @Test
  void badOptionsSayWhatToDo() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(2, 5, 5, 3));
    assertThatThrownBy(
            () -> x.averagePool(PoolWindows.of(3).withStride(0).withPadding(Padding.same()), true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("average pool: rows: stride must be at least 1 but is 0");
    assertThatThrownBy(() -> x.dropout(-0.5f)).hasMessageContaining("probability");
    assertThatThrownBy(() -> x.dropout(Float.NaN)).hasMessageContaining("probability");
    Var rank1 = tape.constant("c", Shape.of(3));
    Var scale = tape.constant("scale", Shape.of(3));
    Parameter buffer = tape.buffer("b", Shape.of(3), Initializer.constant(0));
    assertThatThrownBy(
            () -> rank1.batchNorm(scale, scale, new BatchNorm.Running(buffer, buffer), 1e-3f, 0.1f))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least two axes");
  }

  // ------------------------------------------------------------- ops of a user's own

  /** {@code a * b}, which cannot add. */
  private static final class Product implements Op {
    @Override
    public String name() {
      return "product";
    }

    @Override
    public Shape shape(List<Shape> inputs) {
      return inputs.get(0);
    }

    @Override
    public boolean backwardReadsOutput() {
      return false;
    }

    @Override
    public void forward(Binding binding) {
      Operand a = binding.input(0);
      Operand b = binding.input(1);
      Operand y = binding.output();
      binding.play(
          once(batch -> {
            for (int i = 0; i < y.size(batch); i++) {
              y.data()[y.offset() + i] = a.data()[a.offset() + i] * b.data()[b.offset() + i];
            }
          }));
    }

    @Override
    public void backward(Binding binding) {
      for (int input = 0; input < 2; input++) {
        GradientTarget d = binding.inputGradient(input);
        if (d != null) {
          Operand other = binding.input(1 - input);
          var dy = binding.outputGradient();
          binding.play(
              once(batch -> {
                for (int i = 0; i < other.size(batch); i++) {
                  d.data()[d.offset() + i] =
                      dy.data()[dy.offset() + i] * other.data()[other.offset() + i];
                }
              }));
        }
      }
    }
  }

  /** The same values again; asks for its gradient's place twice. */
  private static final class AskingTwice implements Op {
    @Override
    public String name() {
      return "asking twice";
    }

    @Override
    public Shape shape(List<Shape> inputs) {
      return inputs.get(0);
    }

    @Override
    public void forward(Binding binding) {
      Operand x = binding.input(0);
      Operand y = binding.output();
      binding.play(
          once(b -> System.arraycopy(x.data(), x.offset(), y.data(), y.offset(), x.size(b))));
    }

    @Override
    public void backward(Binding binding) {
      if (binding.inputGradient(0) == null) {
        return;
      }
      GradientTarget dx = java.util.Objects.requireNonNull(binding.inputGradient(0));
      var dy = binding.outputGradient();
      int size = binding.input(0).shape().intSize();
      binding.play(
          once(b -> System.arraycopy(dy.data(), dy.offset(), dx.data(), dx.offset(), size)));
    }
  }

  /** The same values again; runs an action meanwhile. */
  private static final class Calling implements Op {
    private Runnable action = () -> {};

    @Override
    public String name() {
      return "calling";
    }

    @Override
    public Shape shape(List<Shape> inputs) {
      return inputs.get(0);
    }

    @Override
    public void forward(Binding binding) {
      binding.play(once(batch -> action.run()));
    }

    @Override
    public void backward(Binding binding) {
      // a constant
    }
  }

  /** Says that it keeps the batch and does not. */
  private static final class Flat implements Op {
    @Override
    public String name() {
      return "flat";
    }

    @Override
    public Shape shape(List<Shape> inputs) {
      return Shape.of(inputs.get(0).intSize());
    }

    @Override
    public void forward(Binding binding) {}

    @Override
    public void backward(Binding binding) {}
  }

  private static Task once(java.util.function.IntConsumer run) {
    return new Task() {
      @Override
      public int chunks(int batch) {
        return 1;
      }

      @Override
      public void run(int chunk, int batch, Scratch scratch) {
        run.accept(batch);
      }
    };
  }
}
