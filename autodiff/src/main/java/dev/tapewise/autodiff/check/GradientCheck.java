package dev.tapewise.autodiff.check;

import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Checks the gradients of an op, of a layer, or of any function recorded on a tape, against
 * differences of a random projection of its output. It needs no test framework: call it from JUnit,
 * or from a jqwik property with the arbitraries of this module's {@code tests} artifact.
 *
 * <pre>{@code
 * GradientCheck.of(new Softsign()).input(Shape.of(2, 5)).assertPasses();
 * GradientCheck.of("block", in -> layer.apply(in.get(0))).input(Shape.of(2, 5, 5, 3)).assertPasses();
 * }</pre>
 *
 * <p>Gradients of all inputs and of all parameters that are recorded are checked, at their corners
 * (first and last of every axis) and at random elements.
 *
 * <p>With a {@linkplain #reference double-precision forward} the differences are nearly exact: the
 * bound is {@value #REFERENCE_TOLERANCE} of an input's largest gradient, and a derivative along a
 * random direction looks at all elements at once, so that one wrong element of thousands is found.
 * Without one, the float32 forward itself is differenced at two step sizes: the bound is {@value
 * #OWN_TOLERANCE} and a noise floor for rounding, which the report states.
 *
 * <p>An element at which the two step sizes disagree, or the differences to both sides do, lies
 * near a kink: it is rejected and counted. A check that compares nothing fails.
 *
 * <p>Buffers whose life has ended are filled with NaN, so that an op that reads more than it says
 * fails too.
 */
public final class GradientCheck {
  /** Largest error, relative to an input's largest gradient, with a reference. */
  public static final double REFERENCE_TOLERANCE = 1e-4;

  /** Largest error, relative to an input's largest gradient, without one, on top of the noise. */
  public static final double OWN_TOLERANCE = 1e-2;

  /**
   * A double-precision forward: the output for these inputs, all row-major.
   *
   * @see #reference
   */
  @FunctionalInterface
  public interface Reference {
    /** The output's values. */
    double[] forward(double[][] inputs);
  }

  /**
   * An input.
   *
   * @param shape its shape
   * @param batched whether axis 0 is the batch
   * @param values its values, or null for random ones
   * @param checked whether its gradient is checked
   */
  record Input(Shape shape, boolean batched, float @Nullable [] values, boolean checked) {}

  private final String name;
  private final Function<List<Var>, Var> function;
  private final List<Input> inputs = new ArrayList<>();
  private @Nullable Reference reference;
  private long seed = 1;
  private int elements = 200;
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

  /**
   * Checks a function that records any number of ops on its inputs, such as a layer. Parameters
   * that it records are checked too, at their initial values moved by up to a quarter, so that no
   * scale is exactly 1 and no bias 0.
   */
  public static GradientCheck of(String name, Function<List<Var>, Var> function) {
    return new GradientCheck(name, function);
  }

  /** Adds an input whose axis 0 is the batch, with random values from -1 to 1. */
  public GradientCheck input(Shape shape) {
    return add(new Input(shape, true, null, true));
  }

  /** Adds an input whose axis 0 is the batch, with these values. */
  public GradientCheck input(Shape shape, float[] at) {
    return add(new Input(shape, true, at, true));
  }

  /** Adds an input without a batch axis, such as weights, with random values from -1 to 1. */
  public GradientCheck constant(Shape shape) {
    return add(new Input(shape, false, null, true));
  }

  /** Adds an input without a batch axis, with these values. */
  public GradientCheck constant(Shape shape, float[] at) {
    return add(new Input(shape, false, at, true));
  }

  /** Adds an input that has no gradient, such as class indices. */
  public GradientCheck given(Shape shape, float[] at) {
    return add(new Input(shape, true, at, false));
  }

  private GradientCheck add(Input input) {
    float[] at = input.values();
    if (at != null && at.length != input.shape().intSize()) {
      throw new IllegalArgumentException(
          input.shape() + " takes " + input.shape().intSize() + " values, got " + at.length);
    }
    inputs.add(input);
    return this;
  }

  /**
   * Gives a double-precision forward to take the differences of. It is called with the values of
   * the inputs, in their order, and behind them of the parameters in the order of recording.
   */
  public GradientCheck reference(Reference forward) {
    reference = forward;
    return this;
  }

  /** Chooses other random numbers; 1 unless told. */
  public GradientCheck seed(long newSeed) {
    seed = newSeed;
    return this;
  }

  /**
   * How many random elements of an input are checked at most, besides its corners; 200 unless told.
   */
  public GradientCheck elements(int most) {
    elements = most;
    return this;
  }

  /** Compiles without fusion. */
  public GradientCheck plain() {
    fused = false;
    return this;
  }

  /**
   * Runs the check.
   *
   * @throws AssertionError if a gradient is wrong; the text is that of the report
   */
  public void assertPasses() {
    GradientReport report = run();
    if (!report.passed()) {
      throw new AssertionError(report.toString());
    }
  }

  /**
   * Runs the check.
   *
   * @throws IllegalStateException if there is nothing to check
   */
  public GradientReport run() {
    if (inputs.isEmpty()) {
      throw new IllegalStateException(
          "gradient check of " + name + " has no input. Add one with input(shape)");
    }
    return new CheckRun(this).report();
  }

  String name() {
    return name;
  }

  List<Input> inputs() {
    return inputs;
  }

  Var record(List<Var> in) {
    return function.apply(List.copyOf(in));
  }

  @Nullable Reference chosenReference() {
    return reference;
  }

  long chosenSeed() {
    return seed;
  }

  int mostElements() {
    return elements;
  }

  boolean fused() {
    return fused;
  }
}
