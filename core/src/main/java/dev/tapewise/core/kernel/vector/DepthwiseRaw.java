package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.Scratch;
import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Reading;
import dev.tapewise.core.kernel.assembled.AssembledRows;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a depthwise convolution that assembled code computes from raw pixels where they lie,
 * without a {@link RowRing}: channels in whole vectors, an undilated width, and no more zeros on a
 * side than half of the kernel.
 *
 * <p>Not where all that columns side by side read lies {@link DepthwisePlan#inOneSet}: 28×28×1024
 * takes 1.2 to 1.4 times as long as from a ring.
 */
final class DepthwiseRaw {
  private static final int L = Lanes.COUNT;

  private final AssembledRows code;
  private final DepthwisePlan plan;
  private final boolean outputs;
  private final boolean weights;
  private final boolean inputs;

  /** Zeros on the left of a row of the gradient. */
  private final int gradientLeft;

  /** Zeros that the code reads instead of pixels outside the image. */
  private final int zeros;

  private DepthwiseRaw(DepthwisePlan plan, AssembledRows code) {
    this.code = code;
    this.plan = plan;
    ConvGeometry g = plan.geometry;
    int kernel = g.kernelWidth();
    gradientLeft = kernel - 1 - g.padLeft();
    outputs = reads(plan.outWidth, plan.strideWidth, g.padLeft(), plan.width);
    weights = outputs && plan.threeByThree;
    inputs = plan.strideWidth == 1 && reads(plan.width, 1, gradientLeft, plan.outWidth);
    int most = 0;
    if (outputs) {
      most = code.rawZeros(plan.outWidth, kernel, plan.strideWidth, plan.channels);
    }
    if (weights) {
      most = Math.max(most, code.rawWeightZeros(plan.outWidth, plan.strideWidth, plan.channels));
    }
    if (inputs) {
      most = Math.max(most, code.rawZeros(plan.width, kernel, 1, plan.channels));
    }
    zeros = most;
  }

  /** What reads raw pixels, or null where nothing does. */
  static @Nullable DepthwiseRaw of(DepthwisePlan plan, @Nullable AssembledRows code) {
    boolean fits = !plan.tail && plan.geometry.dilationWidth() == 1 && !plan.inOneSet;
    return code == null || !fits ? null : new DepthwiseRaw(plan, code);
  }

  /** Whether {@code columns} are known of a row of {@code width} pixels behind {@code left}. */
  private boolean reads(int columns, int step, int left, int width) {
    int kernel = plan.geometry.kernelWidth();
    int right = (columns - 1) * step + kernel - left - width;
    return AssembledRows.knowsRaw(kernel, step) && left >= 0 && Math.max(left, right) <= kernel / 2;
  }

  /** Whether {@link #output} reads such an input. */
  boolean outputs(Reading x) {
    return outputs && x.isRaw();
  }

  /** Whether {@link #weights} reads such an input. */
  boolean weights(Reading x) {
    return weights && x.isRaw();
  }

  /** Whether {@link #input} reads such a gradient. */
  boolean inputs(GradientReading dy) {
    return inputs && dy.isRaw();
  }

  int scratchFloats() {
    return Scratch.roundUp(zeros);
  }

  /** Takes the zeros that every row needs; returns where in scratch. */
  int takeZeros(Scratch scratch) {
    int at = scratch.take(zeros);
    Arrays.fill(scratch.floats(), at, at + zeros, 0f);
    return at;
  }

  /** Where a row of the input starts, −1 for one outside. */
  private int row(Reading x, int image, int row) {
    return row < 0 || row >= plan.height ? -1 : x.offset() + plan.input.place(image, row);
  }

  /** Where a row of the output's gradient starts, −1 for one outside. */
  private int row(GradientReading dy, int image, int row) {
    return row < 0 || row >= plan.outHeight ? -1 : dy.offset() + plan.gradient.place(image, row);
  }

  /** Notes the rows of the input that an output row meets. */
  private int takeRows(Reading x, int image, int oh, Scratch scratch) {
    int kernelHeight = plan.geometry.kernelHeight();
    int at = scratch.takeInts(AssembledRows.ARGUMENTS + kernelHeight);
    int rows = at + AssembledRows.ARGUMENTS;
    for (int kh = 0; kh < kernelHeight; kh++) {
      scratch.ints()[rows + kh] = row(x, image, plan.top(oh) + kh * plan.dilationHeight);
    }
    return at;
  }

  /**
   * An output row.
   *
   * @param next the row of the input that the next output row is the first to read
   * @param bias where it lies in scratch
   */
  void output(
      float[] y,
      int yAt,
      Reading x,
      int image,
      int oh,
      int next,
      float[] w,
      int wAt,
      int bias,
      int zeros,
      Scratch scratch) {
    int intMark = scratch.intMark();
    int at = takeRows(x, image, oh, scratch);
    code.rawRow(
        y,
        yAt,
        plan.outWidth,
        x.data(),
        plan.channels,
        plan.strideWidth,
        plan.geometry.padLeft(),
        plan.width,
        plan.padded / L,
        w,
        wAt,
        plan.taps * L,
        scratch.floats(),
        bias,
        zeros,
        x.offset() + plan.input.place(image, next),
        scratch.ints(),
        at,
        plan.geometry.kernelHeight(),
        plan.geometry.kernelWidth());
    scratch.release(scratch.mark(), intMark);
  }

  /**
   * Adds the products of an output row to a partial weight gradient.
   *
   * @param dz holds the row's gradient, columns {@code dzStep} and blocks {@code dzBlockStep} apart
   * @param next as for {@link #output}
   */
  void weights(
      float[] partial,
      int partialAt,
      Reading x,
      int image,
      int oh,
      int next,
      float[] dz,
      int dzAt,
      int dzStep,
      int dzBlockStep,
      int zeros,
      Scratch scratch) {
    int intMark = scratch.intMark();
    int at = takeRows(x, image, oh, scratch);
    code.rawWeights(
        partial,
        partialAt,
        x.data(),
        plan.channels,
        plan.strideWidth,
        plan.geometry.padLeft(),
        plan.width,
        dz,
        dzAt,
        dzStep,
        dzBlockStep,
        plan.outWidth,
        plan.padded / L,
        scratch.floats(),
        zeros,
        x.offset() + plan.input.place(image, next),
        scratch.ints(),
        at);
    scratch.release(scratch.mark(), intMark);
  }

  /**
   * A row of the input's gradient.
   *
   * @param kernelRows the kernel's rows that the row meets, last first
   * @param zero where a bias of zeros lies in scratch
   */
  void input(
      float[] dx,
      int dxAt,
      GradientReading dy,
      int image,
      int ih,
      int[] kernelRows,
      float[] w,
      int wAt,
      int zero,
      int zeros,
      Scratch scratch) {
    int intMark = scratch.intMark();
    int[] ints = scratch.ints();
    int at = scratch.takeInts(AssembledRows.ARGUMENTS + kernelRows.length);
    int next = 0;
    for (int k = 0; k < kernelRows.length; k++) {
      int reach = ih + plan.padTop - kernelRows[k] * plan.dilationHeight;
      int oh = Math.floorDiv(reach, plan.strideHeight);
      ints[at + AssembledRows.ARGUMENTS + k] = row(dy, image, oh);
      next = Math.max(next, oh + 1);
    }
    code.rawRow(
        dx,
        dxAt,
        plan.width,
        dy.data(),
        plan.channels,
        1,
        gradientLeft,
        plan.outWidth,
        plan.padded / L,
        w,
        wAt,
        plan.taps * L,
        scratch.floats(),
        zero,
        zeros,
        dy.offset() + plan.gradient.place(image, next),
        ints,
        at,
        kernelRows.length,
        plan.geometry.kernelWidth());
    scratch.release(scratch.mark(), intMark);
  }
}
