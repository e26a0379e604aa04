package dev.tapewise.autodiff.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.autodiff.Var;
import dev.tapewise.autodiff.check.jqwik.ConvGeometries;
import dev.tapewise.autodiff.check.jqwik.Shapes;
import dev.tapewise.autodiff.check.jqwik.Tensor;
import dev.tapewise.autodiff.check.jqwik.Tensors;
import dev.tapewise.autodiff.op.Clamp;
import dev.tapewise.autodiff.op.Conv2d;
import dev.tapewise.autodiff.op.CrossEntropyLoss;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Task;
import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.kernel.GradientReading;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Gradient checks of a user's own op, right and wrong, and of ours over arbitrary inputs. */
final class GradientCheckTest {
  private static final Shape SMALL = Shape.of(3, 7);

  /** {@code x / (1 + |x|)} with a derivative of the test's choice. */
  private record Softsign(DoubleUnaryOperator derivative) implements Op {
    static Softsign right() {
      return new Softsign(x -> 1 / ((1 + Math.abs(x)) * (1 + Math.abs(x))));
    }

    @Override
    public String name() {
      return "softsign";
    }

    @Override
    public Shape shape(List<Shape> inputs) {
      return inputs.get(0);
    }

    @Override
    public boolean backwardReadsOutput() {
      return false;
    }

    @Override
    public void forward(Binding binding) {
      Operand x = binding.input(0);
      Operand y = binding.output();
      binding.play(
          new Elements(x) {
            @Override
            void run(int i) {
              float v = x.data()[x.offset() + i];
              y.data()[y.offset() + i] = v / (1 + Math.abs(v));
            }
          });
    }

    @Override
    public void backward(Binding binding) {
      GradientTarget dx = binding.inputGradient(0);
      if (dx == null) {
        return;
      }
      Operand x = binding.input(0);
      GradientReading dy = binding.outputGradient();
      binding.play(
          new Elements(x) {
            @Override
            void run(int i) {
              double slope = derivative.applyAsDouble(x.data()[x.offset() + i]);
              dx.data()[dx.offset() + i] = (float) (dy.data()[dy.offset() + i] * slope);
            }
          });
    }
  }

  private abstract static class Elements implements Task {
    private final Operand x;

    Elements(Operand x) {
      this.x = x;
    }

    @Override
    public int chunks(int batch) {
      return 1;
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      for (int i = 0; i < x.size(batch); i++) {
        run(i);
      }
    }

    abstract void run(int i);
  }

  private static double[] softsign(double[] x) {
    double[] y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = x[i] / (1 + Math.abs(x[i]));
    }
    return y;
  }

  @Test
  void aRightGradientPassesWithAndWithoutAReference() {
    GradientCheck.of(Softsign.right()).input(SMALL).assertPasses();
    GradientCheck.of(Softsign.right()).input(SMALL).plain().assertPasses();
    GradientCheck.of(Softsign.right()).input(SMALL).reference(v -> softsign(v[0])).assertPasses();
  }

  @Test
  void aWrongGradientFailsWithAndWithoutAReference() {
    List<DoubleUnaryOperator> wrong =
        List.of(
            x -> 1 / (1 + Math.abs(x)),
            x -> -1 / ((1 + Math.abs(x)) * (1 + Math.abs(x))),
            x -> 1.1 / ((1 + Math.abs(x)) * (1 + Math.abs(x))),
            x -> 0,
            x -> Double.NaN);
    for (DoubleUnaryOperator derivative : wrong) {
      Softsign op = new Softsign(derivative);
      assertThat(GradientCheck.of(op).input(SMALL).run().passed()).isFalse();
      assertThat(GradientCheck.of(op).input(SMALL).reference(v -> softsign(v[0])).run().passed())
          .isFalse();
    }
  }

  @Test
  void aReferenceFindsAnErrorOfATenthOfAPercent() {
    Softsign op = new Softsign(x -> 1.001 / ((1 + Math.abs(x)) * (1 + Math.abs(x))));
    assertThatThrownBy(
            () -> GradientCheck.of(op).input(SMALL).reference(v -> softsign(v[0])).assertPasses())
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void aFailureNamesTheOpTheSeedTheInputsAndTheElement() {
    float[] at = {0.5f, -2f};
    Softsign wrong = new Softsign(x -> x < 0 ? 1 : 1 / ((1 + x) * (1 + x)));
    assertThatThrownBy(
            () -> GradientCheck.of(wrong).input(Shape.of(1, 2), at).seed(9).assertPasses())
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith(
            "gradient check of softsign FAILED: input 0 [1, 2] at [0, 1]\n  gradient -0.25")
        .hasMessageContaining(", expected -0.0277")
        .hasMessageContaining("\n  2 elements compared, 0 near a kink rejected, noise floor ")
        .hasMessageEndingWith(
            "GradientCheck.of(softsign).input(Shape.of(1, 2), new float[] {0.5f, -2.0f}).seed(9L)"
                + ".assertPasses();");
  }

  @Test
  void coordinatesNearAKinkAreRejectedAndCounted() {
    float[] at = {0f, 1f, -1f};
    GradientReport report = GradientCheck.of(Clamp.relu()).input(Shape.of(1, 3), at).run();
    assertThat(report.passed()).isTrue();
    assertThat(report.rejected()).isEqualTo(1);
    assertThat(report.compared()).isEqualTo(2);
    assertThat(report)
        .hasToString(report.toString())
        .asString()
        .startsWith("gradient check of relu passed: input 0 [1, 3] at [0, ");
  }

  @Test
  void aCheckThatComparesNothingFails() {
    GradientReport report =
        GradientCheck.of(Clamp.relu()).input(Shape.of(1, 2), new float[2]).run();
    assertThat(report.passed()).isFalse();
    assertThat(report.toString()).contains("0 elements compared, 2 near a kink rejected");
  }

  @Test
  void checksWithoutAnInputSayWhatIsMissing() {
    assertThatThrownBy(() -> GradientCheck.of(Softsign.right()).run())
        .hasMessage("gradient check of softsign has no input. Add one with input(shape)");
    assertThatThrownBy(
            () -> GradientCheck.of(Softsign.right()).given(Shape.of(2), new float[2]).run())
        .hasMessageContaining("softsign has only given inputs");
    assertThatThrownBy(() -> GradientCheck.of(Softsign.right()).input(SMALL, new float[3]))
        .hasMessage("[3, 7] takes 21 values, got 3");
  }

  @Test
  void aFunctionOfSeveralOpsIsCheckedWhole() {
    GradientCheck.of(
            "softsign twice and itself",
            in -> in.get(0).apply(Softsign.right()).apply(Softsign.right()).add(in.get(0)))
        .input(SMALL)
        .assertPasses();
  }

  @Property(tries = 30)
  void softsignPassesAtEveryShape(@ForAll("shapes") Shape shape, @ForAll long seed) {
    GradientCheck.of(Softsign.right()).input(shape).seed(seed).assertPasses();
  }

  @Property(tries = 30)
  void softsignPassesAtAnyValues(@ForAll("tensors") Tensor x) {
    GradientCheck.of(Softsign.right())
        .input(x.shape(), x.values())
        .reference(v -> softsign(v[0]))
        .assertPasses();
  }

  @Test
  void aReferenceOfAnotherSizeIsRefused() {
    assertThatThrownBy(() ->
            GradientCheck.of(Softsign.right())
                .input(SMALL)
                .reference(v -> new double[3])
                .assertPasses())
        .hasMessage("the reference of softsign gives 3 values, the output [3, 7] has 21");
  }

  @Property(tries = 30)
  void convolutionsPass(@ForAll("geometries") ConvGeometry g, @ForAll long seed) {
    GradientCheck.of(new Conv2d(g, true))
        .input(Shape.of(2, g.height(), g.width(), g.inChannels()))
        .constant(Shape.of(g.kernelHeight(), g.kernelWidth(), g.inPerGroup(), g.outChannels()))
        .constant(Shape.of(g.outChannels()))
        .seed(seed)
        .elements(6)
        .assertPasses();
  }

  @Property(tries = 30)
  void crossEntropyPasses(@ForAll("logits") float[] logits, @ForAll("labels") float[] labels) {
    GradientCheck.of("cross entropy", in -> loss(in))
        .input(Shape.of(3, 4), logits)
        .given(Shape.of(3), labels)
        .assertPasses();
  }

  private static Var loss(List<Var> in) {
    return in.get(0).apply(new CrossEntropyLoss(0.1f), in.get(1));
  }

  @Provide
  Arbitrary<Shape> shapes() {
    return Shapes.upTo(4, 4);
  }

  @Provide
  Arbitrary<Tensor> tensors() {
    return Tensors.of(Shapes.upTo(3, 3));
  }

  @Provide
  Arbitrary<ConvGeometry> geometries() {
    return ConvGeometries.any();
  }

  @Provide
  Arbitrary<float[]> logits() {
    return Tensors.between(Shape.of(3, 4), -3, 3);
  }

  @Provide
  Arbitrary<float[]> labels() {
    return Tensors.labels(3, 4);
  }
}
