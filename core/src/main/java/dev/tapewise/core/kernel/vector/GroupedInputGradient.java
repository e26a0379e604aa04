package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.Scratch;
import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Staging;
import dev.tapewise.core.kernel.assembled.Ahead;
import dev.tapewise.core.kernel.assembled.AssembledRows;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The input gradient of {@link VectorGrouped}: the loops of its forward pass over the output's
 * gradient, with the roles of input and output channels swapped, once for every phase of the width
 * stride.
 *
 * <p>Packed weights are {@code [block of input channels][kernel tap][output channel of the
 * group][L]}, kernel taps in the order of the phases' chains, one phase after the other.
 */
final class GroupedInputGradient {
  private static final int L = Lanes.COUNT;
  private static final int BLOCK = 8;

  private final ConvGeometry g;
  private final Staging staging;
  private final VectorElementwise elementwise = new VectorElementwise();
  private final int inPerGroup;
  private final int outPerGroup;
  private final int inChannels;
  private final int outChannels;
  private final int paddedIn;
  private final int outWidth;
  private final int gradientTaps;
  private final int span;

  /** Does the rows; null where those of the Vector API do. */
  private final @Nullable AssembledRows assembled;

  /** Turns of its loops for the rows between two rows of dy. */
  private final long turns;

  private final AxisWindow[] rowPhases;
  private final AxisWindow[] columnPhases;
  private final GroupedStaging gradient;

  /** The places of packed weights in their order among those of the kernel. */
  private final int[] order;

  /** Per phase, the places of its weights in the packed ones. */
  private final int[][] phaseTapIndex;

  /**
   * The input gradient of one geometry.
   *
   * @param rows does the rows that it knows, or null for those of the Vector API
   */
  GroupedInputGradient(ConvGeometry geometry, Staging staging, @Nullable AssembledRows rows) {
    g = geometry;
    this.staging = staging;
    inPerGroup = g.inPerGroup();
    outPerGroup = g.outPerGroup();
    inChannels = g.inChannels();
    outChannels = g.outChannels();
    paddedIn = (inChannels + L - 1) / L * L;
    outWidth = g.outWidth();
    gradientTaps = g.taps() * outPerGroup;
    span = (g.kernelHeight() - 1) * g.dilationHeight();
    rowPhases =
        AxisWindow.gradients(
            g.height(), g.strideHeight(), g.padTop(), g.dilationHeight(), g.kernelHeight());
    columnPhases =
        AxisWindow.gradients(
            g.width(), g.strideWidth(), g.padLeft(), g.dilationWidth(), g.kernelWidth());
    int before = 0;
    int end = outWidth;
    boolean sideBySide = outPerGroup <= AssembledRows.WIDEST_STEP;
    boolean known = sideBySide;
    long perKernelRow = 0;
    for (AxisWindow phase : columnPhases) {
      before = Math.max(before, phase.before());
      end = Math.max(end, phase.end(outWidth));
      known &= phase.taps() <= 1 || phase.tapStep() == 1;
      known &= AssembledRows.knows(phase.taps() * outPerGroup, outPerGroup);
      perKernelRow += AssembledRows.turns(phase.count(), paddedIn / L, phase.taps() == 0 ? 0 : 1);
    }
    assembled = known ? rows : null;
    turns = perKernelRow * g.kernelHeight();
    gradient =
        new GroupedStaging(
            g.outHeight(),
            span / g.strideHeight() + 1,
            outWidth,
            before,
            before + end,
            g.groups(),
            outPerGroup,
            inPerGroup,
            sideBySide);
    order = new int[gradientTaps];
    phaseTapIndex = new int[rowPhases.length * columnPhases.length][];
    int start = 0;
    for (int p = 0; p < phaseTapIndex.length; p++) {
      AxisWindow rowPhase = rowPhases[p / columnPhases.length];
      AxisWindow columnPhase = columnPhases[p % columnPhases.length];
      int n = start;
      for (int r = 0; r < rowPhase.taps(); r++) {
        for (int c = 0; c < columnPhase.taps(); c++) {
          int tap = rowPhase.kernelTap(r) * g.kernelWidth() + columnPhase.kernelTap(c);
          for (int o = 0; o < outPerGroup; o++) {
            order[n++] = tap * outPerGroup + o;
          }
        }
      }
      phaseTapIndex[p] = IntStream.range(start, n).toArray();
      start = n;
    }
  }

  /** Floats of the packed weights. */
  int packedSize() {
    return Math.multiplyExact(gradientTaps, paddedIn);
  }

  /** Packs w. */
  void pack(float[] packed, int packedOffset, float[] w, int wOffset) {
    Arrays.fill(packed, packedOffset, packedOffset + packedSize(), 0f);
    for (int t = 0; t < gradientTaps; t++) {
      int tap = order[t] / outPerGroup;
      int out = order[t] % outPerGroup;
      for (int c = 0; c < inChannels; c++) {
        int from = (tap * inPerGroup + c % inPerGroup) * outChannels;
        int o = c / inPerGroup * outPerGroup + out;
        packed[packedOffset + (c / L * gradientTaps + t) * L + c % L] = w[wOffset + from + o];
      }
    }
  }

  /** Floats of scratch that {@link #run} takes at most. */
  int scratchFloats() {
    return Scratch.roundUp(gradient.size())
        + Scratch.roundUp(gradient.sourceSize())
        + Scratch.roundUp(paddedIn)
        + Scratch.roundUp(g.width() * paddedIn);
  }

  /** Ints of scratch that {@link #run} takes at most. */
  int scratchInts() {
    int row = AssembledRows.ARGUMENTS + g.kernelHeight();
    return Ahead.INTS + Math.max(2 * gradientTaps, row);
  }

  /** Rows {@code fromRow} to {@code toRow} of the input gradient of one image. */
  void run(
      float[] dx,
      int dxOffset,
      boolean add,
      GradientReading dy,
      int image,
      float[] packed,
      int packedOffset,
      int fromRow,
      int toRow,
      Scratch scratch) {
    int mark = scratch.mark();
    int intMark = scratch.intMark();
    float[] floats = scratch.floats();
    int ring = scratch.take(gradient.size());
    int source = scratch.take(gradient.sourceSize());
    int zeros = scratch.take(paddedIn);
    boolean direct = !add && paddedIn == inChannels;
    int padded = direct ? 0 : scratch.take(g.width() * paddedIn);
    int[] ints = scratch.ints();
    int ahead = scratch.takeInts(Ahead.INTS);
    int offsets =
        scratch.takeInts(
            assembled == null ? 2 * gradientTaps : AssembledRows.ARGUMENTS + g.kernelHeight());
    Ahead.nothing(ints, ahead);
    Arrays.fill(floats, zeros, zeros + paddedIn, 0f);
    gradient.clear(floats, ring);
    int staged = 0;
    for (int ih = fromRow; ih < toRow; ih++) {
      AxisWindow rowPhase = rowPhases[ih % g.strideHeight()];
      int row = ih / g.strideHeight();
      int stagedBefore = staged;
      staged = stageGradient(floats, ring, source, dy, image, staged, ih);
      int at = dxOffset + ih * g.width() * inChannels;
      float[] out = direct ? dx : floats;
      int outAt = direct ? at : padded;
      if (staged != stagedBefore) {
        int rowSize = outWidth * outChannels;
        int next = (image * g.outHeight() + staged) * rowSize;
        BlockStaging.ahead(ints, ahead, dy, next, rowSize, turns);
      }
      for (int b = 0; b < columnPhases.length; b++) {
        AxisWindow columnPhase = columnPhases[b];
        int[] index = phaseTapIndex[ih % g.strideHeight() * columnPhases.length + b];
        if (assembled != null) {
          if (columnPhase.count() > 0) {
            assembledRow(
                assembled,
                out,
                outAt + b * paddedIn,
                ring,
                rowPhase,
                row,
                columnPhase,
                packed,
                packedOffset + (index.length == 0 ? 0 : index[0]) * L,
                zeros,
                dy.data(),
                ahead,
                offsets,
                scratch);
          }
          continue;
        }
        gradientOffsets(ints, offsets, ring, rowPhase, row, columnPhase);
        outputs(
            out,
            outAt + b * paddedIn,
            g.strideWidth() * paddedIn,
            columnPhase.count(),
            floats,
            gradient.columnStep / L,
            gradient.blockStep,
            ints,
            offsets,
            index,
            packed,
            packedOffset,
            gradientTaps,
            zeros,
            paddedIn);
      }
      if (!direct) {
        for (int j = 0; j < g.width(); j++) {
          int to = at + j * inChannels;
          int from = padded + j * paddedIn;
          if (add) {
            elementwise.add(dx, to, dx, to, floats, from, inChannels);
          } else {
            System.arraycopy(floats, from, dx, to, inChannels);
          }
        }
      }
    }
    scratch.release(mark, intMark);
  }

  /** The columns of one phase, assembled. */
  private void assembledRow(
      AssembledRows assembled,
      float[] y,
      int yAt,
      int ring,
      AxisWindow rowPhase,
      int row,
      AxisWindow columnPhase,
      float[] packed,
      int packedAt,
      int zeros,
      float[] fetched,
      int ahead,
      int at,
      Scratch scratch) {
    int[] ints = scratch.ints();
    int rows = columnPhase.taps() == 0 ? 0 : rowPhase.taps();
    for (int r = 0; r < rows; r++) {
      ints[at + AssembledRows.ARGUMENTS + r] =
          gradient.row(ring, rowPhase.first(row) + r * rowPhase.tapStep())
              + (gradient.left + columnPhase.start()) * gradient.columnStep;
    }
    assembled.row(
        y,
        yAt,
        g.strideWidth() * paddedIn,
        columnPhase.count(),
        scratch.floats(),
        outPerGroup,
        gradient.blockStep,
        paddedIn / L,
        packed,
        packedAt,
        gradientTaps * L,
        zeros,
        fetched,
        ahead,
        ints,
        at,
        rows,
        columnPhase.taps() * outPerGroup);
  }

  /** Stages the rows of dy that an input row needs; returns the end of the staged ones. */
  private int stageGradient(
      float[] floats,
      int ring,
      int source,
      GradientReading dy,
      int image,
      int stagedBefore,
      int ih) {
    // Bounds for all phases, as the next input row may need an earlier row than this one.
    int last = Math.min(g.outHeight() - 1, (ih + g.padTop()) / g.strideHeight());
    int first = Math.ceilDiv(ih + g.padTop() - span, g.strideHeight());
    int staged = Math.max(stagedBefore, first);
    for (; staged <= last; staged++) {
      int pixel = (image * g.outHeight() + staged) * outWidth;
      int at = dy.offset() + pixel * outChannels;
      if (dy.isRaw() && at + gradient.sourceSize() <= dy.data().length) {
        gradient.expand(floats, ring, staged, dy.data(), at);
      } else {
        staging.gradientRows(floats, source, dy, pixel, outWidth, outChannels);
        gradient.expand(floats, ring, staged, floats, source);
      }
    }
    return staged;
  }

  /** Where the taps of the first input column of a phase lie. */
  private void gradientOffsets(
      int[] ints, int offsets, int ring, AxisWindow rowPhase, int row, AxisWindow columnPhase) {
    int n = offsets;
    for (int r = 0; r < rowPhase.taps(); r++) {
      int from = gradient.row(ring, rowPhase.first(row) + r * rowPhase.tapStep());
      for (int c = 0; c < columnPhase.taps(); c++) {
        int column = gradient.left + columnPhase.start() + c * columnPhase.tapStep();
        int at = from + column * gradient.columnStep;
        for (int o = 0; o < outPerGroup; o++) {
          ints[n++] = at + o * gradient.planeStep;
        }
      }
    }
  }

  /**
   * One row of outputs, {@code channels} of them per pixel. A last block of columns that is not
   * full overlaps the one before it.
   */
  static void outputs(
      float[] y,
      int yStart,
      int yStep,
      int count,
      float[] floats,
      int xStep,
      int blockStep,
      int[] ints,
      int offsets,
      int[] taps,
      float[] w,
      int wStart,
      int wTaps,
      int bias,
      int channels) {
    int n = taps.length;
    int whole = count < BLOCK ? count : count / BLOCK * BLOCK;
    DepthwiseTaps.row(
        y, yStart, yStep, whole, floats, xStep, blockStep, ints, offsets, taps, n, w, wStart,
        wTaps * L, floats, bias, channels);
    if (whole < count) {
      int first = count - BLOCK;
      for (int t = 0; t < n; t++) {
        ints[offsets + n + t] = ints[offsets + t] + first * xStep * L;
      }
      DepthwiseTaps.row(
          y,
          yStart + first * yStep,
          yStep,
          BLOCK,
          floats,
          xStep,
          blockStep,
          ints,
          offsets + n,
          taps,
          n,
          w,
          wStart,
          wTaps * L,
          floats,
          bias,
          channels);
    }
  }
}
