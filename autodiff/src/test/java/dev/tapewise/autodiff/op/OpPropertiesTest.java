package dev.tapewise.autodiff.op;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.reflect.ClassPath;
import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.autodiff.check.Projection;
import dev.tapewise.core.Philox;
import dev.tapewise.core.Workers;
import dev.tapewise.core.kernel.Kernels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import org.junit.jupiter.api.Test;

/**
 * What holds for every op of {@link OpSpecs}. A failure prints the op and the seed that draws the
 * case again.
 */
final class OpPropertiesTest {
  private static final List<Workers> TEAMS =
      List.of(new Workers(1), new Workers(2), new Workers(3));

  @AfterContainer
  static void endTeams() {
    TEAMS.forEach(Workers::close);
  }

  @Provide
  Arbitrary<OpSpecs.Spec> specs() {
    return Arbitraries.of(OpSpecs.all());
  }

  /** Everything a sample computes: the output and one gradient per differentiable input. */
  private record Result(float[] output, List<float[]> gradients) {

    void assertSameBits(Result other, Object as) {
      assertThat(bits(other.output)).as("output of %s", as).isEqualTo(bits(output));
      for (int i = 0; i < gradients.size(); i++) {
        assertThat(bits(other.gradients.get(i)))
            .as("gradient %d of %s", i, as)
            .isEqualTo(bits(gradients.get(i)));
      }
    }

    private static int[] bits(float[] values) {
      int[] bits = new int[values.length];
      for (int i = 0; i < bits.length; i++) {
        bits[i] = Float.floatToRawIntBits(values[i]);
      }
      return bits;
    }
  }

  private static float[] projection(int size) {
    float[] weights = new float[size];
    Philox.fillUniform(weights, 0, size, 7, 99, 0, -1, 1);
    return weights;
  }

  private static Result play(OpSample sample, Kernels kernels, Workers team, boolean poison) {
    Tape tape = new Tape();
    List<Var> inputs = new ArrayList<>();
    List<Var> wanted = new ArrayList<>();
    for (OpSample.Input in : sample.inputs()) {
      Var v =
          in.batched()
              ? tape.input("in" + inputs.size(), in.shape())
              : tape.constant("in" + inputs.size(), in.shape());
      inputs.add(v);
      if (in.differentiable()) {
        wanted.add(v);
      }
    }
    Var y = sample.recorder().record(tape, inputs);
    Var loss = y.apply(new Projection(projection(y.shape().intSize())));
    CompileOptions options =
        CompileOptions.of(loss).keep(y).keepGradients(wanted).kernels(kernels).workers(team);
    Program program = tape.compile(poison ? options.poisonEndedBuffers() : options);
    for (int i = 0; i < inputs.size(); i++) {
      program.input(inputs.get(i)).set(sample.inputs().get(i).values());
    }
    program.forward();
    program.backward();
    List<float[]> gradients = new ArrayList<>();
    for (Var v : wanted) {
      gradients.add(program.gradient(v).toArray());
    }
    for (int i = 0; i < inputs.size(); i++) {
      assertThat(program.input(inputs.get(i)).toArray())
          .as("input %d is unchanged", i)
          .isEqualTo(sample.inputs().get(i).values());
    }
    Result result = new Result(program.value(y).toArray(), gradients);
    program.forward();
    program.backward();
    List<float[]> again = new ArrayList<>();
    for (Var v : wanted) {
      again.add(program.gradient(v).toArray());
    }
    result.assertSameBits(
        new Result(program.value(y).toArray(), again), "the second play of " + sample);
    return result;
  }

  private static Result play(OpSample sample) {
    return play(sample, Kernels.preferred(), TEAMS.get(0), false);
  }

  private static double[][] doubles(OpSample sample) {
    double[][] all = new double[sample.inputs().size()][];
    for (int i = 0; i < all.length; i++) {
      float[] v = sample.inputs().get(i).values();
      all[i] = new double[v.length];
      Arrays.setAll(all[i], j -> v[j]);
    }
    return all;
  }

  @Property(tries = 300)
  void theForwardPassAgreesWithItsDefinitionInDoublePrecision(
      @ForAll("specs") OpSpecs.Spec spec, @ForAll long seed) {
    OpSample sample = spec.draw().apply(new Draw(seed));
    float[] actual = play(sample).output();
    double[] expected = sample.reference().forward(doubles(sample));
    assertThat(actual).hasSize(expected.length);
    double largest = 1e-3;
    for (double e : expected) {
      largest = Math.max(largest, Math.abs(e));
    }
    for (int i = 0; i < actual.length; i++) {
      assertThat(Math.abs(actual[i] - expected[i]) / largest)
          .as("element %d of %s", i, sample)
          .isLessThan(1e-5);
    }
  }

  @Property(tries = 300)
  void gradientsAgreeWithDirectionalDifferencesOfTheDefinition(
      @ForAll("specs") OpSpecs.Spec spec, @ForAll long seed) {
    OpSample sample = spec.draw().apply(new Draw(seed));
    Result result = play(sample);
    double[][] at = doubles(sample);
    float[] weights = projection(result.output().length);
    int gradient = 0;
    for (int input = 0; input < at.length; input++) {
      if (!sample.inputs().get(input).differentiable()) {
        continue;
      }
      float[] g = result.gradients().get(gradient++);
      double[] direction = new double[g.length];
      for (int i = 0; i < direction.length; i++) {
        direction[i] = Philox.uniformDouble(Philox.bits(seed, 5 + input, 0, i)) * 2 - 1;
      }
      double predicted = 0;
      double size = 0;
      for (int i = 0; i < g.length; i++) {
        predicted += g[i] * direction[i];
        size += Math.abs(g[i] * direction[i]);
      }
      double h = 1e-6;
      double difference =
          (moved(sample, at, input, direction, h, weights)
                  - moved(sample, at, input, direction, -h, weights))
              / (2 * h);
      assertThat(Math.abs(predicted - difference))
          .as("input %d of %s: predicted %s, difference %s", input, sample, predicted, difference)
          .isLessThan(2e-5 * Math.max(size, 1));
    }
  }

  private static double moved(
      OpSample sample, double[][] at, int input, double[] direction, double h, float[] weights) {
    double[][] moved = at.clone();
    moved[input] = at[input].clone();
    for (int i = 0; i < direction.length; i++) {
      moved[input][i] += h * direction[i];
    }
    double[] y = sample.reference().forward(moved);
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += weights[i] * y[i];
    }
    return sum;
  }

  @Property(tries = 200)
  void aLinearOpAndItsGradientAreAdjoint(@ForAll("specs") OpSpecs.Spec spec, @ForAll long seed) {
    if (!spec.linear()) {
      return;
    }
    OpSample sample = spec.draw().apply(new Draw(seed));
    if (sample.inputs().size() == 3) {
      return; // affine in input 0
    }
    Result result = play(sample);
    float[] weights = projection(result.output().length);
    double left = 0;
    double size = 0;
    for (int i = 0; i < weights.length; i++) {
      left += (double) weights[i] * result.output()[i];
      size += Math.abs((double) weights[i] * result.output()[i]);
    }
    double right = 0;
    float[] x = sample.inputs().get(0).values();
    for (int i = 0; i < x.length; i++) {
      right += (double) x[i] * result.gradients().get(0)[i];
      size += Math.abs((double) x[i] * result.gradients().get(0)[i]);
    }
    assertThat(Math.abs(left - right)).as(sample.text()).isLessThan(1e-5 * Math.max(size, 1));
  }

  @Property(tries = 300)
  void theVectorKernelsHaveTheBitsOfTheirTwins(
      @ForAll("specs") OpSpecs.Spec spec, @ForAll long seed) {
    OpSample sample = spec.draw().apply(new Draw(seed));
    play(sample, Kernels.scalar(), TEAMS.get(0), false)
        .assertSameBits(play(sample, Kernels.preferred(), TEAMS.get(0), false), sample);
  }

  @Property(tries = 100)
  void teamsOfTwoAndThreeHaveTheBitsOfOne(@ForAll("specs") OpSpecs.Spec spec, @ForAll long seed) {
    OpSample sample = spec.draw().apply(new Draw(seed));
    Result one = play(sample);
    one.assertSameBits(play(sample, Kernels.preferred(), TEAMS.get(1), false), sample);
    one.assertSameBits(play(sample, Kernels.preferred(), TEAMS.get(2), false), sample);
  }

  @Property(tries = 100)
  void endedBuffersFilledWithNaNChangeNoBit(@ForAll("specs") OpSpecs.Spec spec, @ForAll long seed) {
    OpSample sample = spec.draw().apply(new Draw(seed));
    play(sample).assertSameBits(play(sample, Kernels.preferred(), TEAMS.get(0), true), sample);
  }

  @Test
  void everyOpIsInTheRegistry() throws IOException {
    Set<String> registered = new HashSet<>();
    for (OpSpecs.Spec spec : OpSpecs.all()) {
      registered.add(spec.type().getName());
    }
    List<String> missing = new ArrayList<>();
    for (ClassPath.ClassInfo info :
        ClassPath.from(getClass().getClassLoader())
            .getTopLevelClasses(Op.class.getPackageName() + ".op")) {
      Class<?> type = info.load();
      if (Op.class.isAssignableFrom(type)
          && !type.isInterface()
          && !registered.contains(type.getName())) {
        missing.add(type.getName());
      }
    }
    assertThat(missing).as("ops without a spec").isEmpty();
    assertThat(registered).hasSizeGreaterThan(7);
  }
}
