package dev.tapewise.autodiff.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.autodiff.check.Projection;
import dev.tapewise.core.Philox;
import dev.tapewise.core.Shape;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What is special about group, instance and layer norm; what holds for every op is in {@link
 * OpPropertiesTest}.
 */
final class NormTest {
  private static final Shape SHAPE = Shape.of(2, 8, 8, 12);
  private static final List<Op> NORMS =
      List.of(
          GroupNorm.of(3, false, 1e-5f),
          GroupNorm.instance(false, 1e-5f),
          LayerNorm.of(Shape.of(12), false, 1e-5f),
          LayerNorm.of(Shape.of(8, 8, 12), false, 1e-5f));

  /** The output, then the gradient of a random projection of it. */
  private static float[][] play(Op op, Shape shape, float[] values) {
    Tape tape = new Tape();
    Var x = tape.input("x", shape);
    Var y = x.apply(op);
    float[] weights = new float[shape.intSize()];
    Philox.fillUniform(weights, 0, weights.length, 3, 1, 0, -1, 1);
    Var loss = y.apply(new Projection(weights));
    Program program = tape.compile(CompileOptions.of(loss).keep(y).keepGradients(List.of(x)));
    program.input(x).set(values);
    program.forward();
    program.backward();
    return new float[][] {program.value(y).toArray(), program.gradient(x).toArray()};
  }

  /** Multiples of 1/64, so that adding 2¹⁵ is exact. */
  private static float[] coarse(float offset) {
    float[] values = new float[SHAPE.intSize()];
    Philox.fillUniform(values, 0, values.length, 3, 2, 0, -64, 64);
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.round(values[i]) / 64f + offset;
    }
    return values;
  }

  /** A mean of 60,000 standard deviations, where a sum of squares in double would still be lost. */
  @Test
  void aHugeMeanCostsNoDigits() {
    for (Op op : NORMS) {
      float[][] centred = play(op, SHAPE, coarse(0));
      float[][] moved = play(op, SHAPE, coarse(32768));
      for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < SHAPE.intSize(); i++) {
          assertThat(Math.abs(moved[pass][i] - centred[pass][i]))
              .as("pass %d element %d of %s", pass, i, op.name())
              .isLessThan(3e-6f);
        }
      }
    }
  }

  @Test
  void equalValuesBecomeZeroWhateverTheyAre() {
    float[] values = new float[SHAPE.intSize()];
    Arrays.fill(values, 1234.567f);
    for (Op op : NORMS) {
      assertThat(play(op, SHAPE, values)[0]).containsOnly(0f);
    }
  }

  /** Rows of more than one part, whose means lie apart. */
  @Test
  void partsOfALongRowAreCombined() {
    int size = 10_000;
    Shape shape = Shape.of(1, size);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = i < size / 2 ? 7 : 9;
    }
    float[] y = play(LayerNorm.of(Shape.of(size), false, 1e-5f), shape, values)[0];
    for (int i = 0; i < size; i++) {
      assertThat(y[i]).isCloseTo(i < size / 2 ? -1 : 1, offset(1e-5f));
    }
  }

  @Test
  void aNaNSpoilsItsGroupOnly() {
    float[] values = coarse(0);
    values[0] = Float.NaN;
    float[] y = play(GroupNorm.of(3, false, 1e-5f), SHAPE, values)[0];
    for (int i = 0; i < y.length; i++) {
      assertThat(Float.isNaN(y[i])).as("element %d", i).isEqualTo(i < 768 && i % 12 < 4);
    }
  }

  /** Every group of an image by itself: the images of a batch do not meet. */
  @Test
  void anImageIsNormalisedAsItWouldBeAlone() {
    float[] both = coarse(0);
    for (Op op : NORMS) {
      float[] together = play(op, SHAPE, both)[0];
      float[] alone = play(op, Shape.of(1, 8, 8, 12), Arrays.copyOfRange(both, 768, 1536))[0];
      assertThat(Arrays.copyOfRange(together, 768, 1536)).isEqualTo(alone);
    }
  }

  @Test
  void wrongCallsSayWhy() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(2, 3, 4, 12));
    Var one = tape.input("one", Shape.of(2, 1, 1, 12));
    Var vector = tape.constant("c", Shape.of(12));
    Var short11 = tape.constant("s", Shape.of(11));
    assertThatThrownBy(() -> x.groupNorm(5, vector, vector, 1e-5f))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "group norm: 12 channels are not divisible by groups=5. Choose groups from [1, 2, 3, 4,"
                + " 6, 12]; inputs are [[2, 3, 4, 12], [12], [12]]");
    assertThatThrownBy(() -> x.groupNorm(4, vector, short11, 1e-5f))
        .hasMessageContaining("scale and shift must be [12], one is [11]");
    assertThatThrownBy(() -> x.groupNorm(-1, vector, vector, 1e-5f))
        .hasMessageContaining("groups=-1");
    assertThatThrownBy(() -> one.instanceNorm(vector, vector, 1e-5f))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "instance norm: one value has no variance: 12 groups of an image of 12 values. Use"
                + " fewer groups or larger images");
    assertThatThrownBy(() -> vector.instanceNorm(vector, vector, 1e-5f))
        .hasMessageContaining("x must have at least two axes, [N, ..., C]");
    assertThatThrownBy(() -> x.instanceNorm(vector, vector, 0))
        .hasMessageContaining("epsilon must be positive but is 0.0");
    assertThatThrownBy(() -> x.layerNorm(short11, short11, 1e-5f))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "layer norm: x must end in the normalised axes [11], behind at least one other");
    assertThatThrownBy(() -> vector.layerNorm(vector, vector, 1e-5f))
        .hasMessageContaining("behind at least one other");
    assertThatThrownBy(() -> x.layerNorm(vector, vector, Float.NaN))
        .hasMessageContaining("epsilon must be positive but is NaN");
    assertThatThrownBy(() -> x.apply(LayerNorm.of(Shape.of(12), true, 1e-5f)))
        .hasMessageContaining("1 input is too few");
    Var single = tape.input("single", Shape.of(2, 1));
    assertThatThrownBy(() -> single.apply(LayerNorm.of(Shape.of(1), false, 1e-5f)))
        .hasMessageContaining("one value has no variance: the normalised axes are [1]");
  }
}
