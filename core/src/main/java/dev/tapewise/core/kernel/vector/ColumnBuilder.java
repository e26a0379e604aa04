package dev.tapewise.core.kernel.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Builds the columns of a convolution: for every target pixel the source pixels that its taps look
 * at, one after the other, so that the convolution becomes a matrix product.
 *
 * <p>A few staged rows of the source lie in a ring {@code [slot][padded pixel][channel]} with zeros
 * left and right, behind the slots one row of zeros that stands for every row outside. Neighbouring
 * taps are then one run of floats, copied in whole vectors: what a copy writes too much is
 * overwritten by the next one, so buffers have {@link #SLACK} floats more than they hold.
 */
final class ColumnBuilder {
  /** Floats behind ring and columns that copies may touch. */
  static final int SLACK = Lanes.COUNT;

  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;

  /** Rows of targets, and the source rows under them. */
  final AxisWindow rows;

  /** Columns of targets, and the source columns under them. */
  final AxisWindow columns;

  /** Floats of a column of one group. */
  final int width;

  private final int sourceRows;
  private final int sourceColumns;
  private final int channels;
  private final int perGroup;
  private final int slots;
  private final int left;
  private final int paddedColumns;
  private final int rowSize;
  private final int runs;
  private final int run;

  /** Columns over sources of {@code sourceRows × sourceColumns × channels} in {@code groups}. */
  ColumnBuilder(
      AxisWindow rows,
      AxisWindow columns,
      int sourceRows,
      int sourceColumns,
      int channels,
      int groups) {
    this.rows = rows;
    this.columns = columns;
    this.sourceRows = sourceRows;
    this.sourceColumns = sourceColumns;
    this.channels = channels;
    perGroup = channels / groups;
    width = Math.multiplyExact(rows.taps() * columns.taps(), perGroup);
    slots = Math.max(1, Math.min(rows.span(), sourceRows));
    left = columns.before();
    paddedColumns = left + columns.end(sourceColumns);
    rowSize = Math.multiplyExact(paddedColumns, channels);
    boolean contiguous = groups == 1 && columns.tapStep() == 1;
    runs = contiguous ? 1 : columns.taps();
    run = contiguous ? columns.taps() * perGroup : perGroup;
  }

  /** Floats of the ring. */
  int ringSize() {
    return Math.addExact(Math.multiplyExact(slots + 1, rowSize), SLACK);
  }

  /** Writes the zeros that staged rows leave alone; scratch holds anything before. */
  void clear(float[] floats, int ring) {
    for (int s = 0; s < slots; s++) {
      int row = ring + s * rowSize;
      Arrays.fill(floats, row, row + left * channels, 0f);
      Arrays.fill(floats, row + (left + sourceColumns) * channels, row + rowSize, 0f);
    }
    Arrays.fill(floats, ring + slots * rowSize, ring + ringSize(), 0f);
  }

  /** The first source row that a row of targets needs. */
  int firstRow(int row) {
    return Math.max(0, rows.first(row));
  }

  /** The end of the source rows that a row of targets needs. */
  int endRow(int row) {
    return Math.min(sourceRows, rows.last(row) + 1);
  }

  /** Where a source row is staged. */
  int stagedRow(int ring, int row) {
    return ring + row % slots * rowSize + left * channels;
  }

  /**
   * Columns of {@code count} targets of one row whose source rows are staged.
   *
   * @param to where the column of the first target goes, in the same array as the ring
   * @param ints room for {@code rows.taps()} ints from {@code intsAt} on
   */
  void build(
      float[] floats,
      int ring,
      int row,
      int column,
      int count,
      int group,
      int to,
      int[] ints,
      int intsAt) {
    int source = (left + columns.first(column)) * channels + group * perGroup;
    for (int t = 0; t < rows.taps(); t++) {
      int at = rows.first(row) + t * rows.tapStep();
      int slot = at < 0 || at >= sourceRows ? slots : at % slots;
      ints[intsAt + t] = ring + slot * rowSize + source;
    }
    int step = columns.step() * channels;
    if (runs == 1 && run <= L) {
      shortRuns(floats, ints, intsAt, step, to, count, rows.taps(), run);
    } else if (runs == 1 && run <= 2 * L) {
      doubleRuns(floats, ints, intsAt, step, to, count, rows.taps(), run);
    } else if (runs == 1) {
      longRuns(floats, ints, intsAt, step, to, count, rows.taps(), run);
    } else {
      int runStep = columns.tapStep() * channels;
      separateRuns(floats, ints, intsAt, step, to, count, rows.taps(), runs, run, runStep);
    }
  }

  /** One run of at most one vector per kernel row. */
  private static void shortRuns(
      float[] floats, int[] starts, int startsAt, int step, int to, int count, int taps, int run) {
    int at = to;
    int moved = 0;
    for (int j = 0; j < count; j++) {
      for (int t = 0; t < taps; t++) {
        FloatVector.fromArray(S, floats, starts[startsAt + t] + moved).intoArray(floats, at);
        at += run;
      }
      moved += step;
    }
  }

  /** One run of at most two vectors per kernel row. */
  private static void doubleRuns(
      float[] floats, int[] starts, int startsAt, int step, int to, int count, int taps, int run) {
    int at = to;
    int moved = 0;
    for (int j = 0; j < count; j++) {
      for (int t = 0; t < taps; t++) {
        int from = starts[startsAt + t] + moved;
        FloatVector head = FloatVector.fromArray(S, floats, from);
        FloatVector tail = FloatVector.fromArray(S, floats, from + run - L);
        head.intoArray(floats, at);
        tail.intoArray(floats, at + run - L);
        at += run;
      }
      moved += step;
    }
  }

  /** One run per kernel row. */
  private static void longRuns(
      float[] floats, int[] starts, int startsAt, int step, int to, int count, int taps, int run) {
    int at = to;
    int moved = 0;
    for (int j = 0; j < count; j++) {
      for (int t = 0; t < taps; t++) {
        int from = starts[startsAt + t] + moved;
        for (int i = 0; i < run; i += L) {
          FloatVector.fromArray(S, floats, from + i).intoArray(floats, at + i);
        }
        at += run;
      }
      moved += step;
    }
  }

  /** Several runs per kernel row, {@code runStep} apart in the ring. */
  private static void separateRuns(
      float[] floats,
      int[] starts,
      int startsAt,
      int step,
      int to,
      int count,
      int taps,
      int runs,
      int run,
      int runStep) {
    int at = to;
    int moved = 0;
    for (int j = 0; j < count; j++) {
      for (int t = 0; t < taps; t++) {
        int from = starts[startsAt + t] + moved;
        for (int u = 0; u < runs; u++) {
          for (int i = 0; i < run; i += L) {
            FloatVector.fromArray(S, floats, from + i).intoArray(floats, at + i);
          }
          from += runStep;
          at += run;
        }
      }
      moved += step;
    }
  }
}
