package dev.tapewise.core.kernel.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * How rows lie in scratch for a grouped convolution: {@code [slot][block][plane][padded column][L]}
 * or, side by side, {@code [slot][block][padded column][plane][L]}. Lanes are written channels. A
 * group reads {@code read} channels and writes {@code written}, so there are {@code read} planes,
 * and lane c of plane i holds channel {@code i} of those that c's group reads. A grouped
 * convolution is then a depthwise one with {@code read} times the taps; with planes side by side,
 * of a kernel {@code read} times as wide.
 *
 * <p>Behind the slots lies one row of zeros, which stands for every row outside the image. What
 * lies in the lanes behind the last channel is arbitrary.
 */
final class GroupedStaging {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;
  private static final int LINE = Lanes.LINE;

  /** Floats behind a row of the source that {@link #expand} may read. */
  static final int SLACK = 2 * Lanes.COUNT;

  /** Floats from one column to the next. */
  final int columnStep;

  /** Floats from one plane to the next. */
  final int planeStep;

  /** Floats from one block of channels to the next. */
  final int blockStep;

  /** Columns before the first of the image. */
  final int left;

  private final int rows;
  private final int slots;
  private final int width;
  private final int columns;
  private final int read;

  /** Floats from one row of whole columns to the next: those of a block, or of a plane. */
  private final int stripe;

  private final int blocks;
  private final int rowSize;
  private final int sourceChannels;
  private final int writtenChannels;
  private final int[] sources;
  private final int blockSources;

  /**
   * Turns of the loops over pixels and blocks of channels, the longer one inside: floats that each
   * advances in the source and in the ring.
   */
  private final int outer;

  private final int outerSources;
  private final int outerStep;
  private final int inner;
  private final int innerSources;
  private final int innerStep;

  private final VectorShuffle<Float>[] shuffles;
  private final VectorMask<Float>[] second;
  private final VectorShuffle<Float> interleaved;
  private final VectorMask<Float> oddLanes;

  /**
   * Staged rows of images of {@code rows × width} pixels.
   *
   * @param live rows that must be held at once
   * @param left zero columns on the left
   * @param columns columns in all
   * @param groups groups of channels
   * @param read channels that a group reads
   * @param written channels that a group writes
   * @param sideBySide whether the planes of a column lie side by side
   */
  GroupedStaging(
      int rows,
      int live,
      int width,
      int left,
      int columns,
      int groups,
      int read,
      int written,
      boolean sideBySide) {
    this.rows = rows;
    this.width = width;
    this.left = left;
    this.columns = columns;
    this.read = read;
    slots = Math.max(1, Math.min(rows, live));
    sourceChannels = groups * read;
    writtenChannels = groups * written;
    blocks = (writtenChannels + L - 1) / L;
    columnStep = sideBySide ? read * L : L;
    // An odd number of cache lines: planes that are a multiple of 4 KiB apart would all compete for
    // the same few places of the first-level cache.
    int lines = (Math.multiplyExact(columns, columnStep) + LINE - 1) / LINE | 1;
    stripe = lines * LINE;
    planeStep = sideBySide ? L : stripe;
    blockStep = sideBySide ? stripe : Math.multiplyExact(read, stripe);
    rowSize = Math.multiplyExact(blocks, blockStep);
    sources = new int[read * writtenChannels];
    for (int i = 0; i < read; i++) {
      for (int c = 0; c < writtenChannels; c++) {
        sources[i * writtenChannels + c] = c / written * read + i;
      }
    }
    boolean permutes = L % written == 0 && read <= 2 * written;
    blockSources = permutes ? L / written * read : 0;
    boolean pixelsInside = width >= blocks;
    outer = pixelsInside ? blocks : width;
    outerSources = pixelsInside ? blockSources : sourceChannels;
    outerStep = pixelsInside ? blockStep : columnStep;
    inner = pixelsInside ? width : blocks;
    innerSources = pixelsInside ? sourceChannels : blockSources;
    innerStep = pixelsInside ? columnStep : blockStep;
    shuffles = shuffles(permutes ? read : 0, written);
    second = second(permutes ? read : 0, written);
    int[] lanes = new int[L];
    boolean[] odd = new boolean[L];
    for (int l = 0; l < L; l++) {
      lanes[l] = l < L / 2 ? 2 * l : 2 * l - L + 1;
      odd[l] = l % 2 == 1;
    }
    interleaved = VectorShuffle.fromArray(S, lanes, 0);
    oddLanes = VectorMask.fromArray(S, odd, 0);
  }

  @SuppressWarnings({"rawtypes", "unchecked"}) // arrays of a generic type
  private static VectorShuffle<Float>[] shuffles(int read, int written) {
    VectorShuffle<Float>[] shuffles = new VectorShuffle[read];
    int[] lanes = new int[L];
    for (int i = 0; i < read; i++) {
      for (int l = 0; l < L; l++) {
        lanes[l] = (l / written * read + i) % L;
      }
      shuffles[i] = VectorShuffle.fromArray(S, lanes, 0);
    }
    return shuffles;
  }

  /** The lanes that come from the second vector of a block's sources. */
  @SuppressWarnings({"rawtypes", "unchecked"}) // arrays of a generic type
  private static VectorMask<Float>[] second(int read, int written) {
    VectorMask<Float>[] masks = new VectorMask[read];
    boolean[] lanes = new boolean[L];
    for (int i = 0; i < read; i++) {
      for (int l = 0; l < L; l++) {
        lanes[l] = l / written * read + i >= L;
      }
      masks[i] = VectorMask.fromArray(S, lanes, 0);
    }
    return masks;
  }

  /** Floats of all slots and the zeros. */
  int size() {
    return Math.multiplyExact(slots + 1, rowSize);
  }

  /** Floats of one row of the source, with what {@link #expand} may read behind it. */
  int sourceSize() {
    return Math.addExact(Math.multiplyExact(width, sourceChannels), SLACK);
  }

  /** Writes the zeros that staged rows leave alone; scratch holds anything before. */
  void clear(float[] floats, int ring) {
    int end = ring + slots * rowSize;
    for (int at = ring; at < end; at += stripe) {
      Arrays.fill(floats, at, at + left * columnStep, 0f);
      Arrays.fill(floats, at + (left + width) * columnStep, at + columns * columnStep, 0f);
    }
    Arrays.fill(floats, end, end + rowSize, 0f);
  }

  /** Where a row starts, padding included; the zeros for a row outside the image. */
  int row(int ring, int row) {
    return ring + (row < 0 || row >= rows ? slots : row % slots) * rowSize;
  }

  /** Stages one row: spreads the source's channels over planes and lanes. */
  void expand(float[] floats, int ring, int row, float[] x, int xOffset) {
    int to = row(ring, row) + left * columnStep;
    if (blockSources == 0) {
      scalarRow(floats, to, x, xOffset);
    } else if (read == 2 && blockSources == 2 * L) {
      deinterleave(floats, to, x, xOffset);
    } else {
      for (int i = 0; i < read; i++) {
        int plane = to + i * planeStep;
        if (blockSources <= L) {
          spread(floats, plane, x, xOffset, shuffles[i]);
        } else {
          spreadTwo(floats, plane, x, xOffset, shuffles[i], second[i]);
        }
      }
    }
  }

  private void scalarRow(float[] floats, int to, float[] x, int xOffset) {
    for (int j = 0; j < width; j++) {
      int from = xOffset + j * sourceChannels;
      for (int i = 0; i < read; i++) {
        int at = to + j * columnStep + i * planeStep;
        int table = i * writtenChannels;
        for (int c = 0; c < writtenChannels; c += L) {
          int lanes = Math.min(L, writtenChannels - c);
          for (int l = 0; l < lanes; l++) {
            floats[at + l] = x[from + sources[table + c + l]];
          }
          at += blockStep;
        }
      }
    }
  }

  /** One plane whose blocks come from one vector each. */
  private void spread(
      float[] floats, int plane, float[] x, int xOffset, VectorShuffle<Float> shuffle) {
    for (int i = 0; i < outer; i++) {
      int from = xOffset + i * outerSources;
      int at = plane + i * outerStep;
      for (int j = 0; j < inner; j++) {
        FloatVector.fromArray(S, x, from).rearrange(shuffle).intoArray(floats, at);
        from += innerSources;
        at += innerStep;
      }
    }
  }

  /** One plane whose blocks come from two vectors each. */
  private void spreadTwo(
      float[] floats,
      int plane,
      float[] x,
      int xOffset,
      VectorShuffle<Float> shuffle,
      VectorMask<Float> fromSecond) {
    for (int i = 0; i < outer; i++) {
      int from = xOffset + i * outerSources;
      int at = plane + i * outerStep;
      for (int j = 0; j < inner; j++) {
        FloatVector u = FloatVector.fromArray(S, x, from).rearrange(shuffle);
        FloatVector v = FloatVector.fromArray(S, x, from + L).rearrange(shuffle);
        u.blend(v, fromSecond).intoArray(floats, at);
        from += innerSources;
        at += innerStep;
      }
    }
  }

  /**
   * Both planes of groups that read two channels and write one. Loads that are one float apart
   * bring a plane's channels into lanes that do not collide, so one permutation is enough.
   */
  private void deinterleave(float[] floats, int to, float[] x, int xOffset) {
    VectorShuffle<Float> shuffle = interleaved;
    VectorMask<Float> odd = oddLanes;
    for (int i = 0; i < outer; i++) {
      int from = xOffset + i * outerSources;
      int at = to + i * outerStep;
      for (int j = 0; j < inner; j++) {
        FloatVector.fromArray(S, x, from)
            .blend(FloatVector.fromArray(S, x, from + L - 1), odd)
            .rearrange(shuffle)
            .intoArray(floats, at);
        FloatVector.fromArray(S, x, from + 1)
            .blend(FloatVector.fromArray(S, x, from + L), odd)
            .rearrange(shuffle)
            .intoArray(floats, at + planeStep);
        from += innerSources;
        at += innerStep;
      }
    }
  }
}
