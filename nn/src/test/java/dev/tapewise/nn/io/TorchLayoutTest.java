package dev.tapewise.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.primitives.ImmutableLongArray;
import dev.tapewise.autodiff.Initializer;
import dev.tapewise.autodiff.Parameter;
import dev.tapewise.autodiff.ParameterStore;
import dev.tapewise.autodiff.Role;
import dev.tapewise.core.Shape;
import org.junit.jupiter.api.Test;

final class TorchLayoutTest {

  private static Parameter parameter(int... axes) {
    Parameter p =
        new ParameterStore().parameter("p", Shape.of(axes), Role.WEIGHT, Initializer.constant(0));
    float[] counted = new float[p.size()];
    for (int i = 0; i < counted.length; i++) {
      counted[i] = i;
    }
    p.set(counted);
    return p;
  }

  @Test
  void convolutionsTurnFromTapsFirstToOutputsFirst() {
    Parameter p = parameter(2, 3, 4, 5);
    assertThat(TorchLayout.shape(p)).isEqualTo(ImmutableLongArray.of(5, 4, 2, 3));
    float[] values = TorchLayout.values(p);
    for (int o = 0; o < 5; o++) {
      for (int i = 0; i < 4; i++) {
        for (int h = 0; h < 2; h++) {
          for (int w = 0; w < 3; w++) {
            assertThat(values[((o * 4 + i) * 2 + h) * 3 + w])
                .isEqualTo(((h * 3 + w) * 4 + i) * 5 + o);
          }
        }
      }
    }
  }

  @Test
  void convolutionsOfSequencesTurnButNormsOverThreeAxesDoNot() {
    Parameter p = parameter(2, 1, 3);
    assertThat(TorchLayout.shape(p)).isEqualTo(ImmutableLongArray.of(3, 1, 2));
    assertThat(TorchLayout.values(p)).containsExactly(0, 3, 1, 4, 2, 5);
    Parameter norm =
        new ParameterStore().parameter("n", Shape.of(2, 1, 3), Role.NORM, Initializer.constant(0));
    assertThat(TorchLayout.shape(norm)).isEqualTo(ImmutableLongArray.of(2, 1, 3));
  }

  @Test
  void matricesAreTransposed() {
    Parameter p = parameter(2, 3);
    assertThat(TorchLayout.shape(p)).isEqualTo(ImmutableLongArray.of(3, 2));
    assertThat(TorchLayout.values(p)).containsExactly(0, 3, 1, 4, 2, 5);
  }

  @Test
  void vectorsStayAsTheyAre() {
    Parameter p = parameter(4);
    assertThat(TorchLayout.shape(p)).isEqualTo(ImmutableLongArray.of(4));
    assertThat(TorchLayout.values(p)).containsExactly(0, 1, 2, 3);
  }

  @Test
  void setUndoesValues() {
    for (int[] axes : new int[][] {{3, 3, 4, 5}, {3, 5, 1, 7}, {6, 4}, {3, 2, 4}, {9}}) {
      Parameter p = parameter(axes);
      float[] before = p.toArray();
      float[] torch = TorchLayout.values(p);
      p.set(new float[p.size()]);
      TorchLayout.set(p, torch);
      assertThat(p.toArray()).isEqualTo(before);
    }
  }

  @Test
  void gradientsTurnLikeValues() {
    Parameter p = parameter(2, 3);
    System.arraycopy(p.toArray(), 0, p.gradients(), p.gradientOffset(), 6);
    assertThat(TorchLayout.gradient(p)).containsExactly(0, 3, 1, 4, 2, 5);
  }

  @Test
  void aWrongNumberOfValuesIsRejected() {
    Parameter p = parameter(2, 3);
    assertThatThrownBy(() -> TorchLayout.set(p, new float[5]))
        .hasMessage("parameter \"p\" [3, 2] takes 6 values, got 5");
  }
}
