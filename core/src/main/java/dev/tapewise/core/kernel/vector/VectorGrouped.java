package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.Scratch;
import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.kernel.Convolution;
import dev.tapewise.core.kernel.FinishedRows;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Reading;
import dev.tapewise.core.kernel.Staging;
import dev.tapewise.core.kernel.assembled.Ahead;
import dev.tapewise.core.kernel.assembled.AssembledRows;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions in groups of few channels, channel multipliers among them, as depthwise ones with
 * more taps: {@link GroupedStaging} spreads the channels that a group reads over planes, and the
 * loops of {@link DepthwiseTaps} do all three passes (the input gradient with the roles of input
 * and output channels swapped). Where assembled code is to be had, it does the rows whose taps lie
 * side by side and which {@link AssembledRows#knows}, and the weight gradients of width strides
 * that it knows.
 *
 * <p>Packed weights are {@code [block of written channels][kernel tap][channel read][L]}, a partial
 * weight gradient is {@code [nine taps][block of output channels][9][L]}, where a tap is a kernel
 * tap and an input channel of the group.
 *
 * <p>Where channels do not fill whole vectors, or results are added, rows pass through a padded row
 * in scratch.
 */
final class VectorGrouped implements Convolution {
  private static final int L = Lanes.COUNT;
  private static final int NINE = 9;

  private final ConvGeometry g;
  private final Staging staging;
  private final int inPerGroup;
  private final int inChannels;
  private final int outChannels;
  private final int paddedOut;
  private final int outWidth;
  private final int taps;
  private final int nines;
  private final boolean threeByThree;

  /** Does the output rows; null where those of the Vector API do. */
  private final @Nullable AssembledRows assembledForward;

  /** Does the weight gradients. */
  private final @Nullable AssembledRows assembledWeights;

  private final AxisWindow rows;
  private final AxisWindow columns;
  private final GroupedStaging input;

  /** Vectors in the ring from one output column to the next. */
  private final int xStep;

  private final int[] tapIndex;

  private final GroupedInputGradient inputGradient;
  private final BlockStaging gradientStaging;
  private final int gradientBlockStep;

  /**
   * The convolution of one geometry.
   *
   * @param assembled does rows, or null for those of the Vector API
   */
  VectorGrouped(ConvGeometry geometry, Staging staging, @Nullable AssembledRows assembled) {
    g = geometry;
    this.staging = staging;
    inPerGroup = g.inPerGroup();
    inChannels = g.inChannels();
    outChannels = g.outChannels();
    paddedOut = (outChannels + L - 1) / L * L;
    outWidth = g.outWidth();
    taps = g.taps() * inPerGroup;
    nines = (taps + NINE - 1) / NINE;
    threeByThree =
        inPerGroup == 1
            && g.kernelHeight() == 3
            && g.kernelWidth() == 3
            && g.strideWidth() == 1
            && g.dilationWidth() == 1
            && outWidth >= 4;
    boolean sideBySide = g.strideWidth() * inPerGroup <= AssembledRows.WIDEST_STEP;
    boolean known =
        sideBySide
            && g.dilationWidth() == 1
            && AssembledRows.knows(g.kernelWidth() * inPerGroup, g.strideWidth() * inPerGroup);
    assembledForward = known ? assembled : null;
    assembledWeights = g.strideWidth() <= AssembledRows.WIDEST_STEP ? assembled : null;

    rows =
        AxisWindow.forward(
            g.outHeight(), g.strideHeight(), g.padTop(), g.dilationHeight(), g.kernelHeight());
    columns =
        AxisWindow.forward(
            outWidth, g.strideWidth(), g.padLeft(), g.dilationWidth(), g.kernelWidth());
    input =
        new GroupedStaging(
            g.height(),
            rows.span(),
            g.width(),
            columns.before(),
            columns.before() + columns.end(g.width()),
            g.groups(),
            inPerGroup,
            g.outPerGroup(),
            sideBySide);
    xStep = g.strideWidth() * input.columnStep / L;
    tapIndex = new int[taps];
    Arrays.setAll(tapIndex, t -> t);

    inputGradient = new GroupedInputGradient(g, staging, assembled);
    gradientStaging = new BlockStaging(assembled);
    // An odd number of cache lines, as for the planes of staged rows.
    gradientBlockStep = ((outWidth * L + 15) / 16 | 1) * 16;
  }

  @Override
  public int packedSize() {
    return Math.multiplyExact(taps, paddedOut);
  }

  @Override
  public void pack(float[] packed, int packedOffset, float[] w, int wOffset) {
    DepthwisePlan.pack(packed, packedOffset, w, wOffset, tapIndex, outChannels, paddedOut);
  }

  @Override
  public int packedBackwardSize() {
    return inputGradient.packedSize();
  }

  @Override
  public void packBackward(float[] packed, int packedOffset, float[] w, int wOffset) {
    inputGradient.pack(packed, packedOffset, w, wOffset);
  }

  @Override
  public int partialSize() {
    return Math.multiplyExact(nines * NINE, paddedOut);
  }

  @Override
  public void unpackPartial(
      float[] dw, int dwOffset, boolean add, float[] partial, int partialOffset) {
    DepthwisePlan.unpackPartial(
        dw, dwOffset, add, partial, partialOffset, taps, outChannels, paddedOut);
  }

  @Override
  public int scratchFloats() {
    int source = Scratch.roundUp(input.sourceSize());
    int forward =
        Scratch.roundUp(input.size())
            + source
            + Scratch.roundUp(paddedOut)
            + Scratch.roundUp(outWidth * paddedOut);
    int weights =
        Scratch.roundUp(input.size()) + source + Scratch.roundUp(paddedOut / L * gradientBlockStep);
    return Math.max(forward, Math.max(weights, inputGradient.scratchFloats()));
  }

  @Override
  public int scratchInts() {
    int call = AssembledRows.ARGUMENTS + Ahead.INTS;
    int weights = nines * NINE + call + BlockStaging.scratchInts();
    int forward = Ahead.INTS + Math.max(2 * taps, AssembledRows.ARGUMENTS + g.kernelHeight());
    return Math.max(Math.max(forward, weights), inputGradient.scratchInts());
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
    int ring = scratch.take(input.size());
    int source = scratch.take(input.sourceSize());
    int start = scratch.take(paddedOut);
    boolean tail = paddedOut != outChannels;
    int padded = tail ? scratch.take(outWidth * paddedOut) : 0;
    Arrays.fill(floats, start, start + paddedOut, 0f);
    if (bias != null) {
      System.arraycopy(bias, biasOffset, floats, start, outChannels);
    }
    input.clear(floats, ring);
    int ahead = scratch.takeInts(Ahead.INTS);
    long turns = AssembledRows.turns(outWidth, paddedOut / L, g.kernelHeight());
    for (int image = fromImage; image < toImage; image++) {
      int imageAt = yOffset + (image - fromImage) * g.outSize();
      int staged = 0;
      for (int oh = fromRow; oh < toRow; oh++) {
        staged = stageInput(floats, ring, source, x, image, staged, oh);
        inputAhead(scratch.ints(), ahead, x, image, staged, turns);
        int at = imageAt + oh * outWidth * outChannels;
        row(
            tail ? floats : y,
            tail ? padded : at,
            ring,
            oh,
            packed,
            packedOffset,
            start,
            x.data(),
            ahead,
            scratch);
        if (tail) {
          for (int j = 0; j < outWidth; j++) {
            System.arraycopy(floats, padded + j * paddedOut, y, at + j * outChannels, outChannels);
          }
        }
        finished.finished(image, oh, oh + 1);
      }
    }
    scratch.release(mark, intMark);
  }

  /** Says that the rows which the next output row adds are fetched. */
  private void inputAhead(int[] ints, int at, Reading x, int image, int staged, long turns) {
    int rowSize = g.width() * inChannels;
    int first = x.offset() + (image * g.height() + staged) * rowSize;
    Ahead.stretch(ints, at, first, g.strideHeight() * rowSize, turns);
  }

  /**
   * One output row, its channels in whole vectors; {@code fetched} is what {@link Ahead} is about.
   */
  private void row(
      float[] y,
      int yAt,
      int ring,
      int oh,
      float[] packed,
      int packedOffset,
      int bias,
      float[] fetched,
      int ahead,
      Scratch scratch) {
    if (assembledForward != null) {
      assembledRow(
          assembledForward, y, yAt, ring, oh, packed, packedOffset, bias, fetched, ahead, scratch);
      return;
    }
    float[] floats = scratch.floats();
    int intMark = scratch.intMark();
    int offsets = scratch.takeInts(2 * taps);
    int[] ints = scratch.ints();
    forwardOffsets(ints, offsets, ring, oh);
    if (threeByThree) {
      DepthwiseRows.row(
          y,
          yAt,
          paddedOut,
          outWidth,
          floats,
          ints[offsets],
          ints[offsets + 3],
          ints[offsets + 6],
          input.blockStep,
          packed,
          packedOffset,
          floats,
          bias,
          paddedOut);
    } else {
      GroupedInputGradient.outputs(
          y,
          yAt,
          paddedOut,
          outWidth,
          floats,
          xStep,
          input.blockStep,
          ints,
          offsets,
          tapIndex,
          packed,
          packedOffset,
          taps,
          bias,
          paddedOut);
    }
    scratch.release(scratch.mark(), intMark);
  }

  private void assembledRow(
      AssembledRows assembled,
      float[] y,
      int yAt,
      int ring,
      int oh,
      float[] packed,
      int packedOffset,
      int bias,
      float[] fetched,
      int ahead,
      Scratch scratch) {
    int intMark = scratch.intMark();
    int[] ints = scratch.ints();
    int kernelHeight = g.kernelHeight();
    int at = scratch.takeInts(AssembledRows.ARGUMENTS + kernelHeight);
    for (int kh = 0; kh < kernelHeight; kh++) {
      ints[at + AssembledRows.ARGUMENTS + kh] = firstTap(ring, oh, kh);
    }
    assembled.row(
        y,
        yAt,
        paddedOut,
        outWidth,
        scratch.floats(),
        xStep,
        input.blockStep,
        paddedOut / L,
        packed,
        packedOffset,
        taps * L,
        bias,
        fetched,
        ahead,
        ints,
        at,
        kernelHeight,
        g.kernelWidth() * inPerGroup);
    scratch.release(scratch.mark(), intMark);
  }

  /** Where the first tap of a kernel row lies for the first output column of a row. */
  private int firstTap(int ring, int oh, int kh) {
    int row = input.row(ring, rows.first(oh) + kh * rows.tapStep());
    return row + (input.left + columns.start()) * input.columnStep;
  }

  /** Stages the input rows that an output row needs; returns the end of the staged ones. */
  private int stageInput(
      float[] floats, int ring, int source, Reading x, int image, int stagedBefore, int oh) {
    int staged = Math.max(stagedBefore, rows.first(oh));
    for (int end = Math.min(g.height(), rows.last(oh) + 1); staged < end; staged++) {
      int pixel = (image * g.height() + staged) * g.width();
      int at = x.offset() + pixel * inChannels;
      if (x.isRaw() && at + input.sourceSize() <= x.data().length) {
        input.expand(floats, ring, staged, x.data(), at);
      } else {
        staging.rows(floats, source, x, pixel, g.width(), inChannels);
        input.expand(floats, ring, staged, floats, source);
      }
    }
    return staged;
  }

  /** Where the taps of the first output column of a row lie. */
  private void forwardOffsets(int[] ints, int offsets, int ring, int oh) {
    int n = offsets;
    for (int kh = 0; kh < g.kernelHeight(); kh++) {
      int first = firstTap(ring, oh, kh);
      for (int kw = 0; kw < g.kernelWidth(); kw++) {
        int at = first + kw * columns.tapStep() * input.columnStep;
        for (int i = 0; i < inPerGroup; i++) {
          ints[n++] = at + i * input.planeStep;
        }
      }
    }
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
    for (int image = fromImage; image < toImage; image++) {
      if (dx != null) {
        inputGradient.run(
            dx,
            dxOffset + (image - fromImage) * g.inSize(),
            add,
            dy,
            image,
            packedBackward,
            packedOffset,
            fromInputRow,
            toInputRow,
            scratch);
        finished.finished(image, fromInputRow, toInputRow);
      }
      if (partial != null) {
        weightGradient(partial, partialOffset, x, dy, image, fromOutputRow, toOutputRow, scratch);
      }
    }
  }

  private void weightGradient(
      float[] partial,
      int partialOffset,
      Reading x,
      GradientReading dy,
      int image,
      int fromRow,
      int toRow,
      Scratch scratch) {
    int mark = scratch.mark();
    int intMark = scratch.intMark();
    float[] floats = scratch.floats();
    boolean inPlace = assembledWeights != null && dy.isRaw() && paddedOut == outChannels;
    int ring = scratch.take(input.size());
    int source = scratch.take(input.sourceSize());
    int dzBlocks = inPlace ? 0 : scratch.take(paddedOut / L * gradientBlockStep);
    int offsets = scratch.takeInts(nines * NINE);
    int arguments = scratch.takeInts(AssembledRows.ARGUMENTS);
    int ahead = scratch.takeInts(Ahead.INTS);
    int[] ints = scratch.ints();
    // Three columns of a kernel row side by side; the spare taps of a last group are not.
    boolean runs =
        input.columnStep == inPerGroup * L
            && g.dilationWidth() == 1
            && g.kernelWidth() * inPerGroup % 3 == 0;
    long turns = runs ? taps / NINE * AssembledRows.weightTurns(outWidth, paddedOut / L) : 0;
    input.clear(floats, ring);
    int staged = 0;
    for (int oh = fromRow; oh < toRow; oh++) {
      staged = stageInput(floats, ring, source, x, image, staged, oh);
      int from = (image * g.outHeight() + oh) * outWidth * outChannels;
      if (!inPlace) {
        gradientStaging.stage(
            dzBlocks, gradientBlockStep, dy, from, outWidth, outChannels, scratch);
      }
      inputAhead(ints, ahead, x, image, staged, turns);
      forwardOffsets(ints, offsets, ring, oh);
      // The last group's spare sums are of any tap; nobody reads them.
      for (int t = taps; t < nines * NINE; t++) {
        ints[offsets + t] = ints[offsets + taps - 1];
      }
      for (int n = 0; n < nines; n++) {
        int nine = partialOffset + n * NINE * paddedOut;
        int tapsAt = offsets + n * NINE;
        if (assembledWeights != null) {
          assembledWeights.nineWeights(
              partial,
              nine,
              floats,
              xStep,
              input.blockStep,
              inPlace ? dy.data() : floats,
              inPlace ? dy.offset() + from : dzBlocks,
              inPlace ? outChannels : L,
              inPlace ? L : gradientBlockStep,
              outWidth,
              paddedOut / L,
              x.data(),
              ahead,
              ints,
              tapsAt,
              arguments);
          continue;
        }
        DepthwiseTaps.nineWeights(
            partial,
            nine,
            floats,
            xStep,
            input.blockStep,
            ints,
            tapsAt,
            dzBlocks,
            gradientBlockStep,
            outWidth,
            paddedOut);
      }
    }
    scratch.release(mark, intMark);
  }
}
