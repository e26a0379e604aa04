package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.Scratch;
import dev.tapewise.core.kernel.FinishedRows;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Reading;
import dev.tapewise.core.kernel.assembled.Ahead;
import dev.tapewise.core.kernel.assembled.AssembledRows;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The backward pass of a {@link VectorDepthwise}: one walk over the rows of the output's gradient,
 * each staged once for both gradients. An input row is written as soon as the last output row that
 * meets it is staged. Assembled code reads a raw gradient where it lies for the weights, and for
 * the input as well where {@link DepthwiseRaw} knows how.
 */
final class DepthwiseBackward {
  private static final int L = Lanes.COUNT;
  private static final int NINE = DepthwisePlan.NINE;

  /** Ways of a first-level cache at most. */
  private static final int MOST_WAYS = 16;

  private final DepthwisePlan plan;
  private final RowRing gradient;
  private final int spanHeight;
  private final int correlationShift;
  private final DepthwisePhases phases;

  /** Pairs of input columns that {@link DepthwiseGradientRows} does, 0 where it does not fit. */
  private final int pairs;

  private final int firstPairColumn;

  /** Does the rows of the input's gradient; null where those of the Vector API do. */
  private final @Nullable AssembledRows assembledInput;

  /**
   * Whether a row of the output's gradient is staged also where only the weights need it: a cache
   * line of it holds vectors of several channel blocks, and all columns of a block lie in one set
   * of a first-level cache, more than any has ways, so that the lines would be fetched again for
   * every block.
   */
  private final boolean crowded;

  /** Does those of the weights' gradient. */
  private final @Nullable AssembledRows assembledWeights;

  /** The order in which the weights are to be packed. */
  final int[] order;

  private final int pairShift;

  DepthwiseBackward(DepthwisePlan plan) {
    this.plan = plan;
    gradient = plan.gradient;
    spanHeight = (plan.geometry.kernelHeight() - 1) * plan.dilationHeight;
    int padLeft = plan.geometry.padLeft();
    correlationShift = (plan.gradientLeft + padLeft - 2) * L;
    phases = new DepthwisePhases(plan.geometry, plan.gradientLeft, plan.correlates);
    boolean known = phases.sideBySide;
    for (int[] offsets : phases.offsets) {
      known &= AssembledRows.knows(offsets.length, 1);
    }
    assembledInput = known ? plan.assembled : null;
    assembledWeights = plan.strideWidth <= AssembledRows.WIDEST_STEP ? plan.assembled : null;
    crowded = L < Lanes.LINE && plan.inOneSet && plan.outWidth > MOST_WAYS;
    order = new int[plan.taps];
    int last = plan.taps - 1;
    Arrays.setAll(
        order, t -> assembledInput != null ? phases.order[t] : plan.correlates ? last - t : t);
    int firstPair = padLeft / 2;
    firstPairColumn = 2 * firstPair + 1 - padLeft;
    pairShift = (plan.gradientLeft + firstPair) * L;
    boolean pairable =
        plan.threeByThree
            && plan.strideHeight == 2
            && plan.strideWidth == 2
            && plan.dilationHeight == 1;
    int possible = Math.max(0, plan.width - firstPairColumn) / 2;
    pairs = pairable && possible >= 4 ? possible : 0;
  }

  /** See {@link dev.tapewise.core.kernel.Convolution#backward}. */
  void run(
      float @Nullable [] dx,
      int dxOffset,
      boolean add,
      float @Nullable [] partial,
      int partialOffset,
      Reading x,
      GradientReading dy,
      int fromImage,
      int toImage,
      float[] w,
      int wAt,
      int fromInputRow,
      int toInputRow,
      int fromOutputRow,
      int toOutputRow,
      FinishedRows finished,
      Scratch scratch) {
    int mark = scratch.mark();
    int intMark = scratch.intMark();
    float[] floats = scratch.floats();
    DepthwiseRaw raw = plan.raw;
    DepthwiseRaw rawWeights = partial != null && raw != null && raw.weights(x) ? raw : null;
    DepthwiseRaw rawInputs = dx != null && raw != null && raw.inputs(dy) ? raw : null;
    DepthwiseRaw any = rawWeights == null ? rawInputs : rawWeights;
    int zeros = any == null ? 0 : any.takeZeros(scratch);
    boolean inPlace =
        rawInputs != null
            || (dx == null && assembledWeights != null && dy.isRaw() && !plan.tail && !crowded);
    int dzRing = inPlace ? 0 : scratch.take(gradient.size());
    if (!inPlace) {
      gradient.clear(floats, dzRing);
    }
    int rows = rawInputs == null ? dzRing : zeros;

    // The output rows that the wanted input rows meet, and those that the weight gradient sums.
    int dxFrom = plan.outHeight;
    int dxTo = 0;
    int zero = 0;
    int row = 0;
    if (dx != null && fromInputRow < toInputRow) {
      int first = fromInputRow + plan.padTop - spanHeight;
      dxFrom = Math.max(0, Math.ceilDiv(first, plan.strideHeight));
      dxTo = Math.min(plan.outHeight, (toInputRow - 1 + plan.padTop) / plan.strideHeight + 1);
      zero = plan.paddedBias(null, 0, scratch);
      row = plan.tail || add ? scratch.take(plan.width * plan.padded) : 0;
    }
    int dwFrom = plan.outHeight;
    int dwTo = 0;
    int ring = 0;
    if (partial != null && fromOutputRow < toOutputRow) {
      dwFrom = fromOutputRow;
      dwTo = toOutputRow;
      if (rawWeights == null) {
        ring = scratch.take(plan.input.size());
        plan.input.clear(floats, ring);
      }
    }

    int[] ints = scratch.ints();
    int inputAhead = scratch.takeInts(Ahead.INTS);
    int gradientAhead = scratch.takeInts(Ahead.INTS);
    Ahead.nothing(ints, gradientAhead);
    long weightTurns =
        plan.nines == 1 ? AssembledRows.weightTurns(plan.outWidth, plan.padded / L) : 0;
    for (int image = fromImage; image < toImage; image++) {
      int dxAt = dxOffset + (image - fromImage) * plan.geometry.inSize();
      int staged = 0;
      int ih = fromInputRow;
      for (int oh = Math.min(dxFrom, dwFrom); oh < Math.max(dxTo, dwTo); oh++) {
        boolean forWeights = oh >= dwFrom && oh < dwTo;
        if (!inPlace && (forWeights || (oh >= dxFrom && oh < dxTo))) {
          gradient.stage(dzRing, dy, image, oh, scratch);
        }
        if (partial != null && forWeights) {
          float[] dz = inPlace ? dy.data() : floats;
          int dzAt = inPlace ? dy.offset() + gradient.place(image, oh) : gradient.image(dzRing, oh);
          int dzStep = inPlace ? plan.channels : L;
          int dzBlockStep = inPlace ? L : gradient.blockStep;
          if (rawWeights != null) {
            staged = plan.reached(staged, oh);
            rawWeights.weights(
                partial,
                partialOffset,
                x,
                image,
                oh,
                staged,
                dz,
                dzAt,
                dzStep,
                dzBlockStep,
                zeros,
                scratch);
          } else {
            staged = plan.stageInput(ring, x, image, staged, oh, scratch);
            plan.inputAhead(ints, inputAhead, x, image, staged, weightTurns);
            weightRow(
                partial,
                partialOffset,
                ring,
                oh,
                dz,
                dzAt,
                dzStep,
                dzBlockStep,
                x.data(),
                inputAhead,
                scratch);
          }
        }
        if (dx != null) {
          int above = oh == plan.outHeight - 1 ? toInputRow : plan.top(oh + 1);
          int ready = Math.clamp(above, ih, toInputRow);
          BlockStaging.ahead(
              ints,
              gradientAhead,
              dy,
              gradient.place(image, oh + 1),
              plan.outWidth * plan.channels,
              inputTurns(ready - ih));
          for (; ih < ready; ih++) {
            inputRow(
                dx,
                dxAt,
                add,
                rawInputs,
                image,
                rows,
                ih,
                w,
                wAt,
                zero,
                row,
                dy,
                gradientAhead,
                scratch);
            finished.finished(image, ih, ih + 1);
          }
        }
      }
      if (dx != null) {
        for (; ih < toInputRow; ih++) { // rows that no output row meets
          inputRow(
              dx,
              dxAt,
              add,
              rawInputs,
              image,
              rows,
              ih,
              w,
              wAt,
              zero,
              row,
              dy,
              gradientAhead,
              scratch);
          finished.finished(image, ih, ih + 1);
        }
      }
    }
    scratch.release(mark, intMark);
  }

  /** Turns of the loops of so many rows of the input's gradient, about. */
  private long inputTurns(int rows) {
    int columns = Math.ceilDiv(plan.width, plan.strideWidth);
    long row = plan.strideWidth * AssembledRows.turns(columns, plan.padded / L, 1);
    return Math.ceilDiv(rows * row * plan.geometry.kernelHeight(), plan.strideHeight);
  }

  /**
   * Adds the products of one output row to a partial weight gradient.
   *
   * @param dz holds the row's gradient, which without assembled code is staged
   * @param fetched of it is fetched meanwhile what the ints from {@code ahead} on say
   */
  private void weightRow(
      float[] partial,
      int partialAt,
      int ring,
      int oh,
      float[] dz,
      int dzAt,
      int dzStep,
      int dzBlockStep,
      float[] fetched,
      int ahead,
      Scratch scratch) {
    float[] floats = scratch.floats();
    RowRing input = plan.input;
    int step = input.blockStep;
    int columns = plan.outWidth;
    AssembledRows assembled = assembledWeights;
    if (plan.threeByThree && assembled == null) {
      int ih = plan.top(oh);
      int row0 = input.row(ring, ih);
      int row1 = input.row(ring, ih + plan.dilationHeight);
      int row2 = input.row(ring, ih + 2 * plan.dilationHeight);
      if (plan.strideWidth == 1) {
        DepthwiseGradientRows.weightStride1(
            partial,
            partialAt,
            floats,
            row0,
            row1,
            row2,
            step,
            dzAt,
            dzBlockStep,
            columns,
            plan.padded);
      } else {
        DepthwiseGradientRows.weightStride2(
            partial,
            partialAt,
            floats,
            row0,
            row1,
            row2,
            step,
            dzAt,
            dzBlockStep,
            columns,
            plan.padded);
      }
      return;
    }
    int intMark = scratch.intMark();
    int[] ints = scratch.ints();
    int offsets = scratch.takeInts(plan.nines * NINE);
    plan.tapOffsets(ints, offsets, ring, oh);
    // The last group's spare sums are of any tap; nobody reads them.
    Arrays.fill(ints, offsets + plan.taps, offsets + plan.nines * NINE, ints[offsets]);
    int arguments = assembled == null ? 0 : scratch.takeInts(AssembledRows.ARGUMENTS);
    for (int k = 0; k < plan.nines; k++) {
      int nine = partialAt + k * NINE * plan.padded;
      if (assembled != null) {
        assembled.nineWeights(
            partial,
            nine,
            floats,
            plan.strideWidth,
            step,
            dz,
            dzAt,
            dzStep,
            dzBlockStep,
            columns,
            plan.padded / L,
            fetched,
            ahead,
            ints,
            offsets + k * NINE,
            arguments);
        continue;
      }
      DepthwiseTaps.nineWeights(
          partial,
          nine,
          floats,
          plan.strideWidth,
          step,
          ints,
          offsets + k * NINE,
          dzAt,
          dzBlockStep,
          columns,
          plan.padded);
    }
    scratch.release(scratch.mark(), intMark);
  }

  /**
   * One row of the input's gradient, to its place: by {@code raw}, with its zeros at {@code ring},
   * or where that is null from the ring there. Of {@code dy} is fetched meanwhile what the ints
   * from {@code ahead} on say.
   */
  private void inputRow(
      float[] dx,
      int dxOffset,
      boolean add,
      @Nullable DepthwiseRaw raw,
      int image,
      int ring,
      int ih,
      float[] w,
      int wAt,
      int zero,
      int row,
      GradientReading dy,
      int ahead,
      Scratch scratch) {
    int dxAt = dxOffset + ih * plan.width * plan.channels;
    float[] floats = scratch.floats();
    boolean straight = !plan.tail && !add;
    float[] to = straight ? dx : floats;
    int toAt = straight ? dxAt : row;
    if (raw != null) {
      int phase = (ih + plan.padTop) % plan.strideHeight;
      int weights = wAt + phases.starts[phase][0] * L;
      raw.input(to, toAt, dy, image, ih, phases.kernelRows[phase], w, weights, zero, ring, scratch);
    } else {
      int step = straight ? plan.channels : plan.padded;
      gradientRow(to, toAt, step, ring, ih, w, wAt, zero, dy.data(), ahead, scratch);
    }
    if (add) {
      plan.addPixels(dx, dxAt, floats, row, plan.width);
    } else if (!straight) {
      plan.copyPixels(dx, dxAt, floats, row, plan.width);
    }
  }

  private void gradientRow(
      float[] dx,
      int dxAt,
      int dxStep,
      int ring,
      int ih,
      float[] w,
      int wAt,
      int zero,
      float[] fetched,
      int ahead,
      Scratch scratch) {
    int row = ih + plan.padTop;
    if (assembledInput != null) {
      assembledPhases(
          assembledInput, dx, dxAt, dxStep, ring, row, w, wAt, zero, fetched, ahead, scratch);
      return;
    }
    if (plan.correlates && plan.width >= 4) {
      float[] floats = scratch.floats();
      int row0 = gradient.row(ring, row - 2 * plan.dilationHeight) + correlationShift;
      int row1 = gradient.row(ring, row - plan.dilationHeight) + correlationShift;
      int row2 = gradient.row(ring, row) + correlationShift;
      DepthwiseRows.row(
          dx,
          dxAt,
          dxStep,
          plan.width,
          floats,
          row0,
          row1,
          row2,
          gradient.blockStep,
          w,
          wAt,
          floats,
          zero,
          plan.padded);
      return;
    }
    if (pairs > 0) {
      pairs(dx, dxAt + firstPairColumn * dxStep, dxStep, scratch.floats(), ring, row, w, wAt);
    }
    phases(dx, dxAt, dxStep, ring, row, w, wAt, zero, scratch);
  }

  /** The pairs of columns of a 3×3 kernel of stride 2; the last four overlap. */
  private void pairs(
      float[] dx, int dxAt, int dxStep, float[] floats, int ring, int row, float[] w, int wAt) {
    int step = gradient.blockStep;
    int middle = outputRow(ring, row - 1) + pairShift;
    int last = outputRow(ring, row - 2) + pairShift;
    int first = outputRow(ring, row) + pairShift;
    int j = 0;
    while (j < pairs) {
      int k = Math.min(j, pairs - 4);
      int at = dxAt + 2 * k * dxStep;
      int shift = k * L;
      if (row % 2 == 1) {
        DepthwiseGradientRows.inputPairsOfOneRow(
            dx, at, dxStep, floats, middle + shift, 3 * L, step, w, wAt, plan.padded);
      } else {
        DepthwiseGradientRows.inputPairsOfTwoRows(
            dx,
            at,
            dxStep,
            floats,
            last + shift,
            6 * L,
            first + shift,
            0,
            step,
            w,
            wAt,
            plan.padded);
      }
      j = k + 4;
    }
  }

  /** The ring row of the output row that an input row (top padding counted) meets. */
  private int outputRow(int ring, int row) {
    return gradient.row(ring, Math.floorDiv(row, plan.strideHeight));
  }

  /** The columns of every phase, assembled. */
  private void assembledPhases(
      AssembledRows assembled,
      float[] dx,
      int dxAt,
      int dxStep,
      int ring,
      int row,
      float[] w,
      int wAt,
      int zero,
      float[] fetched,
      int ahead,
      Scratch scratch) {
    int intMark = scratch.intMark();
    int[] ints = scratch.ints();
    int rowPhase = row % plan.strideHeight;
    int[] kernelRows = phases.kernelRows[rowPhase];
    int at = scratch.takeInts(AssembledRows.ARGUMENTS + kernelRows.length);
    for (int phase = 0; phase < plan.strideWidth; phase++) {
      int columns = phases.columns[phase];
      if (columns == 0) {
        continue;
      }
      int[] offsets = phases.offsets[phase];
      int rows = offsets.length == 0 ? 0 : kernelRows.length;
      for (int k = 0; k < rows; k++) {
        ints[at + AssembledRows.ARGUMENTS + k] =
            outputRow(ring, row - kernelRows[k] * plan.dilationHeight) + offsets[0];
      }
      assembled.row(
          dx,
          dxAt + phases.firstColumn[phase] * dxStep,
          plan.strideWidth * dxStep,
          columns,
          scratch.floats(),
          1,
          gradient.blockStep,
          plan.padded / L,
          w,
          wAt + phases.starts[rowPhase][phase] * L,
          plan.taps * L,
          zero,
          fetched,
          ahead,
          ints,
          at,
          rows,
          offsets.length);
    }
    scratch.release(scratch.mark(), intMark);
  }

  /** The columns of every phase, or those of them that the pairs leave. */
  private void phases(
      float[] dx,
      int dxAt,
      int dxStep,
      int ring,
      int row,
      float[] w,
      int wAt,
      int zero,
      Scratch scratch) {
    int intMark = scratch.intMark();
    float[] floats = scratch.floats();
    int[] ints = scratch.ints();
    int offsets = scratch.takeInts(plan.taps);
    int rowPhase = row % plan.strideHeight;
    int[] kernelRows = phases.kernelRows[rowPhase];
    int step = gradient.blockStep;
    int wStep = plan.taps * L;
    for (int phase = 0; phase < plan.strideWidth; phase++) {
      int[] columnOffsets = phases.offsets[phase];
      int count = 0;
      for (int kh : kernelRows) {
        int at = outputRow(ring, row - kh * plan.dilationHeight);
        for (int offset : columnOffsets) {
          ints[offsets + count++] = at + offset;
        }
      }
      int[] taps = phases.taps[rowPhase][phase];
      int first = phases.firstColumn[phase];
      int columns = phases.columns[phase];
      if (pairs == 0) {
        DepthwiseTaps.row(
            dx,
            dxAt + first * dxStep,
            plan.strideWidth * dxStep,
            columns,
            floats,
            1,
            step,
            ints,
            offsets,
            taps,
            count,
            w,
            wAt,
            wStep,
            floats,
            zero,
            plan.padded);
        continue;
      }
      for (int j = 0; j < columns; j++) {
        int iw = first + j * plan.strideWidth;
        if (iw < firstPairColumn || iw >= firstPairColumn + 2 * pairs) {
          DepthwiseTaps.one(
              dx,
              dxAt + iw * dxStep,
              floats,
              j * L,
              step,
              ints,
              offsets,
              taps,
              count,
              w,
              wAt,
              wStep,
              floats,
              zero,
              plan.padded);
        }
      }
    }
    scratch.release(scratch.mark(), intMark);
  }
}
