package dev.tapewise.autodiff.op;

import dev.tapewise.core.Philox;
import dev.tapewise.core.kernel.Kernels;
import java.util.Arrays;
import java.util.List;

/**
 * How far an op is from its definition in double precision on one sample.
 *
 * @param forward the largest error of the output, relative to its largest element
 * @param forwardAt where, in words
 * @param gradients per input, the largest error of an element, relative to the input's largest
 *     gradient; NaN where there is no gradient
 * @param gradientsAt where, in words
 * @param compared elements of gradients that were compared
 * @param rejected elements that were not, since a kink of the definition is near
 */
record OpErrors(
    double forward,
    String forwardAt,
    double[] gradients,
    List<String> gradientsAt,
    int compared,
    int rejected) {

  /**
   * Of the largest gradient of all inputs, the least that an input's errors are measured by: what
   * cancels, as batch norm's gradient does, has no relative error of its own.
   */
  private static final double SMALLEST_SHARE = 0.1;

  /** The least in any case: a probability less 1, say, has the rounding of 1. */
  private static final double SMALLEST_SCALE = 1e-2;

  /** The least that an output's error is measured by: inputs are of the order of 1, sums cancel. */
  private static final double SMALLEST_OUTPUT = 0.1;

  private static final double STEP = 1e-4;

  /**
   * Compares the whole output, and of every gradient up to {@code most} elements, ends included.
   */
  static OpErrors measure(OpSample sample, Kernels kernels, int most, long seed) {
    return new Measurement(sample, kernels).measure(most, seed);
  }

  private static final class Measurement {
    private final OpSample sample;
    private final OpPlay.Result result;
    private final double[][] at;
    private final float[] weights;
    private int compared;
    private int rejected;

    Measurement(OpSample sample, Kernels kernels) {
      this.sample = sample;
      result = new OpPlay(sample).kernels(kernels).run();
      weights = OpPlay.projection(result.output().length, 0);
      at = doubles(sample);
    }

    OpErrors measure(int most, long seed) {
      double[] expected = sample.reference().forward(at);
      if (expected.length != result.output().length) {
        throw new AssertionError(
            "the output has %d elements, its definition %d"
                .formatted(result.output().length, expected.length));
      }
      Worst forward = new Worst(scale(expected, SMALLEST_OUTPUT));
      for (int i = 0; i < expected.length; i++) {
        forward.add(i, result.output()[i], expected[i]);
      }
      double[] errors = new double[at.length];
      String[] where = new String[at.length];
      for (int input = 0; input < at.length; input++) {
        errors[input] = Double.NaN;
        where[input] = "";
        if (sample.inputs().get(input).differentiable()) {
          Worst worst = gradient(input, chosen(at[input].length, most, seed + input));
          errors[input] = worst.error;
          where[input] = worst.where;
        }
      }
      return new OpErrors(forward.error, forward.where, errors, List.of(where), compared, rejected);
    }

    private Worst gradient(int input, int[] elements) {
      float[] gradient = result.gradients().get(input);
      double[] wide = new double[gradient.length];
      Arrays.setAll(wide, i -> gradient[i]);
      Worst worst = new Worst(scale(wide, Math.max(SMALLEST_SCALE, SMALLEST_SHARE * largest())));
      for (int i : elements) {
        double slope = slope(input, i, STEP);
        double finer = slope(input, i, STEP / 4);
        if (Math.abs(slope - finer) > 1e-7 * Math.max(1, Math.abs(finer))) {
          rejected++;
          continue;
        }
        compared++;
        worst.add(i, gradient[i], finer);
      }
      return worst;
    }

    private double largest() {
      double largest = 0;
      for (float[] gradient : result.gradients()) {
        for (float g : gradient) {
          largest = Math.max(largest, Math.abs(g));
        }
      }
      return largest;
    }

    /** By differences of fourth order: their own error is far below that of float32. */
    private double slope(int input, int element, double h) {
      double near = projected(input, element, h) - projected(input, element, -h);
      double far = projected(input, element, 2 * h) - projected(input, element, -2 * h);
      return (8 * near - far) / (12 * h);
    }

    private double projected(int input, int element, double by) {
      double old = at[input][element];
      at[input][element] = old + by;
      double[] y = sample.reference().forward(at);
      at[input][element] = old;
      double sum = 0;
      for (int i = 0; i < y.length; i++) {
        sum += weights[i] * y[i];
      }
      return sum;
    }
  }

  static double[][] doubles(OpSample sample) {
    double[][] all = new double[sample.inputs().size()][];
    for (int i = 0; i < all.length; i++) {
      float[] v = sample.inputs().get(i).values();
      all[i] = new double[v.length];
      Arrays.setAll(all[i], j -> v[j]);
    }
    return all;
  }

  private static double scale(double[] values, double smallest) {
    double largest = smallest;
    for (double v : values) {
      largest = Math.max(largest, Math.abs(v));
    }
    return largest;
  }

  /** The first and the last element (corner taps among them) and random ones between. */
  private static int[] chosen(int count, int most, long seed) {
    int[] elements = new int[Math.min(count, most)];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = count <= most ? i : (int) ((Philox.bits(seed, 2000, 0, i) >>> 1) % count);
    }
    if (elements.length > 0) {
      elements[0] = 0;
      elements[elements.length - 1] = count - 1;
    }
    return elements;
  }

  private static final class Worst {
    private final double scale;
    private double error;
    private String where = "no element";

    Worst(double scale) {
      this.scale = scale;
    }

    void add(int element, double actual, double expected) {
      double e = Math.abs(actual - expected) / scale;
      if (!(e <= error)) {
        error = e;
        where = "element %d is %s, expected %s".formatted(element, actual, expected);
      }
    }
  }
}
