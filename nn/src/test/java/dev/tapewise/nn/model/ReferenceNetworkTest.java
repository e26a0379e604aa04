package dev.tapewise.nn.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Parameter;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Role;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Workers;
import dev.tapewise.core.kernel.Kernels;
import dev.tapewise.nn.io.TorchLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two small MobileNets against PyTorch in double precision: values, gradients, statistics and
 * training. Bounds are relative to the largest value of a tensor, and were chosen from what
 * rounding the inputs does to PyTorch's own results.
 */
final class ReferenceNetworkTest {
  private static final double LOGITS = 2e-5;
  private static final double STATISTICS = 2e-5;
  private static final double GRADIENTS = 5e-5;
  private static final double ACTIVATIONS = 5e-5;
  private static final double LOSS = 5e-6;

  /** Gradients that are 0 in theory: norms behind which a norm removes constants. */
  private static final double ZERO = 1e-5;

  record Way(String net, boolean scalar, boolean fused) {
    ReferenceNetwork network() {
      return ReferenceNetwork.of(net);
    }

    CompileOptions apply(CompileOptions options) {
      CompileOptions chosen =
          options.kernels(scalar ? Kernels.scalar() : Kernels.preferred()).poisonEndedBuffers();
      return fused ? chosen : chosen.plain();
    }

    @Override
    public String toString() {
      return net + (scalar ? " scalar" : " preferred") + (fused ? " fused" : " plain");
    }
  }

  static Stream<Way> ways() {
    List<Way> ways = new ArrayList<>();
    for (String net : nets().toList()) {
      for (boolean scalar : new boolean[] {true, false}) {
        ways.add(new Way(net, scalar, true));
        ways.add(new Way(net, scalar, false));
      }
    }
    return ways.stream();
  }

  /** Two that have nothing in common; the bits of all are compared below. */
  static Stream<Way> twoWays() {
    return ways().filter(way -> way.scalar() != way.fused());
  }

  static Stream<String> nets() {
    return Stream.of("mobilenet_v2", "mobilenet_v1");
  }

  /** A recorded network with its batch, ready to play. */
  private static final class Recorded {
    final ReferenceNetwork reference;
    final Model model;
    final Tape tape;
    final Var images;
    final Var labels;
    final Var logits;
    final Var loss;

    Recorded(ReferenceNetwork reference, Model model, boolean training) {
      this.reference = reference;
      this.model = model;
      tape = model.tape(training);
      images = tape.input("images", model.imageShape(reference.batch()));
      labels = tape.labels("labels", reference.batch());
      logits = model.logits(tape, images);
      loss = logits.crossEntropy(labels, reference.smoothing());
    }

    Program compile(CompileOptions options) {
      Program program = tape.compile(options);
      program.input(images).set(reference.values("input"));
      if (options.loss() != null) {
        program.input(labels).set(reference.labels());
      }
      return program;
    }
  }

  @ParameterizedTest
  @MethodSource("nets")
  void parametersHavePyTorchsNamesShapesAndOrder(String net) {
    ReferenceNetwork reference = ReferenceNetwork.of(net);
    Model model = reference.model();
    assertThat(model.parameters().trainable())
        .extracting(Parameter::name)
        .isEqualTo(reference.names("parameters"));
    assertThat(model.parameters().all())
        .filteredOn(p -> p.role() == Role.BUFFER)
        .extracting(Parameter::name)
        .isEqualTo(reference.names("buffers"));
    for (var e : reference.spec().getAsJsonArray("parameters")) {
      JsonObject p = e.getAsJsonObject();
      assertThat(TorchLayout.shape(model.parameters().get(p.get("name").getAsString())).asList())
          .hasToString(p.getAsJsonArray("shape").toString().replace(",", ", "));
    }
  }

  @ParameterizedTest
  @MethodSource("twoWays")
  void evaluationGivesPyTorchsLogits(Way way) {
    ReferenceNetwork reference = way.network();
    var net = new Recorded(reference, reference.model(), false);
    Program program = net.compile(way.apply(CompileOptions.forwardOnly(net.logits)));
    program.forward();
    close("eval_logits", program.value(net.logits).toArray(), reference, LOGITS);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void firstStepGivesPyTorchsValuesGradientsAndStatistics(Way way) {
    ReferenceNetwork reference = way.network();
    var net = new Recorded(reference, reference.model(), true);
    List<Var> blocks = new ArrayList<>();
    for (String block : reference.blocks()) {
      blocks.add(ReferenceNetwork.output(net.tape, block));
    }
    Program program =
        net.compile(
            way.apply(
                CompileOptions.of(net.loss)
                    .keep(net.logits)
                    .keep(blocks.toArray(Var[]::new))
                    .keepGradients(blocks)));
    program.forward();
    close("train_logits", program.value(net.logits).toArray(), reference, LOGITS);
    double loss = program.value(net.loss).get(0);
    assertThat(relative(loss, reference.losses(reference.spec())[0])).isLessThan(LOSS);
    program.backward();
    for (int i = 0; i < blocks.size(); i++) {
      String name = reference.blocks().get(i);
      close("activation/" + name, program.value(blocks.get(i)).toArray(), reference, ACTIVATIONS);
      close(
          "grad_activation/" + name,
          program.gradient(blocks.get(i)).toArray(),
          reference,
          GRADIENTS);
    }
    checkGradients(net);
    for (Parameter p : net.model.parameters().all()) {
      if (p.role() == Role.BUFFER) {
        close("after1/" + p.name(), TorchLayout.values(p), reference, STATISTICS);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("twoWays")
  void firstStepIsRightAlsoWhereNothingIsKept(Way way) {
    ReferenceNetwork reference = way.network();
    var net = new Recorded(reference, reference.model(), true);
    Program program = net.compile(way.apply(CompileOptions.of(net.loss)));
    program.forward();
    program.backward();
    checkGradients(net);
  }

  private static void checkGradients(Recorded net) {
    List<String> zero = net.reference.names("zero_gradients");
    for (Parameter p : net.model.parameters().trainable()) {
      float[] gradient = TorchLayout.gradient(p);
      if (zero.contains(p.name())) {
        assertThat(largest(gradient)).as(p.name()).isLessThan(ZERO);
      } else {
        close("grad/" + p.name(), gradient, net.reference, GRADIENTS);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("nets")
  void firstStepHasTheSameBitsInEveryWay(String name) {
    ReferenceNetwork reference = ReferenceNetwork.of(name);
    Map<String, float[]> expected = new HashMap<>();
    for (int threads : new int[] {1, 2}) {
      for (Way way : ways().filter(w -> w.net().equals(name)).toList()) {
        try (Workers workers = new Workers(threads)) {
          var net = new Recorded(reference, reference.model(), true);
          Program program = net.compile(way.apply(CompileOptions.of(net.loss)).workers(workers));
          program.forward();
          program.backward();
          bits(expected, "loss", program.value(net.loss).toArray(), way);
          for (Parameter p : net.model.parameters().all()) {
            bits(expected, p.name(), p.toArray(), way);
            if (p.trainable()) {
              bits(expected, "gradient of " + p.name(), TorchLayout.gradient(p), way);
            }
          }
        }
      }
    }
  }

  private static void bits(Map<String, float[]> expected, String name, float[] values, Way way) {
    float[] first = expected.putIfAbsent(name, values);
    if (first != null) {
      for (int i = 0; i < values.length; i++) {
        if (Float.floatToRawIntBits(values[i]) != Float.floatToRawIntBits(first[i])) {
          throw new AssertionError(
              "%s: %s[%d] is %s, was %s".formatted(way, name, i, values[i], first[i]));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("twoWays")
  void fiveStepsFollowPyTorch(Way way) {
    ReferenceNetwork reference = way.network();
    boolean chaotic = way.net().equals("mobilenet_v2");
    double[] growing = {5e-6, 1e-5, 1e-4, 1e-3, 1e-2, 5e-2};
    Model model = train(way, reference.spec(), chaotic ? growing : steady());
    if (chaotic) {
      return;
    }
    var net = new Recorded(reference, model, false);
    Program program = net.compile(way.apply(CompileOptions.forwardOnly(net.logits)));
    program.forward();
    close("final_eval_logits", program.value(net.logits).toArray(), reference, LOGITS);
    for (Parameter p : model.parameters().all()) {
      close("final/" + p.name(), TorchLayout.values(p), reference, GRADIENTS);
    }
  }

  @ParameterizedTest
  @MethodSource("twoWays")
  void fiveStepsOfTheOtherOptimizerFollowPyTorch(Way way) {
    train(way, way.network().spec().getAsJsonObject("second_run"), steady());
  }

  private static double[] steady() {
    return new double[] {2e-5, 2e-5, 2e-5, 2e-5, 2e-5, 2e-5};
  }

  /** Trains for five steps and compares six losses; the model is left as after the fifth update. */
  private static Model train(Way way, JsonObject run, double[] bounds) {
    ReferenceNetwork reference = way.network();
    var net = new Recorded(reference, reference.model(), true);
    Program program = net.compile(way.apply(CompileOptions.of(net.loss)));
    var optimizer =
        new ReferenceOptimizer(
            run.getAsJsonObject("optimizer"), net.model.parameters().trainable());
    double[] losses = reference.losses(run);
    Map<Parameter, float[]> state = new HashMap<>();
    for (int step = 0; step < losses.length; step++) {
      if (step == losses.length - 1) {
        net.model.parameters().all().forEach(p -> state.put(p, p.toArray()));
      }
      program.forward();
      double loss = program.value(net.loss).get(0);
      assertThat(relative(loss, losses[step])).as("loss %d", step).isLessThan(bounds[step]);
      if (step < losses.length - 1) {
        program.backward();
        optimizer.update();
      }
    }
    state.forEach(Parameter::set);
    return net.model;
  }

  @Test
  void lossOfASmallerBatchIsThatOfItsImages() {
    ReferenceNetwork reference = ReferenceNetwork.of("mobilenet_v2");
    var net = new Recorded(reference, reference.model(), false);
    Program program = net.compile(CompileOptions.forwardOnly(net.logits));
    program.forward();
    float[] whole = program.value(net.logits).toArray();
    program.forward(2);
    assertThat(program.value(net.logits).toArray(20)).isEqualTo(Arrays.copyOf(whole, 20));
  }

  private static void close(String name, float[] values, ReferenceNetwork reference, double bound) {
    float[] truth = reference.values(name);
    assertThat(values).as(name).hasSameSizeAs(truth);
    double scale = largest(truth);
    double worst = 0;
    for (int i = 0; i < truth.length; i++) {
      double error = Math.abs((double) values[i] - truth[i]) / scale;
      worst = error <= worst ? worst : error; // a NaN is the worst
    }
    assertThat(worst).as("error of %s", name).isLessThan(bound);
  }

  private static double largest(float[] values) {
    double largest = 0;
    for (float v : values) {
      largest = Math.abs(v) <= largest ? largest : Math.abs(v);
    }
    return largest;
  }

  private static double relative(double value, double truth) {
    return Math.abs(value - truth) / Math.abs(truth);
  }
}
