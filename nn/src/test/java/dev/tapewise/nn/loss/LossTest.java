package dev.tapewise.nn.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import org.junit.jupiter.api.Test;

final class LossTest {
  private static float value(Loss loss, Shape targetShape, float... targets) {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(2, 2));
    Var t = tape.input("t", targetShape);
    Var mean = loss.record(x, t);
    Program program = tape.compile(CompileOptions.forwardOnly(mean));
    program.input(x).set(new float[] {0, 0, 2, 0});
    program.input(t).set(targets);
    program.forward();
    return program.value(mean).get(0);
  }

  private static float ofLabels(CrossEntropy loss) {
    return value(loss, Shape.of(2), 0, 1);
  }

  private static float ofValues(Loss loss, float... targets) {
    return value(loss, Shape.of(2, 2), targets);
  }

  @Test
  void crossEntropyTakesItsOptions() {
    double first = Math.log(2);
    double second = Math.log1p(Math.exp(2));
    assertThat(ofLabels(CrossEntropy.plain())).isCloseTo((float) (first + second) / 2, near());
    assertThat(ofLabels(CrossEntropy.plain().weights(1, 3)))
        .isCloseTo((float) (first + 3 * second) / 4, near());
    assertThat(ofLabels(CrossEntropy.plain().ignoring(0))).isCloseTo((float) second, near());
    assertThat(ofLabels(CrossEntropy.withSmoothing(0.5f)))
        .isCloseTo((float) (first + 0.75 * second + 0.25 * (second - 2)) / 2, near());
    assertThatThrownBy(() -> CrossEntropy.withSmoothing(1))
        .hasMessage("label smoothing must be at least 0 and below 1 but is 1.0; 0.1 is usual");
  }

  private static org.assertj.core.data.Offset<Float> near() {
    return within(1e-6f);
  }

  @Test
  void lossesOfValuesTakeTheirOptions() {
    assertThat(ofValues(Regression.squared(), 0, 1, 2, 2)).isEqualTo(5f / 4);
    assertThat(ofValues(Regression.absolute(), 0, 1, 2, 2)).isEqualTo(3f / 4);
    assertThat(ofValues(Regression.huber(1), 0, 1, 2, 2)).isEqualTo(2f / 4);
    assertThat(ofValues(Regression.smoothAbsolute(0.5f), 0, 1, 2, 2)).isEqualTo(2.5f / 4);
    double two = Math.log1p(Math.exp(-2));
    assertThat(ofValues(BinaryCrossEntropy.plain(), 0, 1, 1, 1))
        .isCloseTo((float) (3 * Math.log(2) + two) / 4, near());
    assertThat(ofValues(BinaryCrossEntropy.plain().positiveWeights(2), 0, 1, 1, 1))
        .isCloseTo((float) (5 * Math.log(2) + 2 * two) / 4, near());
    assertThat(ofValues(SoftCrossEntropy.plain(), 1, 0, 1, 0))
        .isCloseTo((float) (Math.log(2) + two) / 2, near());
    assertThat(ofValues(SoftCrossEntropy.withSmoothing(0.5f).weights(1, 0), 1, 0, 1, 0))
        .isCloseTo((float) (0.75 * (Math.log(2) + two)) / 2, near());
  }

  @Test
  void lossesOfValuesRefuseClassIndices() {
    assertThatThrownBy(() -> value(SoftCrossEntropy.plain(), Shape.of(2), 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("class indices belong to cross entropy");
  }
}
