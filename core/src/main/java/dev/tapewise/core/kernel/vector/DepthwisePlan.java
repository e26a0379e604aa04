package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.Scratch;
import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.kernel.Reading;
import dev.tapewise.core.kernel.assembled.Ahead;
import dev.tapewise.core.kernel.assembled.AssembledRows;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What the passes of a {@link VectorDepthwise} share: sizes, rings, and which loops fit. */
final class DepthwisePlan {
  private static final int L = Lanes.COUNT;

  /** Floats of a way of a first-level cache, 4 KiB. */
  private static final int WAY = 1024;

  /** Taps whose weight gradients are summed at once. */
  static final int NINE = 9;

  final ConvGeometry geometry;

  /** Null where rows are those of the Vector API. */
  final @Nullable AssembledRows assembled;

  final int height;
  final int width;
  final int outHeight;
  final int outWidth;
  final int channels;

  /** Channels in whole vectors. */
  final int padded;

  /** Whether channels leave a vector partly filled, so that output rows need a padded row. */
  final boolean tail;

  /** Whether a channel lies in one set of a first-level cache for all pixels. */
  final boolean inOneSet;

  final int taps;

  /** Groups of nine taps. */
  final int nines;

  final int strideHeight;
  final int strideWidth;
  final int dilationHeight;
  final int padTop;

  /** Whether the 3×3 loops fit: they fix the columns of the kernel and leave its rows free. */
  final boolean threeByThree;

  /** Whether the input gradient is the forward pass with flipped weights. */
  final boolean correlates;

  /** Rows of the input. */
  final RowRing input;

  /** Rows of the output's gradient. */
  final RowRing gradient;

  /** Reads raw pixels where they lie; null where rings are needed always. */
  final @Nullable DepthwiseRaw raw;

  /** Zero columns on the left of a gradient row. */
  final int gradientLeft;

  DepthwisePlan(ConvGeometry g, @Nullable AssembledRows assembled) {
    geometry = g;
    this.assembled = assembled;
    height = g.height();
    width = g.width();
    outHeight = g.outHeight();
    outWidth = g.outWidth();
    channels = g.inChannels();
    padded = (channels + L - 1) / L * L;
    tail = padded != channels;
    inOneSet = channels % WAY == 0;
    taps = g.taps();
    nines = (taps + NINE - 1) / NINE;
    strideHeight = g.strideHeight();
    strideWidth = g.strideWidth();
    dilationHeight = g.dilationHeight();
    padTop = g.padTop();
    boolean three = g.kernelHeight() == 3 && g.kernelWidth() == 3;
    threeByThree = three && g.dilationWidth() == 1 && strideWidth <= 2;
    correlates = threeByThree && strideHeight == 1 && strideWidth == 1;

    int spanHeight = (g.kernelHeight() - 1) * dilationHeight;
    int spanWidth = (g.kernelWidth() - 1) * g.dilationWidth();
    int left = g.padLeft();
    int columns = Math.max(left + width, (outWidth - 1) * strideWidth + spanWidth + 1);
    input = new RowRing(height, width, channels, spanHeight + 1, left, columns, assembled);
    gradientLeft = Math.max(0, (spanWidth - left + strideWidth - 1) / strideWidth);
    int reached = Math.max(outWidth, (width - 1 + left) / strideWidth + 1);
    int live = spanHeight / strideHeight + 1;
    gradient =
        new RowRing(
            outHeight, outWidth, channels, live, gradientLeft, gradientLeft + reached, assembled);
    raw = DepthwiseRaw.of(this, assembled);
  }

  /** Packs weights as {@code [block][tap][L]}, taps in the order given. */
  void pack(float[] packed, int packedOffset, float[] w, int wOffset, int[] order) {
    pack(packed, packedOffset, w, wOffset, order, channels, padded);
  }

  /**
   * The same of any {@code [tap][channel]}.
   *
   * @param padded channels in whole vectors
   */
  static void pack(
      float[] packed,
      int packedOffset,
      float[] w,
      int wOffset,
      int[] order,
      int channels,
      int padded) {
    int taps = order.length;
    if (padded != channels) {
      Arrays.fill(packed, packedOffset, packedOffset + taps * padded, 0f);
    }
    for (int t = 0; t < taps; t++) {
      int from = wOffset + order[t] * channels;
      int at = packedOffset + t * L;
      for (int c = 0; c < channels; c += L) {
        System.arraycopy(w, from + c, packed, at, Math.min(L, channels - c));
        at += taps * L;
      }
    }
  }

  /**
   * Writes a partial weight gradient {@code [nine taps][block][9][L]} as {@code [tap][channel]}.
   *
   * @param padded channels in whole vectors
   */
  static void unpackPartial(
      float[] dw,
      int dwOffset,
      boolean add,
      float[] partial,
      int partialOffset,
      int taps,
      int channels,
      int padded) {
    for (int t = 0; t < taps; t++) {
      int from = partialOffset + t / NINE * NINE * padded + t % NINE * L;
      int to = dwOffset + t * channels;
      for (int c = 0; c < channels; c += L) {
        int count = Math.min(L, channels - c);
        if (add) {
          VectorCombine.addTo(dw, to + c, partial, from, count);
        } else {
          System.arraycopy(partial, from, dw, to + c, count);
        }
        from += NINE * L;
      }
    }
  }

  /** A bias, or zeros, in whole vectors; returns where in scratch. */
  int paddedBias(float @Nullable [] bias, int biasOffset, Scratch scratch) {
    int at = scratch.take(padded);
    Arrays.fill(scratch.floats(), at, at + padded, 0f);
    if (bias != null) {
      System.arraycopy(bias, biasOffset, scratch.floats(), at, channels);
    }
    return at;
  }

  /** The first input row, perhaps above the image, that an output row meets. */
  int top(int oh) {
    return oh * strideHeight - padTop;
  }

  /**
   * Stages the input rows that an output row meets.
   *
   * @param staged rows before this one are staged or no longer needed
   * @return the same for the next output row
   */
  int stageInput(int ring, Reading x, int image, int staged, int oh, Scratch scratch) {
    int end = reached(staged, oh);
    for (int row = Math.max(staged, top(oh)); row < end; row++) {
      input.stage(ring, x, image, row, scratch);
    }
    return end;
  }

  /** The first row that no output row up to this one meets, at least {@code before}. */
  int reached(int before, int oh) {
    int end = Math.min(height, top(oh) + (geometry.kernelHeight() - 1) * dilationHeight + 1);
    return Math.max(Math.max(before, top(oh)), end);
  }

  /** Says that the rows which the next output row adds are fetched. */
  void inputAhead(int[] ints, int at, Reading x, int image, int staged, long turns) {
    int first = x.offset() + input.place(image, staged);
    Ahead.stretch(ints, at, first, strideHeight * width * channels, turns);
  }

  /** Where every tap of an output row's first column reads the ring. */
  void tapOffsets(int[] ints, int offsets, int ring, int oh) {
    int t = offsets;
    for (int kh = 0; kh < geometry.kernelHeight(); kh++) {
      int row = input.row(ring, top(oh) + kh * dilationHeight);
      for (int kw = 0; kw < geometry.kernelWidth(); kw++) {
        ints[t++] = row + kw * geometry.dilationWidth() * L;
      }
    }
  }

  /** Copies pixels from a padded row. */
  void copyPixels(float[] to, int toAt, float[] from, int fromAt, int pixels) {
    for (int j = 0; j < pixels; j++) {
      System.arraycopy(from, fromAt + j * padded, to, toAt + j * channels, channels);
    }
  }

  /** Adds pixels of a row, padded where channels have a tail. */
  void addPixels(float[] to, int toAt, float[] from, int fromAt, int pixels) {
    if (tail) {
      for (int j = 0; j < pixels; j++) {
        VectorCombine.addTo(to, toAt + j * channels, from, fromAt + j * padded, channels);
      }
    } else {
      VectorCombine.addTo(to, toAt, from, fromAt, pixels * channels);
    }
  }
}
