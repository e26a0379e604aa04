package dev.tapewise.autodiff.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.autodiff.check.Projection;
import dev.tapewise.core.Philox;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Workers;
import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.geometry.ConvOptions;
import dev.tapewise.core.geometry.Padding;
import dev.tapewise.core.kernel.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One convolution to check by its definition.
 *
 * @param geometry its geometry
 * @param batch images
 * @param bias whether it has a bias
 * @param transposed whether it is turned round
 */
record ConvCase(ConvGeometry geometry, int batch, boolean bias, boolean transposed) {
  private static final List<String> RESULTS =
      List.of("output", "input gradient", "weight gradient", "bias gradient");
  private static final double ROUNDING = 0x1p-24;

  /** The case as a line of Java that checks it again. */
  @Override
  public String toString() {
    ConvGeometry g = geometry;
    return "new ConvCase(new ConvGeometry(%d, %d, %d, %d, %d, %d, %d, %d, %d, %d, %d, %d, %d, %d, %d), %d, %b, %b).check(one, two);"
        .formatted(
            g.height(),
            g.width(),
            g.inChannels(),
            g.outChannels(),
            g.kernelHeight(),
            g.kernelWidth(),
            g.strideHeight(),
            g.strideWidth(),
            g.dilationHeight(),
            g.dilationWidth(),
            g.padTop(),
            g.padBottom(),
            g.padLeft(),
            g.padRight(),
            g.groups(),
            batch,
            bias,
            transposed);
  }

  /**
   * The output and every gradient agree with the naive loops in double precision, and the vector
   * kernels on two threads have the bits of the scalar twin on one.
   */
  void check(Workers one, Workers two) {
    float[][] values = values();
    float[][] twin = play(values, Kernels.scalar(), one);
    float[][] fast = play(values, Kernels.preferred(), two);
    double[][] expected = naive(values, false);
    double[][] sizes = naive(values, true);
    ConvGeometry g = geometry;
    int into = g.taps() * g.inPerGroup();
    int outOf = g.taps() * g.outPerGroup();
    int pixels = batch * g.outHeight() * g.outWidth();
    int[] terms =
        transposed
            ? new int[] {outOf + 1, into, pixels, batch * g.height() * g.width()}
            : new int[] {into + 1, outOf, pixels, pixels};
    for (int i = 0; i < expected.length; i++) {
      String what = RESULTS.get(i);
      assertThat(bits(fast[i])).as("bits of the %s of %s", what, this).isEqualTo(bits(twin[i]));
      for (int j = 0; j < expected[i].length; j++) {
        // what a chain of so many roundings may be off at most; a missing term is far more
        double bound = (terms[i] + 2) * ROUNDING * sizes[i][j] + Float.MIN_NORMAL;
        double error = Math.abs(twin[i][j] - expected[i][j]);
        if (Double.isNaN(error) || error > bound) {
          throw new AssertionError(
              "%s element %d is %s, not %s, of %s"
                  .formatted(what, j, twin[i][j], expected[i][j], this));
        }
      }
    }
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
    return bits;
  }

  private Shape x() {
    ConvGeometry g = geometry;
    return transposed
        ? Shape.of(batch, g.outHeight(), g.outWidth(), g.outChannels())
        : Shape.of(batch, g.height(), g.width(), g.inChannels());
  }

  private Shape w() {
    ConvGeometry g = geometry;
    return Shape.of(g.kernelHeight(), g.kernelWidth(), g.inPerGroup(), g.outChannels());
  }

  private int outChannels() {
    return transposed ? geometry.inChannels() : geometry.outChannels();
  }

  /** The values of x, w, dy and the bias. */
  private float[][] values() {
    int outSize = transposed ? geometry.inSize() : geometry.outSize();
    int[] sizes = {x().intSize(), w().intSize(), batch * outSize, outChannels()};
    float[][] values = new float[4][];
    for (int i = 0; i < 4; i++) {
      values[i] = new float[sizes[i]];
      Philox.fillUniform(values[i], 0, sizes[i], 3, i, 0, -1, 1);
    }
    return values;
  }

  private Var record(List<Var> in) {
    ConvGeometry g = geometry;
    ConvOptions options =
        ConvOptions.padded(Padding.of(g.padTop(), g.padBottom(), g.padLeft(), g.padRight()))
            .withStride(g.strideHeight(), g.strideWidth())
            .withDilation(g.dilationHeight(), g.dilationWidth())
            .withGroups(g.groups());
    if (!transposed) {
      return bias
          ? in.get(0).conv2d(in.get(1), in.get(2), options)
          : in.get(0).conv2d(in.get(1), options);
    }
    ConvOptions turned =
        options.withOutputPadding(
            rest(g.height(), g.padTop() + g.padBottom(), g.kernelHeight(), g.dilationHeight())
                % g.strideHeight(),
            rest(g.width(), g.padLeft() + g.padRight(), g.kernelWidth(), g.dilationWidth())
                % g.strideWidth());
    return bias
        ? in.get(0).transposedConv2d(in.get(1), in.get(2), turned)
        : in.get(0).transposedConv2d(in.get(1), turned);
  }

  /** How far a window can be moved. */
  private static int rest(int size, int padding, int kernel, int dilation) {
    return size + padding - (kernel - 1) * dilation - 1;
  }

  private float[][] play(float[][] values, Kernels kernels, Workers workers) {
    Tape tape = new Tape();
    List<Var> inputs = new ArrayList<>();
    inputs.add(tape.input("x", x()));
    inputs.add(tape.constant("w", w()));
    if (bias) {
      inputs.add(tape.constant("b", Shape.of(outChannels())));
    }
    Var y = record(inputs);
    Program program =
        tape.compile(
            CompileOptions.of(y.apply(new Projection(values[2])))
                .keep(y)
                .keepGradients(inputs)
                .kernels(kernels)
                .workers(workers));
    program.input(inputs.get(0)).set(values[0]);
    program.input(inputs.get(1)).set(values[1]);
    if (bias) {
      program.input(inputs.get(2)).set(values[3]);
    }
    program.forward();
    program.backward();
    float[][] results = new float[1 + inputs.size()][];
    results[0] = program.value(y).toArray();
    for (int i = 0; i < inputs.size(); i++) {
      results[1 + i] = program.gradient(inputs.get(i)).toArray();
    }
    return results;
  }

  /** The same in double precision, of the values or of their sizes. */
  private double[][] naive(float[][] values, boolean absolute) {
    double[][] v = new double[4][];
    for (int i = 0; i < 4; i++) {
      float[] from = values[i];
      v[i] = new double[from.length];
      Arrays.setAll(v[i], j -> absolute ? Math.abs(from[j]) : from[j]);
    }
    double[] offset = bias ? v[3] : new double[outChannels()];
    double[][] all = {
      transposed
          ? NaiveConv.transposed(v[0], v[1], offset, geometry, batch)
          : NaiveConv.forward(v[0], v[1], offset, geometry, batch),
      transposed
          ? NaiveConv.forward(v[2], v[1], null, geometry, batch)
          : NaiveConv.gradInput(v[2], v[1], geometry, batch),
      transposed
          ? NaiveConv.gradWeight(v[0], v[2], geometry, batch)
          : NaiveConv.gradWeight(v[2], v[0], geometry, batch),
      NaiveConv.gradBias(v[2], outChannels())
    };
    return bias ? all : Arrays.copyOf(all, 3);
  }
}
