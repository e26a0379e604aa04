package dev.tapewise.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.tapewise.autodiff.Initializer;
import dev.tapewise.autodiff.Parameter;
import dev.tapewise.autodiff.ParameterStore;
import dev.tapewise.autodiff.Role;
import dev.tapewise.core.Philox;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Workers;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class SgdTest {

  static Stream<JsonObject> optimizers() {
    return OptimReference.optimizers().stream();
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void everyStepIsPyTorchs(JsonObject reference) {
    JsonObject options = reference.getAsJsonObject("options");
    JsonObject trajectories = OptimReference.read().getAsJsonObject("trajectories");
    double[] start = OptimReference.numbers(trajectories.getAsJsonArray("start"));
    JsonArray gradients = trajectories.getAsJsonArray("gradients");
    JsonArray expected = reference.getAsJsonArray("parameters_after_step");
    JsonArray rates = reference.getAsJsonArray("lr_of_step");
    ParameterStore store = new ParameterStore();
    Parameter w =
        store.parameter("w", Shape.of(start.length), Role.WEIGHT, Initializer.constant(0));
    for (int i = 0; i < start.length; i++) {
      w.values()[w.valueOffset() + i] = (float) start[i];
    }
    Sgd sgd =
        Sgd.withMomentum(options.get("momentum").getAsFloat())
            .weightDecay(options.get("weight_decay").getAsFloat());
    if (options.get("nesterov").getAsBoolean()) {
      sgd = sgd.nesterov();
    }
    double[] largest = new double[start.length];
    double[] error = new double[start.length];
    try (Workers workers = new Workers(1)) {
      Updater updater = sgd.bind(store, workers);
      for (int step = 0; step < gradients.size(); step++) {
        double[] g = OptimReference.numbers(gradients.get(step).getAsJsonArray());
        for (int i = 0; i < g.length; i++) {
          w.gradients()[w.gradientOffset() + i] = (float) g[i];
        }
        updater.update(
            rates == null ? options.get("lr").getAsFloat() : (float) rates.get(step).getAsDouble());
        double[] wanted = OptimReference.numbers(expected.get(step).getAsJsonArray());
        for (int i = 0; i < wanted.length; i++) {
          largest[i] = Math.max(largest[i], Math.abs(wanted[i]));
          error[i] = Math.max(error[i], Math.abs(wanted[i] - w.toArray()[i]));
        }
      }
    }
    for (int i = 0; i < error.length; i++) {
      assertThat(error[i] / largest[i]).as("parameter %d", i).isLessThan(2e-6);
    }
  }

  @Test
  void weightDecayLeavesNormsAndBiasesAlone() {
    assertThat(afterOneStepWithoutGradient(Sgd.plain().weightDecay(0.5f)))
        .containsExactly(0.5f, 1f, 1f, 0.5f);
  }

  @Test
  void decayAllActsOnEverything() {
    assertThat(afterOneStepWithoutGradient(Sgd.plain().weightDecay(0.5f).decayAll()))
        .containsExactly(0.5f, 0.5f, 0.5f, 0.5f);
  }

  /** Ones of every role after a step of rate 1: the first value of each parameter. */
  private static float[] afterOneStepWithoutGradient(Sgd sgd) {
    ParameterStore store = new ParameterStore();
    Initializer ones = Initializer.constant(1);
    store.parameter("weight", Shape.of(3, 5), Role.WEIGHT, ones);
    store.parameter("norm", Shape.of(7), Role.NORM, ones);
    store.parameter("bias", Shape.of(1), Role.BIAS, ones);
    store.parameter("other", Shape.of(40), Role.WEIGHT, ones);
    store.initialize(0);
    try (Workers workers = new Workers(2)) {
      sgd.bind(store, workers).update(1);
    }
    List<Parameter> all = store.all();
    float[] first = new float[all.size()];
    for (int i = 0; i < first.length; i++) {
      float[] values = all.get(i).toArray();
      first[i] = values[0];
      assertThat(values).containsOnly(first[i]);
    }
    return first;
  }

  @Test
  void threadsChangeNoBitWhereALongRunIsCut() {
    int size = 2 * Runs.CHUNK + 37;
    assertThat(trained(3, size)).isEqualTo(trained(1, size));
  }

  private static float[] trained(int threads, int size) {
    ParameterStore store = new ParameterStore();
    Parameter w = store.parameter("w", Shape.of(size), Role.WEIGHT, Initializer.uniform(1));
    store.initialize(1);
    try (Workers workers = new Workers(threads)) {
      Updater updater = Sgd.withMomentum(0.9f).nesterov().weightDecay(1e-3f).bind(store, workers);
      for (int step = 0; step < 3; step++) {
        Philox.fillUniform(w.gradients(), w.gradientOffset(), size, 7, step, 0, -1, 1);
        updater.update(0.1f);
      }
    }
    return w.toArray();
  }

  @Test
  void neighboursOfOneDecayShareARunAndLongOnesAreCut() {
    ParameterStore store = new ParameterStore();
    Initializer zeros = Initializer.constant(0);
    store.parameter("a", Shape.of(5), Role.WEIGHT, zeros);
    store.parameter("b", Shape.of(Runs.CHUNK), Role.WEIGHT, zeros);
    store.parameter("running", Shape.of(9), Role.BUFFER, zeros);
    store.parameter("c", Shape.of(3), Role.NORM, zeros);
    store.parameter("d", Shape.of(3), Role.BIAS, zeros);
    Runs runs = Runs.of(store, Sgd.plain().weightDecay(0.1f));
    assertThat(runs.chunks()).isEqualTo(3);
    assertThat(runs.to(0) - runs.from(0)).isEqualTo(Runs.CHUNK);
    assertThat(runs.to(1) - runs.from(1)).isEqualTo(16);
    assertThat(runs.decay(1)).isEqualTo(0.1f);
    assertThat(runs.to(2) - runs.from(2)).isEqualTo(16 + 3);
    assertThat(runs.decay(2)).isZero();
  }

  @Test
  void nonsenseIsRefusedWithItsValue() {
    assertThatThrownBy(() -> Sgd.withMomentum(1)).hasMessageContaining("below 1 but is 1.0");
    assertThatThrownBy(() -> Sgd.plain().weightDecay(-1)).hasMessageContaining("but is -1.0");
    assertThatThrownBy(() -> Sgd.plain().nesterov()).hasMessageContaining("momentum above 0");
  }
}
