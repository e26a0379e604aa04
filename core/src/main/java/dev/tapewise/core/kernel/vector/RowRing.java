package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.Scratch;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Reading;
import dev.tapewise.core.kernel.assembled.AssembledRows;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * How a few rows of an image lie in scratch while a kernel works on them: {@code [slot][channel
 * block][padded column][L]} and behind the slots one row of zeros, which stands for every row
 * outside the image.
 *
 * <p>Row r lies in slot {@code r mod slots}. Columns left and right of the image are zeros, so
 * kernels have no borders; channels are padded to whole vectors, so they have no tails. What lies
 * in the padded lanes is arbitrary.
 */
final class RowRing {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;

  /** Floats from one channel block of a row to the next. */
  final int blockStep;

  private final int rows;
  private final int slots;
  private final int rowSize;
  private final int left;
  private final int right;
  private final int width;
  private final int channels;

  private final BlockStaging staging;

  /**
   * A ring for images of {@code [rows, width, channels]}.
   *
   * @param live rows that must be held at once
   * @param left zero columns on the left of the image
   * @param columns columns in all
   * @param assembled stages whole vectors of channels, or null
   */
  RowRing(
      int rows,
      int width,
      int channels,
      int live,
      int left,
      int columns,
      @Nullable AssembledRows assembled) {
    this.rows = rows;
    this.slots = Math.min(rows, live);
    this.width = width;
    this.channels = channels;
    this.left = left;
    this.staging = new BlockStaging(assembled);
    this.right = columns - left - width;
    this.blockStep = Math.multiplyExact(columns, L);
    this.rowSize = Math.multiplyExact((channels + L - 1) / L, blockStep);
  }

  /** Floats of the whole ring. */
  int size() {
    return Math.multiplyExact(slots + 1, rowSize);
  }

  /** Where a row starts, padding included; the zeros for a row outside the image. */
  int row(int ring, int row) {
    int slot = row < 0 || row >= rows ? slots : row % slots;
    return ring + slot * rowSize;
  }

  /** Where the image's first column lies in one of its rows. */
  int image(int ring, int row) {
    return row(ring, row) + left * L;
  }

  /** Writes the zeros that staged rows leave alone; scratch holds anything before. */
  void clear(float[] floats, int ring) {
    int end = ring + slots * rowSize;
    Arrays.fill(floats, end, end + rowSize, 0f);
    for (int at = ring; at < end; at += blockStep) {
      zeros(floats, at, left);
      zeros(floats, at + (left + width) * L, right);
    }
  }

  private static void zeros(float[] floats, int at, int columns) {
    for (int k = 0; k < columns; k++) {
      FloatVector.zero(S).intoArray(floats, at + k * L);
    }
  }

  /** Stages a row of an image as it is to be read. */
  void stage(int ring, Reading x, int image, int row, Scratch scratch) {
    staging.stage(image(ring, row), blockStep, x, place(image, row), width, channels, scratch);
  }

  /** Stages a row of a gradient as it is to be read. */
  void stage(int ring, GradientReading dy, int image, int row, Scratch scratch) {
    staging.stage(image(ring, row), blockStep, dy, place(image, row), width, channels, scratch);
  }

  /** Where a row starts in the tensor. */
  int place(int image, int row) {
    return (image * rows + row) * width * channels;
  }
}
