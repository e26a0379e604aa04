package dev.tapewise.autodiff.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Initializer;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.TensorView;
import dev.tapewise.autodiff.Var;
import dev.tapewise.autodiff.check.Projection;
import dev.tapewise.core.Philox;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Workers;
import dev.tapewise.core.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records a sample and plays it: forward, and backward from a random projection of the output. */
final class OpPlay {

  /** What else reads the inputs: their gradients are then the sum of both. */
  enum Others {
    NONE,
    /** Recorded before the op, so that it is the op that writes the gradient first. */
    BEFORE,
    /** Recorded after the op, so that the op adds. */
    AFTER
  }

  private final OpSample sample;
  private Kernels kernels = Kernels.preferred();
  private @Nullable Workers team;
  private boolean poison;
  private boolean plain;
  private boolean amongNorms;
  private boolean hardSwish;
  private int only = -1;
  private int unused;
  private Others others = Others.NONE;

  OpPlay(OpSample sample) {
    this.sample = sample;
  }

  OpPlay kernels(Kernels chosen) {
    kernels = chosen;
    return this;
  }

  OpPlay team(Workers chosen) {
    team = chosen;
    return this;
  }

  /** Fills buffers with NaN when their life ends. */
  OpPlay poison() {
    poison = true;
    return this;
  }

  OpPlay plain() {
    plain = true;
    return this;
  }

  /** Only this input's gradient is wanted. */
  OpPlay only(int input) {
    only = input;
    return this;
  }

  /** Records room for more images than are played. */
  OpPlay unused(int images) {
    unused = images;
    return this;
  }

  /** The images of a batch, or 0 where the inputs do not agree on them. */
  int images() {
    int images = 0;
    for (OpSample.Input in : sample.inputs()) {
      if (in.batched()) {
        int own = in.shape().axis(0);
        if (images != 0 && images != own) {
          return 0;
        }
        images = own;
      }
    }
    return images;
  }

  OpPlay others(Others chosen) {
    others = chosen;
    return this;
  }

  /**
   * A batch norm and an activation stand before input 0, and others after the output.
   *
   * @param swish whether the activations are hard swish
   */
  OpPlay amongNorms(boolean swish) {
    amongNorms = true;
    hardSwish = swish;
    return this;
  }

  /**
   * What was computed.
   *
   * @param output the op's output
   * @param gradients one per input; empty where there is none or none was wanted
   */
  record Result(float[] output, List<float[]> gradients) {

    void assertSameBits(Result other, String as) {
      assertThat(bits(other.output)).as("output, %s", as).isEqualTo(bits(output));
      for (int i = 0; i < gradients.size(); i++) {
        assertThat(bits(other.gradients.get(i)))
            .as("gradient %d, %s", i, as)
            .isEqualTo(bits(gradients.get(i)));
      }
    }

    static int[] bits(float[] values) {
      int[] bits = new int[values.length];
      for (int i = 0; i < bits.length; i++) {
        bits[i] = Float.floatToRawIntBits(values[i]);
      }
      return bits;
    }
  }

  /** The weights of the projection of an output, or of input {@code stream - 1}. */
  static float[] projection(int size, int stream) {
    float[] weights = new float[size];
    Philox.fillUniform(weights, 0, size, 7, 99 + stream, 0, -1, 1);
    return weights;
  }

  /**
   * Plays twice, and looks that the second has the bits of the first and changed no input. Without
   * a team it is played by one thread whose scratch no other program has made larger.
   */
  Result run() {
    if (team != null) {
      return run(team);
    }
    try (Workers one = new Workers(1)) {
      return run(one);
    }
  }

  private Result run(Workers workers) {
    Tape tape = new Tape();
    List<Var> inputs = new ArrayList<>();
    for (OpSample.Input in : sample.inputs()) {
      String name = "in" + inputs.size();
      inputs.add(
          in.batched() ? tape.input(name, roomy(in.shape())) : tape.constant(name, in.shape()));
    }
    @Nullable Var aside = others == Others.BEFORE ? readAside(inputs) : null;
    List<Var> read = new ArrayList<>(inputs);
    if (amongNorms) {
      Var normed = norm(tape, read.get(0), "before");
      read.set(0, hardSwish ? normed.hardSwish() : normed.relu6());
    }
    Var y = sample.recorder().record(tape, read);
    Var kept = y;
    if (amongNorms && y.batched() && fitsNorm(y.shape())) {
      Var normed = norm(tape, y, "after");
      y = hardSwish ? normed.hardSwish() : normed.relu();
    }
    Var loss = y.apply(new Projection(projection(y.shape().intSize(), 0)));
    if (others == Others.AFTER) {
      aside = readAside(inputs);
    }
    if (aside != null) {
      loss = loss.add(aside);
    }
    List<Var> wanted = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      if (sample.inputs().get(i).differentiable() && (only < 0 || only == i)) {
        wanted.add(inputs.get(i));
      }
    }
    CompileOptions options = CompileOptions.of(loss).keepGradients(wanted).kernels(kernels);
    options = amongNorms ? options.keep(y) : options.keep(kept);
    options = poison ? options.poisonEndedBuffers() : options;
    options = plain ? options.plain() : options;
    Program program = tape.compile(options.workers(workers));
    for (int i = 0; i < inputs.size(); i++) {
      program.input(inputs.get(i)).set(sample.inputs().get(i).values());
    }
    Var output = amongNorms ? y : kept;
    Result first = play(program, inputs, wanted, output);
    first.assertSameBits(play(program, inputs, wanted, output), "played again");
    for (int i = 0; i < inputs.size(); i++) {
      assertThat(read(inputs.get(i), program.input(inputs.get(i))))
          .as("input %d is unchanged", i)
          .isEqualTo(sample.inputs().get(i).values());
    }
    return first;
  }

  private Result play(Program program, List<Var> inputs, List<Var> wanted, Var output) {
    program.forward(program.capacity() - unused);
    program.backward();
    List<float[]> gradients = new ArrayList<>();
    for (Var v : inputs) {
      gradients.add(wanted.contains(v) ? read(v, program.gradient(v)) : new float[0]);
    }
    return new Result(read(output, program.value(output)), gradients);
  }

  private float[] read(Var v, TensorView view) {
    return view.toArray(v.shape().intSize() - (v.batched() ? unused * v.shape().rest() : 0));
  }

  private Shape roomy(Shape shape) {
    int[] axes = new int[shape.rank()];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = shape.axis(i) + (i == 0 ? unused : 0);
    }
    return Shape.of(axes);
  }

  private @Nullable Var readAside(List<Var> inputs) {
    Var sum = null;
    for (int i = 0; i < inputs.size(); i++) {
      if (sample.inputs().get(i).differentiable()) {
        Var x = inputs.get(i);
        Var part = x.apply(new Projection(projection(x.shape().intSize(), i + 1)));
        sum = sum == null ? part : sum.add(part);
      }
    }
    return sum;
  }

  /** Whether batch norm in training can stand before input 0. */
  boolean fitsAmongNorms() {
    OpSample.Input x = sample.inputs().get(0);
    return x.batched() && x.differentiable() && fitsNorm(x.shape());
  }

  private static boolean fitsNorm(Shape shape) {
    return shape.rank() > 1 && shape.intSize() / shape.axis(-1) > 1;
  }

  private static Var norm(Tape tape, Var x, String name) {
    Shape c = Shape.of(x.shape().axis(-1));
    BatchNorm.Running running =
        new BatchNorm.Running(
            tape.buffer(name + ".mean", c, Initializer.constant(0)),
            tape.buffer(name + ".variance", c, Initializer.constant(1)));
    return x.batchNorm(
        tape.parameter(name + ".scale", c, Initializer.uniform(1.5f)),
        tape.parameter(name + ".shift", c, Initializer.uniform(0.5f)),
        running,
        0.01f,
        0.1f);
  }
}
