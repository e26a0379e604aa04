package dev.tapewise.autodiff.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.ParameterStore;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

final class UnitDropoutTest {
  private static final Shape SHAPE = Shape.of(40, 2, 3, 5);

  /** What becomes of ones at a step. */
  private static float[] play(Function<Var, Var> layer, long seed, long step) {
    Tape tape = new Tape();
    Var x = tape.input("x", SHAPE);
    Var y = layer.apply(x);
    Var loss = y.sum();
    Program program = tape.compile(CompileOptions.of(loss).keep(y).keepGradients(List.of(x)));
    float[] ones = new float[SHAPE.intSize()];
    Arrays.fill(ones, 1f);
    program.input(x).set(ones);
    program.clock().set(seed, step);
    program.forward();
    program.backward();
    float[] out = program.value(y).toArray();
    assertThat(program.gradient(x).toArray()).isEqualTo(out);
    return out;
  }

  private static int zeros(float[] x, int stride) {
    int zeros = 0;
    for (int i = 0; i < x.length; i += stride) {
      zeros += x[i] == 0 ? 1 : 0;
    }
    return zeros;
  }

  @Test
  void imagesAreDroppedWholeAndOthersScaled() {
    float[] y = play(x -> x.stochasticDepth(0.25f), 1, 2);
    for (int i = 0; i < y.length; i++) {
      assertThat(y[i]).isEqualTo(y[i / 30 * 30]).isIn(0f, 1 / 0.75f);
    }
    assertThat(zeros(y, 30)).isBetween(3, 18);
  }

  @Test
  void channelsOfAnImageAreDroppedWhole() {
    float[] y = play(x -> x.channelDropout(0.25f), 1, 2);
    for (int i = 0; i < y.length; i++) {
      assertThat(y[i]).isEqualTo(y[i / 30 * 30 + i % 5]).isIn(0f, 1 / 0.75f);
    }
    assertThat(zeros(y, 1)).isBetween(30 * 5, 80 * 6);
  }

  @Test
  void aBatchIsDroppedOrKeptAsAWhole() {
    int dropped = 0;
    for (int step = 0; step < 40; step++) {
      float[] y = play(x -> x.stochasticDepthOfBatch(0.5f), 1, step);
      assertThat(y).containsOnly(y[0]);
      dropped += y[0] == 0 ? 1 : 0;
    }
    assertThat(dropped).isBetween(8, 32);
  }

  @Test
  void seedAndStepReplayWhatIsDropped() {
    Function<Var, Var> layer = x -> x.stochasticDepth(0.5f);
    assertThat(play(layer, 1, 2)).isEqualTo(play(layer, 1, 2));
    assertThat(play(layer, 1, 2)).isNotEqualTo(play(layer, 1, 3));
    assertThat(play(layer, 1, 2)).isNotEqualTo(play(layer, 2, 2));
  }

  @Test
  void nothingIsRecordedInEvaluationOrWithoutAProbability() {
    Var x = new Tape(new ParameterStore(), false).input("x", SHAPE);
    assertThat(x.stochasticDepth(0.5f)).isSameAs(x);
    assertThat(x.stochasticDepthOfBatch(0.5f)).isSameAs(x);
    assertThat(x.channelDropout(0.5f)).isSameAs(x);
    Var trained = new Tape().input("x", SHAPE);
    assertThat(trained.stochasticDepth(0)).isSameAs(trained);
  }

  @Test
  void aProbabilityOutsideTheIntervalIsRefused() {
    Var x = new Tape().input("x", SHAPE);
    for (float p : new float[] {-0.1f, 1, Float.NaN}) {
      assertThatThrownBy(() -> x.stochasticDepth(p))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "stochastic depth: the probability must be at least 0 and below 1 but is "
                  + p
                  + "; x is "
                  + SHAPE);
    }
    assertThatThrownBy(() -> x.channelDropout(1)).hasMessageStartingWith("channel dropout: ");
  }
}
