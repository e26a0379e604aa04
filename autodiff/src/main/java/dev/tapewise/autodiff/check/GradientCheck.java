package dev.tapewise.autodiff.check;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Philox;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Checks the gradients of an op, or of any function recorded on a tape, against finite differences
 * of a random projection of its output.
 *
 * <pre>{@code
 * GradientCheck.of(new Softsign()).input(Shape.of(2, 5)).assertPasses();
 * }</pre>
 *
 * <p>With a {@linkplain #reference double-precision forward} the differences are nearly exact and
 * the bound is {@value #REFERENCE_TOLERANCE} of the largest gradient of an input. Without one, the
 * op's own float32 forward is differenced, and rounding noise is allowed for. Differences are taken
 * at two step sizes: coordinates at which the two disagree, or at which the two sides do not meet,
 * lie near a kink and are rejected and counted.
 */
public final class GradientCheck {
  /** Largest error, relative to an input's largest gradient, with a reference. */
  public static final double REFERENCE_TOLERANCE = 1e-4;

  private static final double OWN_TOLERANCE = 1e-2;

  /**
   * A double-precision forward: the output for these inputs, both row-major.
   *
   * @see #reference
   */
  @FunctionalInterface
  public interface Reference {
    /** The output's values. */
    double[] forward(double[][] inputs);
  }

  private final Function<List<Var>, Var> function;
  private final String name;
  private final List<Shape> shapes = new ArrayList<>();
  private final List<Boolean> batched = new ArrayList<>();
  private final List<float @Nullable []> values = new ArrayList<>();
  private final List<Boolean> checked = new ArrayList<>();
  private @Nullable Reference reference;
  private long seed = 1;
  private int coordinates = 40;
  private boolean fused = true;

  private GradientCheck(String name, Function<List<Var>, Var> function) {
    this.name = name;
    this.function = function;
  }

  /** Checks one op. */
  public static GradientCheck of(Op op) {
    return new GradientCheck(
        op.name(), in -> in.get(0).apply(op, in.subList(1, in.size()).toArray(Var[]::new)));
  }

  /** Checks a function that records any number of ops on its inputs. */
  public static GradientCheck of(String name, Function<List<Var>, Var> function) {
    return new GradientCheck(name, function);
  }

  /** Adds an input whose axis 0 is the batch, with random values from -1 to 1. */
  public GradientCheck input(Shape shape) {
    return add(shape, true, null, true);
  }

  /** Adds an input whose axis 0 is the batch, with these values. */
  public GradientCheck input(Shape shape, float[] at) {
    return add(shape, true, at, true);
  }

  /** Adds an input without a batch axis, such as weights, with random values from -1 to 1. */
  public GradientCheck constant(Shape shape) {
    return add(shape, false, null, true);
  }

  /** Adds an input without a batch axis, with these values. */
  public GradientCheck constant(Shape shape, float[] at) {
    return add(shape, false, at, true);
  }

  /** Adds an input that has no gradient, such as class indices. */
  public GradientCheck given(Shape shape, float[] at) {
    return add(shape, true, at, false);
  }

  private GradientCheck add(Shape shape, boolean hasBatch, float @Nullable [] at, boolean check) {
    if (at != null && at.length != shape.intSize()) {
      throw new IllegalArgumentException(
          shape + " takes " + shape.intSize() + " values, got " + at.length);
    }
    shapes.add(shape);
    batched.add(hasBatch);
    values.add(at);
    checked.add(check);
    return this;
  }

  /** Gives a double-precision forward to take the differences of. */
  public GradientCheck reference(Reference forward) {
    reference = forward;
    return this;
  }

  /** Chooses other random numbers. */
  public GradientCheck seed(long newSeed) {
    seed = newSeed;
    return this;
  }

  /**
   * How many coordinates of an input are checked at most (random ones, where it has more); default
   * 40.
   */
  public GradientCheck coordinates(int most) {
    coordinates = most;
    return this;
  }

  /** Compiles without fusion. */
  public GradientCheck plain() {
    fused = false;
    return this;
  }

  /**
   * What a check found.
   *
   * @param worst the largest error relative to the largest gradient of its input
   * @param where the element with the largest error, in words
   * @param compared coordinates that were compared
   * @param rejected coordinates near a kink
   * @param passed whether all errors are within the bound
   */
  public record Report(double worst, String where, int compared, int rejected, boolean passed) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%s: worst error %.2e at %s; %d coordinates compared, %d near a kink rejected",
          passed ? "passed" : "FAILED",
          worst,
          where,
          compared,
          rejected);
    }
  }

  /**
   * Runs the check.
   *
   * @throws AssertionError if a gradient is wrong; the text names the worst element
   */
  public void assertPasses() {
    Report report = run();
    if (!report.passed()) {
      throw new AssertionError(
          "gradient check of "
              + name
              + " at seed "
              + seed
              + " with inputs "
              + shapes
              + " "
              + report);
    }
  }

  /** Runs the check. */
  public Report run() {
    if (shapes.isEmpty()) {
      throw new IllegalStateException("gradient check of " + name + " has no input");
    }
    if (!checked.contains(true)) {
      throw new IllegalStateException(
          "gradient check of " + name + " has only given inputs. Add one with input or constant");
    }
    try (Workers workers = new Workers(1)) {
      return new Run(workers).report();
    }
  }

  private final class Run {
    private final List<Var> inputs = new ArrayList<>();
    private final Var output;
    private final Program program;
    private final float[] weights;

    Run(Workers workers) {
      Tape tape = new Tape();
      for (int i = 0; i < shapes.size(); i++) {
        String label = "input " + i;
        inputs.add(
            batched.get(i)
                ? tape.input(label, shapes.get(i))
                : tape.constant(label, shapes.get(i)));
      }
      output = function.apply(List.copyOf(inputs));
      weights = random(output.shape().intSize(), 1000);
      Var loss = output.apply(new Projection(weights));
      List<Var> wanted = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        if (checked.get(i)) {
          wanted.add(inputs.get(i));
        }
      }
      CompileOptions options =
          CompileOptions.of(loss).keep(output).keepGradients(wanted).workers(workers);
      program = tape.compile(fused ? options : options.plain());
      for (int i = 0; i < inputs.size(); i++) {
        float[] given = values.get(i);
        program
            .input(inputs.get(i))
            .set(given == null ? random(shapes.get(i).intSize(), i) : given);
      }
    }

    private float[] random(int count, int stream) {
      float[] r = new float[count];
      Philox.fillUniform(r, 0, count, seed, stream, 0, -1f, 1f);
      return r;
    }

    Report report() {
      program.forward();
      program.backward();
      List<float[]> gradients = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        gradients.add(checked.get(i) ? program.gradient(inputs.get(i)).toArray() : new float[0]);
      }
      double worst = 0;
      String where = "no element";
      int compared = 0;
      int rejected = 0;
      boolean passed = true;
      for (int i = 0; i < inputs.size(); i++) {
        if (!checked.get(i)) {
          continue;
        }
        float[] gradient = gradients.get(i);
        double scale = 1e-3;
        for (float g : gradient) {
          scale = Math.max(scale, Math.abs(g));
        }
        for (int c : chosen(gradient.length, i)) {
          double[] difference = difference(i, c);
          if (Double.isNaN(difference[0]) && !Float.isNaN(gradient[c])) {
            rejected++;
            continue;
          }
          compared++;
          double error = Math.abs(gradient[c] - difference[0]);
          double bound =
              (reference == null ? OWN_TOLERANCE : REFERENCE_TOLERANCE) * scale + difference[1];
          if (!(error <= bound)) {
            passed = false;
          }
          if (!(error / scale <= worst)) {
            worst = error / scale;
            where =
                "input %d element %d: gradient %s, difference quotient %s"
                    .formatted(i, c, gradient[c], difference[0]);
          }
        }
      }
      return new Report(worst, where, compared, rejected, passed && compared > 0);
    }

    private int[] chosen(int count, int input) {
      int[] all = new int[count];
      for (int i = 0; i < count; i++) {
        all[i] = i;
      }
      int take = Math.min(count, coordinates);
      for (int i = 0; i < take; i++) {
        long bits = Philox.bits(seed, 2000 + input, 0, i) >>> 1;
        int j = i + (int) (bits % (count - i));
        int swap = all[i];
        all[i] = all[j];
        all[j] = swap;
      }
      return java.util.Arrays.copyOf(all, take);
    }

    /** The difference quotient (NaN near a kink) and the noise that it may have. */
    private double[] difference(int input, int coordinate) {
      if (reference != null) {
        Quotient one = quotient(input, coordinate, 1e-4);
        Quotient two = quotient(input, coordinate, 1e-4 / 4);
        boolean kink = isKink(one, two, 1e-4 * Math.max(1, Math.abs(two.central())));
        return new double[] {kink ? Double.NaN : two.central(), 0};
      }
      float h = 1f / 64;
      double noise = 4e-7 * Math.max(1, magnitude()) / h;
      Quotient one = quotient(input, coordinate, h);
      Quotient two = quotient(input, coordinate, h / 2);
      boolean kink = isKink(one, two, 0.02 * Math.max(0.1, Math.abs(two.central())) + 4 * noise);
      double extrapolated = two.central() + (two.central() - one.central()) / 3;
      return new double[] {kink ? Double.NaN : extrapolated, 4 * noise};
    }

    /**
     * Whether there is a kink: off the coordinate the central quotients of the two steps disagree;
     * right at it those agree, but the quotients of its two sides come no nearer to each other.
     */
    private static boolean isKink(Quotient wide, Quotient narrow, double tolerance) {
      return Math.abs(wide.central() - narrow.central()) > tolerance
          || (narrow.gap() > 2 * tolerance && narrow.gap() > 0.7 * wide.gap());
    }

    private Quotient quotient(int input, int coordinate, double h) {
      double right = projected(input, coordinate, h);
      double left = projected(input, coordinate, -h);
      double middle = projected(input, coordinate, 0);
      return new Quotient((right - left) / (2 * h), Math.abs(right - 2 * middle + left) / h);
    }

    /**
     * Differences over one step.
     *
     * @param central the quotient of both sides
     * @param gap how far the quotients of the two sides are apart
     */
    private record Quotient(double central, double gap) {}

    private double projected(int input, int coordinate, double by) {
      double[] y;
      if (reference == null) {
        float[] data = program.input(inputs.get(input)).array();
        int at = program.input(inputs.get(input)).offset() + coordinate;
        float old = data[at];
        data[at] = (float) (old + by);
        program.forward();
        data[at] = old;
        y = widen(program.value(output).toArray());
      } else {
        double[][] at = new double[inputs.size()][];
        for (int i = 0; i < at.length; i++) {
          at[i] = widen(program.input(inputs.get(i)).toArray());
        }
        at[input][coordinate] += by;
        y = reference.forward(at);
      }
      double sum = 0;
      for (int i = 0; i < y.length; i++) {
        sum += weights[i] * y[i];
      }
      return sum;
    }

    private double magnitude() {
      double sum = 0;
      float[] y = program.value(output).toArray();
      for (int i = 0; i < y.length; i++) {
        sum = Math.max(sum, Math.abs(weights[i] * y[i]));
      }
      return sum * Math.sqrt(y.length);
    }

    private static double[] widen(float[] source) {
      double[] wide = new double[source.length];
      for (int i = 0; i < source.length; i++) {
        wide[i] = source[i];
      }
      return wide;
    }
  }
}
