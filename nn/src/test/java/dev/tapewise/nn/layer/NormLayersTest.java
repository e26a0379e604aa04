package dev.tapewise.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Parameter;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Role;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.Padding;
import dev.tapewise.core.geometry.PoolWindows;
import org.junit.jupiter.api.Test;

/** Norms that do not look at the batch, and pools with windows. */
final class NormLayersTest {
  private final Tape tape = new Tape();
  private final Var x = tape.input("x", Shape.of(2, 6, 8, 4));

  @Test
  void normsHaveTheNamesOfTheFieldAndStartAtOneAndZero() {
    new GroupNorm(2, 4).applyUnder("group", x);
    new InstanceNorm(4).applyUnder("plain", x);
    new InstanceNorm(4, 1e-5f, true).applyUnder("instance", x);
    new LayerNorm(4).applyUnder("layer", x);
    assertThat(tape.parameters().all())
        .extracting(Parameter::name)
        .containsExactly(
            "group.weight",
            "group.bias",
            "instance.weight",
            "instance.bias",
            "layer.weight",
            "layer.bias");
    tape.parameters().initialize(0);
    for (Parameter p : tape.parameters().all()) {
      assertThat(p.role()).isEqualTo(Role.NORM);
      assertThat(p.toArray()).containsOnly(p.name().endsWith("weight") ? 1f : 0f);
    }
  }

  @Test
  void theyNormaliseWhatTheirNameSays() {
    Var group = new GroupNorm(2, 2).applyUnder("group", tape.input("g", Shape.of(1, 2, 2)));
    Var instance = new InstanceNorm(2).apply(tape.input("i", Shape.of(1, 2, 2)));
    Var layer = new LayerNorm(2).applyUnder("layer", tape.input("l", Shape.of(1, 2, 2)));
    Program program =
        tape.compile(
            CompileOptions.forwardOnly(group.add(instance).add(layer))
                .keep(group)
                .keep(instance)
                .keep(layer));
    tape.parameters().initialize(0);
    for (Var in : tape.inputs()) {
      if (!in.equals(x)) {
        // two positions of two channels
        program.input(in).set(new float[] {1, 5, 3, 25});
      }
    }
    program.forward();
    float one = 1 - 5e-6f;
    assertClose(program.value(group).toArray(), -one, -1, one, 1);
    assertClose(program.value(instance).toArray(), -one, -1, one, 1);
    assertClose(program.value(layer).toArray(), -1, 1, -1, 1);
  }

  private static void assertClose(float[] actual, float... expected) {
    assertThat(actual).containsExactly(expected, org.assertj.core.data.Offset.offset(2e-6f));
  }

  @Test
  void poolsTakeWindowsOfTheirOwn() {
    assertThat(new MaxPool(2).apply(x).shape()).isEqualTo(Shape.of(2, 3, 4, 4));
    PoolWindows stem = PoolWindows.of(3).withStride(2).withPadding(Padding.of(1));
    assertThat(new MaxPool(stem).apply(x).shape()).isEqualTo(Shape.of(2, 3, 4, 4));
    assertThat(new AveragePool(PoolWindows.of(1, 3).withCeilMode(), false).apply(x).shape())
        .isEqualTo(Shape.of(2, 6, 3, 4));
    assertThat(new AdaptiveAveragePool(4, 5).apply(x).shape()).isEqualTo(Shape.of(2, 4, 5, 4));
  }

  @Test
  void instanceNormWithoutParametersStillKnowsItsChannels() {
    assertThatThrownBy(() -> new InstanceNorm(3).apply(x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("instance norm is for 3 channels; x is [2, 6, 8, 4]");
  }
}
