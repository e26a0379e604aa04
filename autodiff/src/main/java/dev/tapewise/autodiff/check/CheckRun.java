package dev.tapewise.autodiff.check;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Parameter;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.TensorView;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Philox;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One run of a {@link GradientCheck}: records, plays, differences, compares. */
final class CheckRun {
  private static final int PROJECTION = 1000;
  private static final int CHOICE = 2000;
  private static final int DIRECTION = 3000;
  private static final int MOVE = 4000;

  private final GradientCheck check;
  private final Program program;
  private final Var output;
  private final float[] weights;
  private final List<Target> targets = new ArrayList<>();

  private double noise;
  private int compared;
  private int rejected;
  private boolean failed;
  private double worstExcess = -1;
  private double worst;
  private double worstBound;
  private String where = "";
  private double actual;
  private double expected;

  /**
   * A tensor whose gradient is checked, or that is only read.
   *
   * @param label its name in the report
   * @param values where its values are
   * @param gradient a copy of its gradient, or null where it is only read
   */
  private record Target(String label, TensorView values, float @Nullable [] gradient) {
    double[] wide() {
      return widen(values.toArray());
    }
  }

  CheckRun(GradientCheck check) {
    this.check = check;
    Tape tape = new Tape();
    List<Var> inputs = new ArrayList<>();
    List<Var> wanted = new ArrayList<>();
    for (GradientCheck.Input in : check.inputs()) {
      String label = "input " + inputs.size();
      Var v = in.batched() ? tape.input(label, in.shape()) : tape.constant(label, in.shape());
      inputs.add(v);
      if (in.checked()) {
        wanted.add(v);
      }
    }
    output = check.record(inputs);
    List<Parameter> parameters = tape.parameters().trainable();
    if (wanted.isEmpty() && parameters.isEmpty()) {
      throw new IllegalStateException(
          "gradient check of %s has only given inputs. Add one with input or constant"
              .formatted(check.name()));
    }
    weights = random(output.shape().intSize(), PROJECTION);
    Var loss = output.apply(new Projection(weights));
    CompileOptions options = CompileOptions.of(loss).keep(output).keepGradients(wanted);
    // NaN in ended buffers shows what an op reads without having said so
    options = options.poisonEndedBuffers();
    program = tape.compile(check.fused() ? options : options.plain());
    for (int i = 0; i < inputs.size(); i++) {
      float[] given = check.inputs().get(i).values();
      TensorView view = program.input(inputs.get(i));
      view.set(given == null ? random(view.shape().intSize(), i) : given);
    }
    tape.parameters().initialize(check.chosenSeed());
    for (Parameter p : parameters) {
      float[] moved = p.toArray();
      float[] by = random(moved.length, MOVE + p.slabOffset());
      for (int i = 0; i < moved.length; i++) {
        moved[i] += by[i] / 4;
      }
      p.set(moved);
    }
    program.forward();
    program.backward();
    for (int i = 0; i < inputs.size(); i++) {
      Var v = inputs.get(i);
      targets.add(
          new Target(
              v.name(),
              program.input(v),
              check.inputs().get(i).checked() ? program.gradient(v).toArray() : null));
    }
    for (Parameter p : parameters) {
      TensorView values = TensorView.of(p.name(), p.values(), p.valueOffset(), p.shape());
      float[] gradient = new float[p.size()];
      System.arraycopy(p.gradients(), p.gradientOffset(), gradient, 0, gradient.length);
      targets.add(new Target("parameter \"" + p.name() + "\"", values, gradient));
    }
  }

  private float[] random(int count, int stream) {
    float[] r = new float[count];
    Philox.fillUniform(r, 0, count, check.chosenSeed(), stream, 0, -1f, 1f);
    return r;
  }

  GradientReport report() {
    for (int i = 0; i < targets.size(); i++) {
      Target target = targets.get(i);
      float[] gradient = target.gradient();
      if (gradient == null) {
        continue;
      }
      double scale = 1e-3;
      for (float g : gradient) {
        scale = Math.max(scale, Math.abs(g));
      }
      int[] chosen =
          Elements.chosen(
              target.values().shape(), check.mostElements(), check.chosenSeed(), CHOICE + i);
      compare(i, gradient, scale, chosen);
      if (check.chosenReference() != null && !failed && !directionAgrees(i, gradient, scale)) {
        compare(i, gradient, scale, Elements.all(gradient.length));
      }
    }
    return new GradientReport(
        check.name(),
        !failed && compared > 0,
        worst,
        worstBound,
        where,
        actual,
        expected,
        noise,
        compared,
        rejected,
        PastedLine.of(check));
  }

  private void compare(int input, float[] gradient, double scale, int[] elements) {
    Target target = targets.get(input);
    double tolerance =
        check.chosenReference() == null
            ? GradientCheck.OWN_TOLERANCE
            : GradientCheck.REFERENCE_TOLERANCE;
    for (int e : elements) {
      double[] direction = new double[gradient.length];
      direction[e] = 1;
      Quotient quotient = quotient(input, direction);
      noise = Math.max(noise, quotient.noise() / scale);
      if (quotient.kink() && !Float.isNaN(gradient[e])) {
        rejected++;
        continue;
      }
      compared++;
      double error = Math.abs(gradient[e] - quotient.value());
      double bound = tolerance * scale + quotient.noise();
      failed |= !(error <= bound);
      double excess = Double.isNaN(error) ? Double.POSITIVE_INFINITY : error / bound;
      if (excess > worstExcess) {
        worstExcess = excess;
        worst = error / scale;
        worstBound = bound / scale;
        actual = gradient[e];
        expected = quotient.value();
        where =
            "%s %s at %s"
                .formatted(
                    target.label(),
                    target.values().shape(),
                    Elements.place(target.values().shape(), e));
      }
    }
  }

  /** Whether the derivative along a direction through all elements is what they add up to. */
  private boolean directionAgrees(int input, float[] gradient, double scale) {
    double[] direction = widen(random(gradient.length, DIRECTION + input));
    double sum = 0;
    for (int e = 0; e < gradient.length; e++) {
      sum += gradient[e] * direction[e];
    }
    Quotient quotient = quotient(input, direction);
    return quotient.kink()
        || Math.abs(sum - quotient.value())
            <= GradientCheck.REFERENCE_TOLERANCE * scale * Math.sqrt(gradient.length) / 4;
  }

  private Quotient quotient(int input, double[] direction) {
    GradientCheck.Reference reference = check.chosenReference();
    if (reference != null) {
      return Quotient.exact(h -> projected(reference, input, direction, h));
    }
    return Quotient.noisy(h -> projected(input, direction, h), magnitude());
  }

  private double projected(
      GradientCheck.Reference reference, int input, double[] direction, double h) {
    double[][] at = new double[targets.size()][];
    for (int i = 0; i < at.length; i++) {
      at[i] = targets.get(i).wide();
    }
    for (int e = 0; e < direction.length; e++) {
      at[input][e] += h * direction[e];
    }
    double[] y = reference.forward(at);
    if (y.length != weights.length) {
      throw new IllegalStateException(
          "the reference of %s gives %d values, the output %s has %d"
              .formatted(check.name(), y.length, output.shape(), weights.length));
    }
    return project(y);
  }

  private double projected(int input, double[] direction, double h) {
    TensorView view = targets.get(input).values();
    float[] old = view.toArray();
    float[] moved = old.clone();
    for (int e = 0; e < direction.length; e++) {
      moved[e] += (float) (h * direction[e]);
    }
    view.set(moved);
    program.forward();
    view.set(old);
    return project(widen(program.value(output).toArray()));
  }

  private double project(double[] y) {
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += weights[i] * y[i];
    }
    return sum;
  }

  private double magnitude() {
    float[] y = program.value(output).toArray();
    double largest = 0;
    for (int i = 0; i < y.length; i++) {
      largest = Math.max(largest, Math.abs(weights[i] * y[i]));
    }
    return largest * Math.sqrt(y.length);
  }

  private static double[] widen(float[] source) {
    double[] wide = new double[source.length];
    for (int i = 0; i < source.length; i++) {
      wide[i] = source[i];
    }
    return wide;
  }
}
