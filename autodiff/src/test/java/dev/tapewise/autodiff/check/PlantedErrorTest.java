package dev.tapewise.autodiff.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Initializer;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.op.Conv2d;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Task;
import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.geometry.Padding;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** One wrong number among thousands is found and named. */
final class PlantedErrorTest {
  private static final ConvGeometry GEOMETRY =
      ConvGeometry.of(6, 7, 8, 16, 3, 3, 1, 1, 1, 1, Padding.same(), 1);
  private static final Shape X = Shape.of(2, 6, 7, 8);
  private static final Shape W = Shape.of(3, 3, 8, 16);

  /** A convolution that leaves one element of one gradient at a tenth of its value. */
  private record Planted(int input, int element) implements Op {
    private static final Conv2d RIGHT = new Conv2d(GEOMETRY, false);

    @Override
    public String name() {
      return "planted";
    }

    @Override
    public Shape shape(List<Shape> inputs) {
      return RIGHT.shape(inputs);
    }

    @Override
    public boolean backwardReadsOutput() {
      return false;
    }

    @Override
    public void forward(Binding binding) {
      RIGHT.forward(binding);
    }

    @Override
    public void backward(Binding binding) {
      RIGHT.backward(binding);
      GradientTarget target = binding.inputGradient(input);
      if (target != null) {
        binding.play(new Spoil(target.data(), target.offset() + element));
      }
    }
  }

  private record Spoil(float[] data, int at) implements Task {
    @Override
    public int chunks(int batch) {
      return 1;
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      data[at] *= 0.1f;
    }
  }

  private static GradientReport check(Op op, boolean reference) {
    GradientCheck check = GradientCheck.of(op).input(X).constant(W);
    return (reference ? check.reference(PlantedErrorTest::conv) : check).run();
  }

  private static double[] conv(double[][] in) {
    double[] y = new double[2 * 6 * 7 * 16];
    for (int i = 0; i < y.length; i++) {
      int row = i / 16 / 7 % 6;
      int column = i / 16 % 7;
      for (int tap = 0; tap < 9; tap++) {
        int r = row + tap / 3 - 1;
        int c = column + tap % 3 - 1;
        if (r < 0 || r >= 6 || c < 0 || c >= 7) {
          continue;
        }
        for (int k = 0; k < 8; k++) {
          int x = ((i / 16 / 42 * 6 + r) * 7 + c) * 8 + k;
          y[i] += in[0][x] * in[1][(tap * 8 + k) * 16 + i % 16];
        }
      }
    }
    return y;
  }

  @Test
  void nothingPlantedPasses() {
    for (boolean reference : new boolean[] {false, true}) {
      GradientReport report = check(new Conv2d(GEOMETRY, false), reference);
      assertThat(report.passed()).as(report.toString()).isTrue();
      assertThat(report.worst()).isLessThan(reference ? 1e-6 : 1e-2);
    }
  }

  @Test
  void aCornerTapIsFoundWithAndWithoutAReference() {
    int[] corners = {0, 2 * 8 * 16, 6 * 8 * 16, 9 * 8 * 16 - 1};
    String[] places = {"[0, 0, 0, 0]", "[0, 2, 0, 0]", "[2, 0, 0, 0]", "[2, 2, 7, 15]"};
    for (int i = 0; i < corners.length; i++) {
      for (boolean reference : new boolean[] {false, true}) {
        GradientReport report = check(new Planted(1, corners[i]), reference);
        assertThat(report.passed()).as(report.toString()).isFalse();
        assertThat(report.where()).isEqualTo("input 1 [3, 3, 8, 16] at " + places[i]);
        assertThat(report.actual()).isCloseTo(report.expected() / 10, within(report));
      }
    }
  }

  private static Offset<Double> within(GradientReport report) {
    return offset(0.05 * Math.abs(report.expected()));
  }

  @Test
  void aReferenceFindsAnyElementAndNamesIt() {
    for (int element : new int[] {1, 100, 477, 777, 1000}) {
      GradientReport report = check(new Planted(1, element), true);
      assertThat(report.passed()).as(report.toString()).isFalse();
      assertThat(report.where())
          .isEqualTo("input 1 [3, 3, 8, 16] at " + Elements.place(W, element));
    }
    assertThat(check(new Planted(0, 333), true).where()).startsWith("input 0 [2, 6, 7, 8] at [");
  }

  @Test
  void parametersThatALayerRecordsAreCheckedAndNamed() {
    for (int element : new int[] {-1, 0}) {
      GradientReport report =
          GradientCheck.of(
                  "layer",
                  in -> {
                    var weight = in.get(0).tape().parameter("w", W, Initializer.constant(0.5f));
                    Op op = element < 0 ? new Conv2d(GEOMETRY, false) : new Planted(1, element);
                    return in.get(0).apply(op, weight);
                  })
              .input(X)
              .run();
      assertThat(report.passed()).as(report.toString()).isEqualTo(element < 0);
      if (element == 0) {
        assertThat(report.where()).isEqualTo("parameter \"w\" [3, 3, 8, 16] at [0, 0, 0, 0]");
      }
    }
  }
}
