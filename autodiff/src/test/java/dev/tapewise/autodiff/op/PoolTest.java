package dev.tapewise.autodiff.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.Padding;
import dev.tapewise.core.geometry.PoolWindows;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What is special about pools; what holds for every op is in {@link OpPropertiesTest}. */
final class PoolTest {
  private final Tape tape = new Tape();
  private final Var x = tape.input("x", Shape.of(1, 3, 3, 1));

  /** The output, then the gradient of its sum. */
  private float[][] play(Function<Var, Var> pool, float... values) {
    Var y = pool.apply(x);
    Program program = tape.compile(CompileOptions.of(y.sum()).keep(y).keepGradients(List.of(x)));
    program.input(x).set(values);
    program.forward();
    program.backward();
    return new float[][] {program.value(y).toArray(), program.gradient(x).toArray()};
  }

  @Test
  void theFirstOfEqualLargestGetsTheGradientOfEveryWindowItWins() {
    float[][] r = play(v -> v.maxPool(PoolWindows.of(2).withStride(1)), 5, 5, 1, 5, 5, 2, 0, 5, 2);
    assertThat(r[0]).containsExactly(5, 5, 5, 5);
    assertThat(r[1]).containsExactly(1, 1, 0, 1, 1, 0, 0, 0, 0);
  }

  @Test
  void paddingNeverWins() {
    float[][] r =
        play(
            v -> v.maxPool(PoolWindows.of(3).withStride(2).withPadding(Padding.of(1))),
            -9,
            -8,
            -7,
            -6,
            -5,
            -4,
            -3,
            -2,
            -1);
    assertThat(r[0]).containsExactly(-5, -4, -2, -1);
    assertThat(r[1]).containsExactly(0, 0, 0, 0, 1, 1, 0, 1, 1);
  }

  @Test
  void aNaNReachesEveryWindowThatHoldsIt() {
    float[][] r =
        play(v -> v.maxPool(PoolWindows.of(2).withStride(1)), 9, 1, 1, 1, 1, Float.NaN, 1, 1, 1);
    assertThat(r[0]).containsExactly(9, Float.NaN, 1, Float.NaN);
    assertThat(r[1]).containsExactly(1, 0, 0, 1, 0, 2, 0, 0, 0);
  }

  @Test
  void whatCeilModeAddsBeyondThePaddingDoesNotCount() {
    PoolWindows windows = PoolWindows.of(2).withPadding(Padding.of(0, 1, 0, 1)).withCeilMode();
    float[][] r = play(v -> v.averagePool(windows, true), 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(r[0]).containsExactly(3, 9 / 4f, 15 / 4f, 9 / 4f);
    Tape other = new Tape();
    Var y =
        other.input("x", Shape.of(1, 3, 3, 1)).averagePool(PoolWindows.of(2).withCeilMode(), true);
    Program program = other.compile(CompileOptions.forwardOnly(y));
    program.input(other.inputs().get(0)).set(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9});
    program.forward();
    assertThat(program.value(y).toArray()).containsExactly(3, 4.5f, 7.5f, 9);
  }

  @Test
  void pixelsThatNoWindowHoldsHaveTheGradientZero() {
    float[][] r = play(v -> v.maxPool(PoolWindows.of(1).withStride(2)), 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(r[1]).containsExactly(1, 0, 1, 0, 0, 0, 1, 0, 1);
  }

  @Test
  void aMaximumIsFoundInAsManyPixelsAsAFloatCounts() {
    Var largest = tape.input("largest", Shape.of(1, 4096, 4096, 1));
    assertThat(largest.globalMaxPool().shape()).isEqualTo(Shape.of(1, 1));
  }

  @Test
  void wrongCallsSayWhy() {
    assertThatThrownBy(() -> x.averagePool(PoolWindows.of(2).withDilation(2, 1), true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "average pool: averages are over windows without dilation; inputs are [[1, 3, 3, 1]]");
    assertThatThrownBy(() -> x.maxPool(PoolWindows.of(4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "max pool: rows: a window of 4 does not fit into 3, padded by 0 and 0; inputs are [[1,"
                + " 3, 3, 1]]");
    assertThatThrownBy(() -> x.adaptiveMaxPool(0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "adaptive max pool: an adaptive pool needs sizes of at least 1, got 3 to 0");
    Var flat = tape.input("flat", Shape.of(2, 3));
    assertThatThrownBy(flat::globalMaxPool)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("global max pool needs images [N, H, W, C]");
    Var large = tape.input("large", Shape.of(1, 4097, 4096, 1));
    assertThatThrownBy(large::globalMaxPool)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("count to 16777216 pixels, not 4097 x 4096. Use smaller images");
  }
}
