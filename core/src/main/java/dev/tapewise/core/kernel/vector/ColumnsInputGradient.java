package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.Scratch;
import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Pointwise;
import dev.tapewise.core.kernel.Staging;
import java.util.Arrays;

/**
 * The input gradient of {@link ColumnsConvolution}: one product for every phase of the stride over
 * columns of the output's gradient, so that no column holds a tap that meets no output.
 *
 * <p>Packed weights are one matrix {@code [taps * out, in]} per phase and group, taps decreasing,
 * and end with room to gather one such matrix in. Added results, and those of groups or strides,
 * pass through a buffer.
 */
final class ColumnsInputGradient {
  private final ConvGeometry g;
  private final Pointwise pointwise;
  private final Staging staging;
  private final VectorElementwise elementwise = new VectorElementwise();
  private final int groups;
  private final int inPerGroup;
  private final int outPerGroup;
  private final int outWidth;
  private final ColumnBuilder[] phases;
  private final int[] phaseGroup;
  private final int pixels;
  private final int groupRows;
  private final int ringFloats;
  private final int columnFloats;
  private final int scratchFloats;

  ColumnsInputGradient(ConvGeometry geometry, Pointwise pointwise, Staging staging) {
    g = geometry;
    this.pointwise = pointwise;
    this.staging = staging;
    groups = g.groups();
    inPerGroup = g.inPerGroup();
    outPerGroup = g.outPerGroup();
    outWidth = g.outWidth();
    phases = phasesOf(g);
    phaseGroup = new int[phases.length];
    int widest = 1;
    int narrowest = Integer.MAX_VALUE;
    int ring = 0;
    for (int p = 0; p < phases.length; p++) {
      ColumnBuilder phase = phases[p];
      if (phase.width > 0) {
        phaseGroup[p] = pointwise.packedSize(phase.width, inPerGroup);
        widest = Math.max(widest, phase.width);
        narrowest = Math.min(narrowest, phase.width);
        ring = Math.max(ring, phase.ringSize());
      }
    }
    pixels = ColumnsConvolution.chunk(widest * groups + g.inChannels());
    groupRows = pixels + ColumnsConvolution.slackRows(narrowest);
    ringFloats = ring;
    columnFloats = Math.multiplyExact(Math.multiplyExact(groups, groupRows), widest);
    scratchFloats = neededScratch();
  }

  private static ColumnBuilder[] phasesOf(ConvGeometry g) {
    AxisWindow[] rows =
        AxisWindow.gradients(
            g.height(), g.strideHeight(), g.padTop(), g.dilationHeight(), g.kernelHeight());
    AxisWindow[] columns =
        AxisWindow.gradients(
            g.width(), g.strideWidth(), g.padLeft(), g.dilationWidth(), g.kernelWidth());
    ColumnBuilder[] phases = new ColumnBuilder[rows.length * columns.length];
    for (int p = 0; p < phases.length; p++) {
      phases[p] =
          new ColumnBuilder(
              rows[p / columns.length],
              columns[p % columns.length],
              g.outHeight(),
              g.outWidth(),
              g.outChannels(),
              g.groups());
    }
    return phases;
  }

  /** Floats of the packed weights. */
  int packedSize() {
    int size = 0;
    int widest = 0;
    for (int p = 0; p < phases.length; p++) {
      size = Math.addExact(size, Math.multiplyExact(groups, phaseGroup[p]));
      widest = Math.max(widest, phases[p].width);
    }
    return Math.addExact(size, Math.multiplyExact(widest, inPerGroup));
  }

  /** Packs w. */
  void pack(float[] packed, int packedOffset, float[] w, int wOffset) {
    int gathered = packedOffset;
    for (int p = 0; p < phases.length; p++) {
      gathered += groups * phaseGroup[p];
    }
    int to = packedOffset;
    for (int p = 0; p < phases.length; p++) {
      ColumnBuilder phase = phases[p];
      if (phase.width == 0) {
        continue;
      }
      for (int group = 0; group < groups; group++) {
        gather(packed, gathered, w, wOffset, phase, group);
        pointwise.pack(packed, to, packed, gathered, phase.width, inPerGroup, 0, inPerGroup);
        to += phaseGroup[p];
      }
    }
  }

  /** The matrix {@code [phase.width, inPerGroup]} of one phase and group. */
  private void gather(
      float[] to, int toOffset, float[] w, int wOffset, ColumnBuilder phase, int group) {
    int at = toOffset;
    for (int r = 0; r < phase.rows.taps(); r++) {
      for (int c = 0; c < phase.columns.taps(); c++) {
        int tap = phase.rows.kernelTap(r) * g.kernelWidth() + phase.columns.kernelTap(c);
        int from = wOffset + tap * inPerGroup * g.outChannels() + group * outPerGroup;
        for (int o = 0; o < outPerGroup; o++) {
          for (int i = 0; i < inPerGroup; i++) {
            to[at++] = w[from + i * g.outChannels() + o];
          }
        }
      }
    }
  }

  /** Floats of scratch that {@link #run} takes at most. */
  int scratchFloats() {
    return scratchFloats;
  }

  private int neededScratch() {
    int product = 0;
    for (ColumnBuilder phase : phases) {
      for (int n = 1; phase.width > 0 && n <= pixels; n++) {
        product = Math.max(product, pointwise.forwardScratch(n, phase.width, inPerGroup));
      }
    }
    int buffers = Scratch.roundUp(ringFloats) + Scratch.roundUp(columnFloats);
    int result = Scratch.roundUp(pixels * inPerGroup);
    return Math.addExact(Math.addExact(buffers, result), product);
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
    int at = packedOffset;
    for (int p = 0; p < phases.length; p++) {
      runPhase(dx, dxOffset, add, dy, image, p, packed, at, fromRow, toRow, scratch);
      at += groups * phaseGroup[p];
    }
  }

  /** Rows of the input gradient of one phase of the stride. */
  private void runPhase(
      float[] dx,
      int dxOffset,
      boolean add,
      GradientReading dy,
      int image,
      int p,
      float[] packed,
      int packedOffset,
      int fromRow,
      int toRow,
      Scratch scratch) {
    ColumnBuilder phase = phases[p];
    int width = phase.columns.count();
    int rowPhase = p / g.strideWidth();
    int from = Math.ceilDiv(Math.max(0, fromRow - rowPhase), g.strideHeight()) * width;
    int to = Math.ceilDiv(Math.max(0, toRow - rowPhase), g.strideHeight()) * width;
    if (from >= to) {
      return;
    }
    int mark = scratch.mark();
    int intMark = scratch.intMark();
    float[] floats = scratch.floats();
    int ring = scratch.take(ringFloats);
    int columns = scratch.take(columnFloats);
    int result = scratch.take(pixels * inPerGroup);
    int ints = scratch.takeInts(g.kernelHeight());
    boolean direct = phases.length == 1 && groups == 1 && !add && phase.width > 0;
    if (phase.width > 0) {
      phase.clear(floats, ring);
    } else {
      Arrays.fill(floats, result, result + pixels * inPerGroup, 0f);
    }
    int staged = 0;
    for (int q = from; q < to; q += pixels) {
      int count = Math.min(pixels, to - q);
      if (phase.width > 0) {
        staged =
            buildGradient(
                phase, floats, ring, columns, dy, image, staged, q, count, scratch.ints(), ints);
      }
      for (int group = 0; group < groups; group++) {
        if (phase.width > 0) {
          pointwise.forwardRaw(
              direct ? dx : floats,
              direct ? dxOffset + q * inPerGroup : result,
              floats,
              columns + group * groupRows * phase.width,
              count,
              phase.width,
              inPerGroup,
              packed,
              packedOffset + group * phaseGroup[p],
              null,
              0,
              scratch);
        }
        if (!direct) {
          scatter(dx, dxOffset, add, floats, result, p, width, q, count, group);
        }
      }
    }
    scratch.release(mark, intMark);
  }

  /** Columns of the phase's input pixels from {@code pixel} on; returns the end of staged rows. */
  private int buildGradient(
      ColumnBuilder phase,
      float[] floats,
      int ring,
      int to,
      GradientReading dy,
      int image,
      int stagedBefore,
      int pixel,
      int count,
      int[] ints,
      int intsAt) {
    int staged = stagedBefore;
    int width = phase.columns.count();
    int column = pixel % width;
    for (int row = pixel / width, done = 0; done < count; row++) {
      staged = Math.max(staged, phase.firstRow(row));
      for (int end = phase.endRow(row); staged < end; staged++) {
        int at = phase.stagedRow(ring, staged);
        int from = (image * g.outHeight() + staged) * outWidth;
        staging.gradientRows(floats, at, dy, from, outWidth, g.outChannels());
      }
      int n = Math.min(width - column, count - done);
      for (int group = 0; group < groups; group++) {
        int at = to + (group * groupRows + done) * phase.width;
        phase.build(floats, ring, row, column, n, group, at, ints, intsAt);
      }
      done += n;
      column = 0;
    }
    return staged;
  }

  /** Puts the result of a chunk of a phase to where its pixels lie in dx. */
  private void scatter(
      float[] dx,
      int dxOffset,
      boolean add,
      float[] floats,
      int result,
      int p,
      int width,
      int pixel,
      int count,
      int group) {
    int row = pixel / width;
    int column = pixel % width;
    for (int i = 0; i < count; i++) {
      int ih = p / g.strideWidth() + row * g.strideHeight();
      int iw = p % g.strideWidth() + column * g.strideWidth();
      int at = dxOffset + (ih * g.width() + iw) * g.inChannels() + group * inPerGroup;
      int from = result + i * inPerGroup;
      if (add) {
        elementwise.add(dx, at, dx, at, floats, from, inPerGroup);
      } else {
        System.arraycopy(floats, from, dx, at, inPerGroup);
      }
      if (++column == width) {
        column = 0;
        row++;
      }
    }
  }
}
