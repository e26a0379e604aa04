package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.Scratch;
import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.kernel.Convolution;
import dev.tapewise.core.kernel.FinishedRows;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Reading;
import dev.tapewise.core.kernel.assembled.Ahead;
import dev.tapewise.core.kernel.assembled.AssembledRows;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Depthwise convolution: any kernel size, stride, dilation and padding, one output channel per
 * input channel. Lanes are channels.
 *
 * <p>Each row is read once, transformed by {@link RowStaging} on the way into a {@link RowRing} in
 * scratch, and used by every kernel row that meets it; {@link DepthwiseRaw} reads raw rows where
 * they lie. Kernels of 3×3 with an undilated width and a width stride of 1 or 2 have loops of their
 * own ({@link DepthwiseRows}, {@link DepthwiseStride2Rows}, {@link DepthwiseGradientRows}); {@link
 * DepthwiseTaps} does all others. Where assembled code is to be had and {@link AssembledRows#knows}
 * a kernel, it does the rows instead.
 *
 * <p>Where channels do not fill whole vectors, or results are added, output rows pass through a row
 * in scratch.
 */
final class VectorDepthwise implements Convolution {
  private static final int L = Lanes.COUNT;

  private final DepthwisePlan plan;
  private final DepthwiseBackward backward;
  private final int[] inOrder;

  /** Does the rows of the forward pass; null where those of the Vector API do. */
  private final @Nullable AssembledRows assembled;

  /**
   * The convolution of one geometry, whose {@link ConvGeometry#isDepthwise} must hold.
   *
   * @param assembled does the rows, or null for those of the Vector API
   */
  VectorDepthwise(ConvGeometry geometry, @Nullable AssembledRows assembled) {
    if (!geometry.isDepthwise()) {
      throw new IllegalArgumentException("not a depthwise convolution: " + geometry);
    }
    plan = new DepthwisePlan(geometry, assembled);
    backward = new DepthwiseBackward(plan);
    boolean known =
        geometry.dilationWidth() == 1
            && AssembledRows.knows(geometry.kernelWidth(), geometry.strideWidth());
    this.assembled = known ? assembled : null;
    inOrder = new int[plan.taps];
    Arrays.setAll(inOrder, t -> t);
  }

  @Override
  public int packedSize() {
    return plan.taps * plan.padded;
  }

  @Override
  public void pack(float[] packed, int packedOffset, float[] w, int wOffset) {
    plan.pack(packed, packedOffset, w, wOffset, inOrder);
  }

  @Override
  public int packedBackwardSize() {
    return plan.taps * plan.padded;
  }

  @Override
  public void packBackward(float[] packed, int packedOffset, float[] w, int wOffset) {
    plan.pack(packed, packedOffset, w, wOffset, backward.order);
  }

  @Override
  public int partialSize() {
    return plan.nines * DepthwisePlan.NINE * plan.padded;
  }

  @Override
  public void unpackPartial(
      float[] dw, int dwOffset, boolean add, float[] partial, int partialOffset) {
    DepthwisePlan.unpackPartial(
        dw, dwOffset, add, partial, partialOffset, plan.taps, plan.channels, plan.padded);
  }

  @Override
  public int scratchFloats() {
    return Scratch.roundUp(plan.input.size())
        + Scratch.roundUp(plan.gradient.size())
        + (plan.raw == null ? 0 : plan.raw.scratchFloats())
        + Scratch.roundUp(plan.padded)
        + Scratch.roundUp(Math.max(plan.outWidth, plan.width) * plan.padded);
  }

  @Override
  public int scratchInts() {
    return AssembledRows.ARGUMENTS
        + 2 * Ahead.INTS
        + Math.max(plan.geometry.kernelHeight(), plan.nines * DepthwisePlan.NINE);
  }

  @Override
  public void forward(
      float[] y,
      int yOffset,
      Reading x,
      int fromImage,
      int toImage,
      float[] packed,
      int packedOffset,
      float @Nullable [] bias,
      int biasOffset,
      int fromRow,
      int toRow,
      FinishedRows finished,
      Scratch scratch) {
    int mark = scratch.mark();
    int intMark = scratch.intMark();
    float[] floats = scratch.floats();
    DepthwiseRaw raw = plan.raw != null && plan.raw.outputs(x) ? plan.raw : null;
    int zeros = raw == null ? 0 : raw.takeZeros(scratch);
    int ring = raw == null ? scratch.take(plan.input.size()) : 0;
    if (raw == null) {
      plan.input.clear(floats, ring);
    }
    float[] start = floats;
    int startAt;
    if (bias == null || plan.tail || assembled != null) { // assembled rows want it beside the ring
      startAt = plan.paddedBias(bias, biasOffset, scratch);
    } else {
      start = bias;
      startAt = biasOffset;
    }
    int row = plan.tail ? scratch.take(plan.outWidth * plan.padded) : 0;
    int rowSize = plan.outWidth * plan.channels;
    int ahead = scratch.takeInts(Ahead.INTS);
    long turns = AssembledRows.turns(plan.outWidth, plan.padded / L, plan.geometry.kernelHeight());
    for (int image = fromImage; image < toImage; image++) {
      int imageAt = yOffset + (image - fromImage) * plan.geometry.outSize();
      int staged = 0;
      for (int oh = fromRow; oh < toRow; oh++) {
        int yAt = imageAt + oh * rowSize;
        if (raw != null) {
          staged = plan.reached(staged, oh);
          raw.output(y, yAt, x, image, oh, staged, packed, packedOffset, startAt, zeros, scratch);
          finished.finished(image, oh, oh + 1);
          continue;
        }
        staged = plan.stageInput(ring, x, image, staged, oh, scratch);
        plan.inputAhead(scratch.ints(), ahead, x, image, staged, turns);
        if (plan.tail) {
          row(
              floats,
              row,
              plan.padded,
              ring,
              oh,
              packed,
              packedOffset,
              start,
              startAt,
              x.data(),
              ahead,
              scratch);
          plan.copyPixels(y, yAt, floats, row, plan.outWidth);
        } else {
          row(
              y,
              yAt,
              plan.channels,
              ring,
              oh,
              packed,
              packedOffset,
              start,
              startAt,
              x.data(),
              ahead,
              scratch);
        }
        finished.finished(image, oh, oh + 1);
      }
    }
    scratch.release(mark, intMark);
  }

  /** One output row, pixels {@code yStep} apart; {@code fetched} is what {@link Ahead} is about. */
  private void row(
      float[] y,
      int yAt,
      int yStep,
      int ring,
      int oh,
      float[] w,
      int wAt,
      float[] bias,
      int biasAt,
      float[] fetched,
      int ahead,
      Scratch scratch) {
    float[] floats = scratch.floats();
    int step = plan.input.blockStep;
    int columns = plan.outWidth;
    if (assembled != null) {
      assembledRow(assembled, y, yAt, yStep, ring, oh, w, wAt, biasAt, fetched, ahead, scratch);
    } else if (plan.threeByThree && columns >= 4) {
      int ih = plan.top(oh);
      int row0 = plan.input.row(ring, ih);
      int row1 = plan.input.row(ring, ih + plan.dilationHeight);
      int row2 = plan.input.row(ring, ih + 2 * plan.dilationHeight);
      if (plan.strideWidth == 1) {
        DepthwiseRows.row(
            y,
            yAt,
            yStep,
            columns,
            floats,
            row0,
            row1,
            row2,
            step,
            w,
            wAt,
            bias,
            biasAt,
            plan.padded);
      } else {
        DepthwiseStride2Rows.row(
            y,
            yAt,
            yStep,
            columns,
            floats,
            row0,
            row1,
            row2,
            step,
            w,
            wAt,
            bias,
            biasAt,
            plan.padded);
      }
    } else {
      int intMark = scratch.intMark();
      int offsets = scratch.takeInts(plan.taps);
      plan.tapOffsets(scratch.ints(), offsets, ring, oh);
      DepthwiseTaps.row(
          y,
          yAt,
          yStep,
          columns,
          floats,
          plan.strideWidth,
          step,
          scratch.ints(),
          offsets,
          inOrder,
          plan.taps,
          w,
          wAt,
          plan.taps * L,
          bias,
          biasAt,
          plan.padded);
      scratch.release(scratch.mark(), intMark);
    }
  }

  private void assembledRow(
      AssembledRows assembled,
      float[] y,
      int yAt,
      int yStep,
      int ring,
      int oh,
      float[] w,
      int wAt,
      int bias,
      float[] fetched,
      int ahead,
      Scratch scratch) {
    int intMark = scratch.intMark();
    int[] ints = scratch.ints();
    int kernelHeight = plan.geometry.kernelHeight();
    int at = scratch.takeInts(AssembledRows.ARGUMENTS + kernelHeight);
    for (int kh = 0; kh < kernelHeight; kh++) {
      ints[at + AssembledRows.ARGUMENTS + kh] =
          plan.input.row(ring, plan.top(oh) + kh * plan.dilationHeight);
    }
    assembled.row(
        y,
        yAt,
        yStep,
        plan.outWidth,
        scratch.floats(),
        plan.strideWidth,
        plan.input.blockStep,
        plan.padded / L,
        w,
        wAt,
        plan.taps * L,
        bias,
        fetched,
        ahead,
        ints,
        at,
        kernelHeight,
        plan.geometry.kernelWidth());
    scratch.release(scratch.mark(), intMark);
  }

  @Override
  public void backward(
      float @Nullable [] dx,
      int dxOffset,
      boolean add,
      float @Nullable [] partial,
      int partialOffset,
      Reading x,
      GradientReading dy,
      int fromImage,
      int toImage,
      float[] packedBackward,
      int packedOffset,
      int fromInputRow,
      int toInputRow,
      int fromOutputRow,
      int toOutputRow,
      FinishedRows finished,
      Scratch scratch) {
    backward.run(
        dx,
        dxOffset,
        add,
        partial,
        partialOffset,
        x,
        dy,
        fromImage,
        toImage,
        packedBackward,
        packedOffset,
        fromInputRow,
        toInputRow,
        fromOutputRow,
        toOutputRow,
        finished,
        scratch);
  }
}
