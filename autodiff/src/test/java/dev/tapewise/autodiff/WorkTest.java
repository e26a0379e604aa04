package dev.tapewise.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapewise.autodiff.op.BatchNorm;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.Padding;
import org.junit.jupiter.api.Test;

/** What a program says that its passes do. */
final class WorkTest {
  private static final long X = 4 * 6 * 5 * 3;
  private static final long Z = 4 * 6 * 5 * 8;
  private static final long Y = 4 * 6 * 5 * 16;
  private static final long W1 = 3 * 8;
  private static final long W2 = 8 * 16;

  private final Tape tape = new Tape();

  /** Products of 3 → 8 → 16 channels around a norm with ReLU, over 4 images of 6×5. */
  private Var network() {
    Var x = tape.input("x", Shape.of(4, 6, 5, 3));
    tape.enter("first");
    Var z = x.conv2d(weight(3, 8), Padding.valid());
    Var scale = tape.parameter("scale", Shape.of(8), Role.NORM, Initializer.constant(1));
    Var shift = tape.parameter("shift", Shape.of(8), Role.NORM, Initializer.constant(0));
    Parameter mean = tape.buffer("mean", Shape.of(8), Initializer.constant(0));
    Parameter variance = tape.buffer("variance", Shape.of(8), Initializer.constant(1));
    Var normed =
        z.batchNorm(scale, shift, new BatchNorm.Running(mean, variance), 1e-5f, 0.1f).relu();
    tape.exit();
    tape.enter("second");
    return normed.conv2d(weight(8, 16), Padding.valid()).sum();
  }

  private Var weight(int in, int out) {
    return tape.parameter("w", Shape.of(1, 1, in, out), Initializer.heFanOut(1));
  }

  @Test
  void productsAreCountedOncePerWantedGradient() {
    Program program = tape.compile(network());
    Work first = find(program, "first (pointwise conv2d)", false);
    assertThat(first.multiplyAdds()).isEqualTo(4 * 6 * 5 * W1);
    assertThat(find(program, "first (pointwise conv2d)", true).multiplyAdds())
        .as("the input needs no gradient")
        .isEqualTo(first.multiplyAdds());
    Work second = find(program, "second (pointwise conv2d)", false);
    assertThat(find(program, "second (pointwise conv2d)", true).multiplyAdds())
        .isEqualTo(2 * second.multiplyAdds());
    assertThat(find(program, "second (sum)", false).multiplyAdds()).isZero();
  }

  @Test
  void aLinearLayerMultipliesItsWeightsByEveryImage() {
    Var x = tape.input("x", Shape.of(4, 3));
    tape.enter("classifier");
    Var w = tape.parameter("w", Shape.of(3, 8), Role.WEIGHT, Initializer.heFanOut(1));
    Program program = tape.compile(x.linear(w).sum());
    assertThat(find(program, "classifier (linear)", false).multiplyAdds()).isEqualTo(4 * 3 * 8);
  }

  @Test
  void aFusedNormMovesNothingAndItsNeighboursReadThroughIt() {
    Program program = tape.compile(network());
    assertThat(find(program, "first (batch norm)", false).bytes()).isZero();
    assertThat(find(program, "first (batch norm)", true).bytes()).isZero();
    assertThat(find(program, "first (pointwise conv2d)", false).bytes())
        .isEqualTo(4 * (X + W1 + Z));
    assertThat(find(program, "first (pointwise conv2d)", true).bytes())
        .as("the gradient, z that it is read through, x, w, and the gradient of w")
        .isEqualTo(4 * (2 * Z + X + 2 * W1));
    assertThat(find(program, "second (pointwise conv2d)", true).bytes())
        .isEqualTo(4 * (Y + 2 * Z + 2 * W2));
    assertThat(program.work()).noneMatch(work -> work.node().op().name().equals("relu"));
  }

  @Test
  void aPlainNormPassesTwiceOverItsTensorsEachWay() {
    Program program = tape.compile(CompileOptions.of(network()).plain());
    assertThat(find(program, "first (batch norm)", false).bytes()).isEqualTo(4 * 3 * Z);
    assertThat(find(program, "first (batch norm)", true).bytes()).isEqualTo(4 * 5 * Z);
    assertThat(find(program, "first (relu)", false).bytes()).isEqualTo(4 * 2 * Z);
  }

  @Test
  void everyTimedTaskHasItsWork() {
    hasWorkForItsTasks(tape.compile(network()));
  }

  @Test
  void whatIsComputedAgainIsWorkOfTheBackwardPass() {
    Var y = tape.input("x", Shape.of(4, 6, 5, 8));
    for (int i = 0; i < 9; i++) {
      tape.enter(String.valueOf(i));
      y = y.conv2d(weight(8, 8), Padding.valid()).relu();
      tape.exit();
    }
    Program again = tape.compile(CompileOptions.of(y.sum()).checkpoint());
    hasWorkForItsTasks(again);
    assertThat(again.work())
        .anyMatch(work -> work.label().endsWith("conv2d) again") && work.multiplyAdds() > 0);
  }

  private static void hasWorkForItsTasks(Program program) {
    for (TaskTime time : program.profile(4)) {
      assertThat(program.work())
          .anyMatch(
              work -> work.label().equals(time.label()) && work.backward() == time.backward());
    }
  }

  private static Work find(Program program, String label, boolean backward) {
    return program.work().stream()
        .filter(work -> work.label().equals(label) && work.backward() == backward)
        .findFirst()
        .orElseThrow();
  }
}
