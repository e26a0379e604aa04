package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.Scratch;
import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.kernel.Convolution;
import dev.tapewise.core.kernel.FinishedRows;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Pointwise;
import dev.tapewise.core.kernel.Reading;
import dev.tapewise.core.kernel.Staging;
import org.jspecify.annotations.Nullable;

/**
 * Dense convolutions, and groups of many channels, as matrix products over columns: a chunk of
 * target pixels gets its columns in scratch, normalised on the way, and {@link Pointwise} does the
 * rest. A column lists taps and channels in the order of {@link Convolution}'s chains, so the
 * products' chains are those.
 *
 * <p>{@link ColumnsInputGradient} does the same with the output's gradient. Results of groups pass
 * through a buffer.
 *
 * <p>Weights and partial gradients are those of the product {@code [taps * in, out]} of each group.
 * Packed weights of groups end with room to gather one matrix in.
 */
final class ColumnsConvolution implements Convolution {
  private static final int CACHED_FLOATS = 48 * 1024;
  private static final int MIN_PIXELS = 48;
  private static final int MAX_PIXELS = 192;

  private final ConvGeometry g;
  private final Pointwise pointwise;
  private final Staging staging;
  private final int groups;
  private final int outPerGroup;
  private final int outWidth;

  private final ColumnBuilder forward;
  private final int pixels;
  private final int groupRows;
  private final int packedGroup;
  private final int partialGroup;

  private final ColumnsInputGradient inputGradient;
  private final int scratchFloats;

  /** The convolution of one geometry on top of a product. */
  ColumnsConvolution(ConvGeometry geometry, Pointwise pointwise, Staging staging) {
    g = geometry;
    this.pointwise = pointwise;
    this.staging = staging;
    groups = g.groups();
    outPerGroup = g.outPerGroup();
    outWidth = g.outWidth();
    forward =
        new ColumnBuilder(
            AxisWindow.forward(
                g.outHeight(), g.strideHeight(), g.padTop(), g.dilationHeight(), g.kernelHeight()),
            AxisWindow.forward(
                outWidth, g.strideWidth(), g.padLeft(), g.dilationWidth(), g.kernelWidth()),
            g.height(),
            g.width(),
            g.inChannels(),
            groups);
    pixels = chunk(forward.width * groups + g.outChannels());
    groupRows = pixels + slackRows(forward.width);
    packedGroup = pointwise.packedSize(forward.width, outPerGroup);
    partialGroup = pointwise.partialSize(forward.width, outPerGroup);

    inputGradient = new ColumnsInputGradient(g, pointwise, staging);
    scratchFloats =
        Scratch.roundUp(
            Math.max(
                forwardScratch(),
                Math.max(weightGradientScratch(), inputGradient.scratchFloats())));
  }

  /** Target pixels whose columns stay in cache. */
  static int chunk(int floatsPerPixel) {
    return Math.max(MIN_PIXELS, Math.min(MAX_PIXELS, CACHED_FLOATS / floatsPerPixel / 6 * 6));
  }

  /** Rows of a group's columns behind its pixels that hold the floats written too much. */
  static int slackRows(int width) {
    return (ColumnBuilder.SLACK + width - 1) / width;
  }

  @Override
  public int packedSize() {
    int gathered = groups == 1 ? 0 : forward.width * outPerGroup;
    return Math.addExact(Math.multiplyExact(groups, packedGroup), gathered);
  }

  @Override
  public void pack(float[] packed, int packedOffset, float[] w, int wOffset) {
    if (groups == 1) {
      pointwise.pack(packed, packedOffset, w, wOffset, forward.width, outPerGroup, 0, outPerGroup);
      return;
    }
    int gathered = packedOffset + groups * packedGroup;
    for (int group = 0; group < groups; group++) {
      for (int k = 0; k < forward.width; k++) {
        int from = wOffset + k * g.outChannels() + group * outPerGroup;
        System.arraycopy(w, from, packed, gathered + k * outPerGroup, outPerGroup);
      }
      int to = packedOffset + group * packedGroup;
      pointwise.pack(packed, to, packed, gathered, forward.width, outPerGroup, 0, outPerGroup);
    }
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
    return Math.multiplyExact(groups, partialGroup);
  }

  @Override
  public void unpackPartial(
      float[] dw, int dwOffset, boolean add, float[] partial, int partialOffset) {
    int k = forward.width;
    if (groups == 1) {
      pointwise.unpackPartial(dw, dwOffset, add, partial, partialOffset, k, outPerGroup, 0, k);
      return;
    }
    for (int group = 0; group < groups; group++) {
      int from = partialOffset + group * partialGroup;
      for (int i = 0; i < k; i++) {
        // Row i of a matrix that starts here is where the group's row i of dw lies.
        int start = dwOffset + i * (g.outChannels() - outPerGroup) + group * outPerGroup;
        pointwise.unpackPartial(dw, start, add, partial, from, k, outPerGroup, i, i + 1);
      }
    }
  }

  @Override
  public int scratchFloats() {
    return scratchFloats;
  }

  private int forwardScratch() {
    int product = 0;
    for (int n = 1; n <= pixels; n++) {
      product = Math.max(product, pointwise.forwardScratch(n, forward.width, outPerGroup));
    }
    int buffers = Scratch.roundUp(forward.ringSize()) + Scratch.roundUp(columnFloats());
    int result = groups == 1 ? 0 : Scratch.roundUp(pixels * outPerGroup);
    return Math.addExact(Math.addExact(buffers, result), product);
  }

  private int weightGradientScratch() {
    int product = 0;
    for (int n = 1; n <= pixels; n++) {
      product = Math.max(product, pointwise.backwardScratch(n, forward.width, outPerGroup));
    }
    int buffers = Scratch.roundUp(forward.ringSize()) + Scratch.roundUp(columnFloats());
    int gradient = Scratch.roundUp(groupRows * g.outChannels());
    int rows = groups == 1 ? 0 : Scratch.roundUp(pixels * g.outChannels());
    return Math.addExact(Math.addExact(buffers, gradient + rows), product);
  }

  private int columnFloats() {
    return Math.multiplyExact(Math.multiplyExact(groups, groupRows), forward.width);
  }

  @Override
  public int scratchInts() {
    return g.kernelHeight() + pointwise.scratchInts();
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
    int ring = scratch.take(forward.ringSize());
    int columns = scratch.take(columnFloats());
    int result = groups == 1 ? 0 : scratch.take(pixels * outPerGroup);
    int ints = scratch.takeInts(g.kernelHeight());
    forward.clear(floats, ring);
    for (int image = fromImage; image < toImage; image++) {
      int imageAt = yOffset + (image - fromImage) * g.outSize();
      int staged = 0;
      int to = toRow * outWidth;
      for (int p = fromRow * outWidth; p < to; p += pixels) {
        int count = Math.min(pixels, to - p);
        staged =
            buildInput(floats, ring, columns, x, image, staged, p, count, scratch.ints(), ints);
        int yAt = imageAt + p * g.outChannels();
        if (groups == 1) {
          pointwise.forwardRaw(
              y,
              yAt,
              floats,
              columns,
              count,
              forward.width,
              outPerGroup,
              packed,
              packedOffset,
              bias,
              biasOffset,
              scratch);
          continue;
        }
        for (int group = 0; group < groups; group++) {
          pointwise.forwardRaw(
              floats,
              result,
              floats,
              columns + group * groupRows * forward.width,
              count,
              forward.width,
              outPerGroup,
              packed,
              packedOffset + group * packedGroup,
              bias,
              biasOffset + group * outPerGroup,
              scratch);
          for (int i = 0; i < count; i++) {
            int at = yAt + i * g.outChannels() + group * outPerGroup;
            System.arraycopy(floats, result + i * outPerGroup, y, at, outPerGroup);
          }
        }
      }
      finished.finished(image, fromRow, toRow);
    }
    scratch.release(mark, intMark);
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
    int ring = scratch.take(forward.ringSize());
    int columns = scratch.take(columnFloats());
    int gradient = scratch.take(groupRows * g.outChannels());
    int rows = groups == 1 ? gradient : scratch.take(pixels * g.outChannels());
    int ints = scratch.takeInts(g.kernelHeight());
    forward.clear(floats, ring);
    int staged = 0;
    int first = image * g.outHeight() * outWidth;
    int to = toRow * outWidth;
    for (int p = fromRow * outWidth; p < to; p += pixels) {
      int count = Math.min(pixels, to - p);
      staged = buildInput(floats, ring, columns, x, image, staged, p, count, scratch.ints(), ints);
      staging.gradientRows(floats, rows, dy, first + p, count, g.outChannels());
      for (int group = 0; group < groups; group++) {
        int row = group * groupRows;
        if (groups > 1) {
          for (int i = 0; i < count; i++) {
            int from = rows + i * g.outChannels() + group * outPerGroup;
            int at = gradient + (row + i) * outPerGroup;
            System.arraycopy(floats, from, floats, at, outPerGroup);
          }
        }
        pointwise.addWeightGradientRaw(
            partial,
            partialOffset + group * partialGroup,
            floats,
            columns + row * forward.width,
            floats,
            gradient + row * outPerGroup,
            count,
            forward.width,
            outPerGroup,
            scratch);
      }
    }
    scratch.release(mark, intMark);
  }

  /** Columns of the output pixels from {@code pixel} on; returns the end of the staged rows. */
  private int buildInput(
      float[] floats,
      int ring,
      int to,
      Reading x,
      int image,
      int stagedBefore,
      int pixel,
      int count,
      int[] ints,
      int intsAt) {
    int staged = stagedBefore;
    int column = pixel % outWidth;
    for (int row = pixel / outWidth, done = 0; done < count; row++) {
      staged = Math.max(staged, forward.firstRow(row));
      for (int end = forward.endRow(row); staged < end; staged++) {
        int at = forward.stagedRow(ring, staged);
        int from = (image * g.height() + staged) * g.width();
        staging.rows(floats, at, x, from, g.width(), g.inChannels());
      }
      int n = Math.min(outWidth - column, count - done);
      for (int group = 0; group < groups; group++) {
        int at = to + (group * groupRows + done) * forward.width;
        forward.build(floats, ring, row, column, n, group, at, ints, intsAt);
      }
      done += n;
      column = 0;
    }
    return staged;
  }
}
