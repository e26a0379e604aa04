package dev.tapewise.core.kernel.assembled;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;

/**
 * Rows of depthwise and grouped convolutions in machine code that this process assembled, with the
 * bits of every other kernel. Rows of the input lie in a ring of {@code [channel
 * block][column][lanes]}, or are pixels that are read where they lie. The code checks nothing: all
 * ranges are checked here, before each call.
 *
 * <p>Every method takes room for its arguments in an int array, {@link #ARGUMENTS} ints from a
 * place on, which it overwrites; and {@link #row}, {@link #rawRow} and {@link #rawWeights} find
 * where rows start behind it.
 */
public final class AssembledRows {
  /** The widest step in the ring from one output column to the next. */
  public static final int WIDEST_STEP = 2;

  /** Ints that a call needs for its arguments. */
  public static final int ARGUMENTS = 18;

  /** The widest kernel of {@link #row}. */
  private static final int WIDEST_KERNEL = 6;

  /** The widest kernel of {@link #rawRow}. */
  private static final int WIDEST_RAW_KERNEL = 5;

  /**
   * Channel blocks of a chunk, which {@link #row} passes with all columns before the next: what
   * columns side by side read and the weights then stay in the first-level cache, and a pixel is
   * written in pieces of several lines.
   */
  private static final int MOST_OF_CHUNK = 10;

  /** Fewer are not worth the turns of the loops. */
  private static final int FEWEST_OF_CHUNK = 5;

  /** Channels of a block. */
  private final int lanes;

  /** By the step, the kernel's columns, and the output columns at once, all from 1. */
  private final MemorySegment[][][] stencils =
      new MemorySegment[WIDEST_STEP][WIDEST_KERNEL][RowCode.WIDEST];

  /** The same of pixels where they lie, for kernels that {@link #knowsRaw}. */
  private final MemorySegment[][][] rawStencils =
      new MemorySegment[WIDEST_STEP][WIDEST_RAW_KERNEL][RowCode.WIDEST];

  /** By the step, from 1. */
  private final MemorySegment[] weights = new MemorySegment[WIDEST_STEP];

  private final MemorySegment[] weightsOfRuns = new MemorySegment[WIDEST_STEP];

  /** By the step, from 1, and the columns that groups leave over. */
  private final MemorySegment[][] rawWeights = new MemorySegment[WIDEST_STEP][RowCode.RUN_COLUMNS];

  private final MemorySegment copy;
  private final MemorySegment normalise;
  private final MemorySegment gradient;
  private final MemorySegment hardSwish;
  private final MemorySegment hardSwishGradient;

  AssembledRows(int lanes) {
    this.lanes = lanes;
    List<byte[]> routines = new ArrayList<>();
    forEachStencil(
        AssembledRows::knows,
        (step, kernel, columns) -> routines.add(RowCode.stencil(lanes, columns, kernel, step)));
    forEachStencil(
        AssembledRows::knowsRaw,
        (step, kernel, columns) ->
            routines.add(RawRowCode.rawStencil(lanes, columns, kernel, step)));
    for (int step = 1; step <= WIDEST_STEP; step++) {
      routines.add(RowCode.weights(lanes, step));
      routines.add(RowCode.weightsOfRuns(lanes, step));
      for (int rest = 0; rest < RowCode.RUN_COLUMNS; rest++) {
        routines.add(RawRowCode.rawWeights(lanes, step, rest));
      }
    }
    routines.add(RowCode.copy(lanes));
    routines.add(RowCode.normalise(lanes));
    routines.add(RowCode.gradient(lanes));
    routines.add(RowCode.hardSwish(lanes));
    routines.add(RowCode.hardSwishGradient(lanes));
    Iterator<MemorySegment> code = NativeCode.load(routines).iterator();
    forEachStencil(
        AssembledRows::knows,
        (step, kernel, columns) -> stencils[step - 1][kernel - 1][columns - 1] = code.next());
    forEachStencil(
        AssembledRows::knowsRaw,
        (step, kernel, columns) -> rawStencils[step - 1][kernel - 1][columns - 1] = code.next());
    for (int step = 1; step <= WIDEST_STEP; step++) {
      weights[step - 1] = code.next();
      weightsOfRuns[step - 1] = code.next();
      for (int rest = 0; rest < RowCode.RUN_COLUMNS; rest++) {
        rawWeights[step - 1][rest] = code.next();
      }
    }
    copy = code.next();
    normalise = code.next();
    gradient = code.next();
    hardSwish = code.next();
    hardSwishGradient = code.next();
  }

  private interface Stencil {
    void at(int step, int kernel, int columns);
  }

  private interface Known {
    boolean test(int kernel, int step);
  }

  private static void forEachStencil(Known known, Stencil stencil) {
    for (int step = 1; step <= WIDEST_STEP; step++) {
      for (int kernel = 1; kernel <= WIDEST_KERNEL; kernel++) {
        for (int columns = 1; known.test(kernel, step) && columns <= RowCode.WIDEST; columns++) {
          stencil.at(step, kernel, columns);
        }
      }
    }
  }

  /**
   * Whether {@link #row} knows a kernel of so many columns (of none, where outputs are the bias) at
   * such a step in the ring. A column is a vector: where a column of the image is two of them, as
   * in groups that read two channels, so are the kernel's columns and the step.
   */
  public static boolean knows(int kernel, int step) {
    return kernel == 0
        || (step == 1 && kernel != 4 && kernel < WIDEST_KERNEL)
        || (step == 2 && kernel > 1 && kernel <= WIDEST_KERNEL);
  }

  /**
   * An output row, {@code y[yAt + column * yStep + channel] = ring[bias + channel] + Σ ring[row +
   * (column * step + k) * lanes] * w[weight]}, each a chain of fma over the kernel's rows and
   * columns k in their order.
   *
   * @param blocks channel blocks, {@code blockStep} floats apart in the ring and {@code wStep} in w
   * @param ints has, behind the arguments, where the kernel's {@code rows} rows start in the ring
   *     for column 0 and channel 0
   * @param at where the arguments start in {@code ints}
   * @param wAt where the weights of the first block lie, in the order of the sum
   * @param bias where the bias lies, in the same array as the ring
   * @param fetched what {@link Ahead} is about, with its ints from {@code ahead} on
   * @throws IndexOutOfBoundsException if a range leaves its array
   */
  public void row(
      float[] y,
      int yAt,
      int yStep,
      int columns,
      float[] ring,
      int step,
      int blockStep,
      int blocks,
      float[] w,
      int wAt,
      int wStep,
      int bias,
      float[] fetched,
      int ahead,
      int[] ints,
      int at,
      int rows,
      int kernel) {
    checkSteps(rows, blockStep);
    int table = at + ARGUMENTS;
    Objects.checkFromIndexSize(at, ARGUMENTS + (long) rows, ints.length);
    Ranges.checkRows(y, yAt, yStep, columns, (long) blocks * lanes);
    Ranges.checkRows(ring, bias, lanes, blocks, lanes);
    Objects.checkFromIndexSize(ahead, Ahead.INTS, ints.length);
    if (ahead < table + rows && at < ahead + Ahead.INTS) {
      throw new IndexOutOfBoundsException(
          "ints at %d among the arguments at %d"
              .formatted(ahead, at)); // which change between calls
    }
    if (rows > 0) {
      Ranges.checkRows(w, wAt, wStep, blocks, (long) rows * kernel * lanes);
    }
    long span = ((columns - 1L) * step + kernel) * lanes + (blocks - 1L) * blockStep;
    for (int r = 0; r < rows; r++) {
      Objects.checkFromIndexSize(ints[table + r], span, ring.length);
    }
    int head = table - RowCode.STENCIL_HEAD;
    ints[head + RowCode.STENCIL_BLOCK_STEP] = blockStep;
    ints[head + RowCode.STENCIL_Y_STEP] = yStep;
    ints[head + RowCode.STENCIL_W_STEP] = wStep;
    ints[head + RowCode.STENCIL_ROWS] = rows;
    ints[head + RowCode.STENCIL_AHEAD_STEP] = Ahead.step(ints, ahead);
    MemorySegment[] code = kernel == 0 ? stencils[0][0] : stencils[step - 1][kernel - 1];
    int chunk = chunk(blocks);
    ints[head + RowCode.STENCIL_BLOCKS] = chunk;
    ints[head + RowCode.STENCIL_CHUNKS] = blocks / chunk;
    ints[head + RowCode.STENCIL_CHUNK_STEP] = chunk * blockStep;
    int size = group(columns);
    for (int done = 0; done < columns; ) {
      int wide = Math.min(size, columns - done);
      int groups = (columns - done) / wide;
      int from = done * step * lanes;
      int first = Ahead.first(ints, ahead);
      ints[head + RowCode.STENCIL_GROUPS] = groups;
      ints[head + RowCode.STENCIL_BIAS] = bias - from;
      ints[head + RowCode.STENCIL_AHEAD_SECOND] = Ahead.second(ints, ahead) - first;
      NativeCode.call(
          code[wide - 1], ring, from, w, wAt, y, yAt + done * yStep, fetched, first, ints, head);
      Ahead.moveOn(ints, ahead, (long) groups * blocks * rows);
      done += groups * wide;
    }
  }

  /** Whether {@link #rawRow} knows a kernel of so many columns at such a step. */
  public static boolean knowsRaw(int kernel, int step) {
    return (kernel == 3 || kernel == WIDEST_RAW_KERNEL) && step >= 1 && step <= WIDEST_STEP;
  }

  /** Zeros that {@link #rawRow} needs. */
  public int rawZeros(int columns, int kernel, int step, int pixelStep) {
    return Math.toIntExact(((group(columns) - 1L) * step + kernel - 1) * pixelStep + lanes);
  }

  /**
   * An output row of pixels that are read where they lie, {@code y[yAt + column * pixelStep +
   * channel] = floats[bias + channel] + Σ x[row + (column * step + k - left) * pixelStep + channel]
   * * w[weight]}, each a chain of fma over the kernel's rows and columns k in their order. Pixels
   * left and right of the row are zeros.
   *
   * @param left zeros on the left, at most half of the kernel; on the right there may be as many
   * @param width pixels of a row
   * @param floats holds the bias and, from {@code zeros} on, {@link #rawZeros} zeros
   * @param ints has, behind the arguments, where the kernel's {@code rows} rows start in x, or −1
   *     for a row of zeros
   * @param next where in x lies what is read next, as much as there is time for being fetched
   *     meanwhile
   * @throws IndexOutOfBoundsException if a range leaves its array
   * @throws IllegalArgumentException if the kernel is not one that {@link #knowsRaw}
   */
  public void rawRow(
      float[] y,
      int yAt,
      int columns,
      float[] x,
      int pixelStep,
      int step,
      int left,
      int width,
      int blocks,
      float[] w,
      int wAt,
      int wStep,
      float[] floats,
      int bias,
      int zeros,
      int next,
      int[] ints,
      int at,
      int rows,
      int kernel) {
    checkSteps(rows, pixelStep);
    if (!knowsRaw(kernel, step)) {
      throw new IllegalArgumentException(
          "a kernel of %d columns at a step of %d".formatted(kernel, step));
    }
    int right = (columns - 1) * step + kernel - left - width;
    checkEdges(left, width, right, kernel);
    int table = at + ARGUMENTS;
    Objects.checkFromIndexSize(at, ARGUMENTS + (long) rows, ints.length);
    Ranges.checkRows(y, yAt, pixelStep, columns, (long) blocks * lanes);
    Ranges.checkRows(floats, bias, lanes, blocks, lanes);
    Objects.checkFromIndexSize(zeros, rawZeros(columns, kernel, step, pixelStep), floats.length);
    if (rows > 0) {
      Ranges.checkRows(w, wAt, wStep, blocks, (long) rows * kernel * lanes);
    }
    checkRows(x, ints, table, rows, pixelStep, width, blocks);
    int head = table - RawRowCode.RAW_HEAD;
    int chunk = chunk(blocks);
    ints[head + RawRowCode.RAW_BLOCKS] = chunk;
    ints[head + RawRowCode.RAW_CHUNKS] = blocks / chunk;
    ints[head + RawRowCode.RAW_STEP] = pixelStep;
    ints[head + RawRowCode.RAW_W_STEP] = wStep;
    ints[head + RawRowCode.RAW_ROWS] = rows;
    ints[head + RawRowCode.RAW_BIAS] = bias;
    ints[head + RawRowCode.RAW_ZEROS] = zeros;
    int fetch = next;
    int size = group(columns);
    for (int done = 0; done < columns; ) {
      int wide = Math.min(size, columns - done);
      int groups = (columns - done) / wide;
      int end = done + groups * wide;
      int behind = (end - 1) * step + kernel - left - width;
      ints[head + RawRowCode.RAW_GROUPS] = groups;
      ints[head + RawRowCode.RAW_X] = (done * step - left) * pixelStep;
      ints[head + RawRowCode.RAW_LEFT] = bits(left - done * step);
      ints[head + RawRowCode.RAW_RIGHT] = RawRowCode.RIGHT_BIT * bits(behind);
      ints[head + RawRowCode.RAW_NEXT] = fetch;
      NativeCode.call(
          rawStencils[step - 1][kernel - 1][wide - 1],
          floats,
          0,
          w,
          wAt,
          y,
          yAt + done * pixelStep,
          x,
          0,
          ints,
          head);
      fetch += groups * blocks * rows * RawRowCode.rawAhead(lanes, wide, kernel, step);
      done = end;
    }
  }

  /** So many ones from the lowest bit on, none if negative. */
  private static int bits(int count) {
    return count <= 0 ? 0 : (1 << count) - 1;
  }

  /** The blocks of a chunk: as many as can be of which there are whole chunks, or all. */
  private static int chunk(int blocks) {
    for (int chunk = MOST_OF_CHUNK; chunk >= FEWEST_OF_CHUNK; chunk--) {
      if (blocks % chunk == 0) {
        return chunk;
      }
    }
    return blocks;
  }

  /** Output columns at once: as many as can be, but the last groups not much fewer. */
  private static int group(int columns) {
    return Math.ceilDiv(columns, Math.ceilDiv(columns, RowCode.WIDEST));
  }

  /** Turns of the loops of {@link #row}. */
  public static long turns(int columns, int blocks, int rows) {
    return columns == 0 ? 0 : (long) Math.ceilDiv(columns, group(columns)) * blocks * rows;
  }

  /** Turns of the loops of {@link #nineWeights} where it is fastest; there are none elsewhere. */
  public static long weightTurns(int columns, int blocks) {
    return (long) (columns / RowCode.RUN_COLUMNS) * blocks;
  }

  /**
   * Stages {@code width} pixels of the first {@code blocks} blocks of {@code channels} as they are.
   *
   * @throws IndexOutOfBoundsException if a range leaves its array
   */
  public void copy(
      float[] ring,
      int to,
      int blockStep,
      float[] x,
      int xAt,
      int width,
      int channels,
      int blocks,
      int[] ints,
      int at) {
    stage(ring, to, blockStep, x, xAt, width, channels, blocks, ints, at);
    NativeCode.call(copy, ring, to, x, xAt, x, 0, x, 0, ints, at);
  }

  /**
   * Stages {@code min(max(fma(x, scale, shift), low), high)} as the kernels' {@code Reading} has
   * it.
   *
   * @param below what becomes low, if less than it
   * @param above what becomes high, if greater than it
   * @throws IndexOutOfBoundsException if a range leaves its array
   */
  public void normalise(
      float[] ring,
      int to,
      int blockStep,
      float[] x,
      int xAt,
      int width,
      int channels,
      int blocks,
      float[] coefficients,
      int scale,
      int shift,
      float below,
      float low,
      float above,
      float high,
      int[] ints,
      int at) {
    stage(ring, to, blockStep, x, xAt, width, channels, blocks, ints, at);
    Ranges.checkRows(coefficients, scale, lanes, blocks, lanes);
    Ranges.checkRows(coefficients, shift, lanes, blocks, lanes);
    ints[at + RowCode.NORMALISE_BELOW] = Float.floatToRawIntBits(below);
    ints[at + RowCode.NORMALISE_LOW] = Float.floatToRawIntBits(low);
    ints[at + RowCode.NORMALISE_ABOVE] = Float.floatToRawIntBits(above);
    ints[at + RowCode.NORMALISE_HIGH] = Float.floatToRawIntBits(high);
    NativeCode.call(
        normalise, ring, to, x, xAt, coefficients, scale, coefficients, shift, ints, at);
  }

  /**
   * Stages the hard swish of {@code fma(x, scale, shift)} as the kernels' {@code Reading} has it.
   *
   * @throws IndexOutOfBoundsException if a range leaves its array
   */
  public void hardSwish(
      float[] ring,
      int to,
      int blockStep,
      float[] x,
      int xAt,
      int width,
      int channels,
      int blocks,
      float[] coefficients,
      int scale,
      int shift,
      int[] ints,
      int at) {
    stage(ring, to, blockStep, x, xAt, width, channels, blocks, ints, at);
    Ranges.checkRows(coefficients, scale, lanes, blocks, lanes);
    Ranges.checkRows(coefficients, shift, lanes, blocks, lanes);
    ints[at + RowCode.SWISH_THREE] = Float.floatToRawIntBits(3f);
    ints[at + RowCode.SWISH_SIX] = Float.floatToRawIntBits(6f);
    ints[at + RowCode.SWISH_SIXTH] = Float.floatToRawIntBits(1f / 6f);
    ints[at + RowCode.SWISH_MINUS_THREE] = Float.floatToRawIntBits(-3f);
    NativeCode.call(
        hardSwish, ring, to, x, xAt, coefficients, scale, coefficients, shift, ints, at);
  }

  /**
   * Stages a gradient through norm and clamp, {@code fma(g', a, fma(z, b, d))} as the kernels'
   * {@code GradientReading} has it.
   *
   * @param scale where the five vectors by channel lie in {@code coefficients}
   * @throws IndexOutOfBoundsException if a range leaves its array
   */
  public void gradient(
      float[] ring,
      int to,
      int blockStep,
      float[] g,
      int gAt,
      float[] z,
      int zAt,
      int width,
      int channels,
      int blocks,
      float[] coefficients,
      int scale,
      int shift,
      int a,
      int b,
      int d,
      float low,
      float high,
      int[] ints,
      int at) {
    stage(ring, to, blockStep, g, gAt, width, channels, blocks, ints, at);
    Ranges.checkRows(z, zAt, channels, width, (long) blocks * lanes);
    vectors(coefficients, scale, shift, a, b, d, blocks, ints, at);
    ints[at + RowCode.GRADIENT_LOW] = Float.floatToRawIntBits(low);
    ints[at + RowCode.GRADIENT_HIGH] = Float.floatToRawIntBits(high);
    NativeCode.call(gradient, ring, to, g, gAt, z, zAt, coefficients, 0, ints, at);
  }

  /**
   * Stages a gradient through norm and hard swish, likewise.
   *
   * @throws IndexOutOfBoundsException if a range leaves its array
   */
  public void hardSwishGradient(
      float[] ring,
      int to,
      int blockStep,
      float[] g,
      int gAt,
      float[] z,
      int zAt,
      int width,
      int channels,
      int blocks,
      float[] coefficients,
      int scale,
      int shift,
      int a,
      int b,
      int d,
      int[] ints,
      int at) {
    stage(ring, to, blockStep, g, gAt, width, channels, blocks, ints, at);
    Ranges.checkRows(z, zAt, channels, width, (long) blocks * lanes);
    vectors(coefficients, scale, shift, a, b, d, blocks, ints, at);
    ints[at + RowCode.SWISH_GRADIENT_SHIFT] = Float.floatToRawIntBits(1.5f);
    ints[at + RowCode.SWISH_GRADIENT_THIRD] = Float.floatToRawIntBits(1f / 3f);
    ints[at + RowCode.SWISH_GRADIENT_THREE] = Float.floatToRawIntBits(3f);
    ints[at + RowCode.SWISH_GRADIENT_ONE] = Float.floatToRawIntBits(1f);
    ints[at + RowCode.SWISH_GRADIENT_MINUS_THREE] = Float.floatToRawIntBits(-3f);
    NativeCode.call(hardSwishGradient, ring, to, g, gAt, z, zAt, coefficients, 0, ints, at);
  }

  /** Checks and notes where the five vectors of a gradient lie. */
  private void vectors(
      float[] coefficients,
      int scale,
      int shift,
      int a,
      int b,
      int d,
      int blocks,
      int[] ints,
      int at) {
    vector(coefficients, scale, blocks, ints, at + RowCode.GRADIENT_SCALE);
    vector(coefficients, shift, blocks, ints, at + RowCode.GRADIENT_SHIFT);
    vector(coefficients, a, blocks, ints, at + RowCode.GRADIENT_A);
    vector(coefficients, b, blocks, ints, at + RowCode.GRADIENT_B);
    vector(coefficients, d, blocks, ints, at + RowCode.GRADIENT_D);
  }

  private void vector(float[] coefficients, int offset, int blocks, int[] ints, int at) {
    Ranges.checkRows(coefficients, offset, lanes, blocks, lanes);
    ints[at] = offset;
  }

  /** Checks and notes what all kinds of staging share. */
  private void stage(
      float[] ring,
      int to,
      int blockStep,
      float[] x,
      int xAt,
      int width,
      int channels,
      int blocks,
      int[] ints,
      int at) {
    Objects.checkFromIndexSize(at, ARGUMENTS, ints.length);
    Ranges.checkRows(ring, to, blockStep, blocks, (long) width * lanes);
    Ranges.checkRows(x, xAt, channels, width, (long) blocks * lanes);
    ints[at + RowCode.STAGE_WIDTH] = width;
    ints[at + RowCode.STAGE_BLOCKS] = blocks;
    ints[at + RowCode.STAGE_PIXEL_STEP] = channels;
    ints[at + RowCode.STAGE_BLOCK_STEP] = blockStep;
  }

  /**
   * Adds one output row to the weight gradients of nine taps, {@code partial [block][9][lanes]}.
   * Fastest where they are three runs of three columns next to each other, as of a 3×3 kernel.
   *
   * @param dz holds the row of the output's gradient from {@code dzAt} on, columns {@code dzStep}
   *     and blocks {@code dzBlockStep} floats apart
   * @param fetched what {@link Ahead} is about, with its ints from {@code ahead} on
   * @param offsets where the nine places in the ring start in {@code ints}
   * @param at where the arguments start there
   * @throws IndexOutOfBoundsException if a range leaves its array
   */
  public void nineWeights(
      float[] partial,
      int partialAt,
      float[] ring,
      int step,
      int blockStep,
      float[] dz,
      int dzAt,
      int dzStep,
      int dzBlockStep,
      int columns,
      int blocks,
      float[] fetched,
      int ahead,
      int[] ints,
      int offsets,
      int at) {
    checkSteps(0, blockStep);
    checkGradient(dz, dzAt, dzStep, dzBlockStep, columns, blocks);
    Objects.checkFromIndexSize(at, ARGUMENTS, ints.length);
    Objects.checkFromIndexSize(ahead, Ahead.INTS, ints.length);
    Ranges.checkRows(partial, partialAt, RowCode.NINE * lanes, blocks, (long) RowCode.NINE * lanes);
    long span = (columns - 1L) * step * lanes + (blocks - 1L) * blockStep + lanes;
    boolean runs = true;
    for (int t = 0; t < RowCode.NINE; t++) {
      int place = ints[offsets + t];
      Objects.checkFromIndexSize(place, span, ring.length);
      ints[at + RowCode.WEIGHTS_TAPS + t] = place;
      runs &= t % RowCode.RUN == 0 || place == ints[offsets + t - 1] + lanes;
    }
    ints[at + RowCode.WEIGHTS_BLOCKS] = blocks;
    ints[at + RowCode.WEIGHTS_BLOCK_STEP] = blockStep;
    ints[at + RowCode.WEIGHTS_DZ_BLOCK_STEP] = dzBlockStep;
    ints[at + RowCode.WEIGHTS_WIDTH] = columns;
    ints[at + RowCode.WEIGHTS_DZ_STEP] = dzStep;
    ints[at + RowCode.WEIGHTS_DZ_ROW] = dzStep == lanes ? 0 : columns * dzStep;
    ints[at + RowCode.WEIGHTS_AHEAD_FIRST] = Ahead.first(ints, ahead);
    ints[at + RowCode.WEIGHTS_AHEAD_SECOND] = Ahead.second(ints, ahead);
    ints[at + RowCode.WEIGHTS_AHEAD_STEP] = Ahead.step(ints, ahead);
    MemorySegment code = (runs ? weightsOfRuns : weights)[step - 1];
    NativeCode.call(code, ring, 0, partial, partialAt, dz, dzAt, fetched, 0, ints, at);
    if (runs) {
      Ahead.moveOn(ints, ahead, weightTurns(columns, blocks));
    }
  }

  /** Zeros that {@link #rawWeights} needs, of a kernel of three columns. */
  public int rawWeightZeros(int columns, int step, int pixelStep) {
    return Math.toIntExact(((columns - 1L) * step + RowCode.RUN - 1) * pixelStep + lanes);
  }

  /**
   * Adds one output row to the weight gradients of a 3×3 kernel, {@code partial [block][9][lanes]},
   * pixels of x being read where they lie. Pixels left and right of a row are zeros.
   *
   * @param left zeros on the left, at most 1; on the right there may be as many
   * @param width pixels of a row
   * @param dz as in {@link #nineWeights}
   * @param zeros where {@link #rawWeightZeros} zeros start in {@code floats}
   * @param next where in x lies what is read next, being fetched meanwhile
   * @param ints has, behind the arguments, where the three rows start in x, or −1 for zeros
   * @throws IndexOutOfBoundsException if a range leaves its array
   */
  public void rawWeights(
      float[] partial,
      int partialAt,
      float[] x,
      int pixelStep,
      int step,
      int left,
      int width,
      float[] dz,
      int dzAt,
      int dzStep,
      int dzBlockStep,
      int columns,
      int blocks,
      float[] floats,
      int zeros,
      int next,
      int[] ints,
      int at) {
    checkSteps(0, pixelStep);
    checkGradient(dz, dzAt, dzStep, dzBlockStep, columns, blocks);
    int right = (columns - 1) * step + RowCode.RUN - left - width;
    checkEdges(left, width, right, RowCode.RUN);
    int table = at + ARGUMENTS;
    Objects.checkFromIndexSize(at, ARGUMENTS + (long) RowCode.RUN, ints.length);
    Ranges.checkRows(partial, partialAt, RowCode.NINE * lanes, blocks, (long) RowCode.NINE * lanes);
    Objects.checkFromIndexSize(zeros, rawWeightZeros(columns, step, pixelStep), floats.length);
    checkRows(x, ints, table, RowCode.RUN, pixelStep, width, blocks);
    int head = table - RawRowCode.RAW_WEIGHTS_ROWS;
    ints[head + RawRowCode.RAW_WEIGHTS_BLOCKS] = blocks;
    ints[head + RawRowCode.RAW_WEIGHTS_DZ_BLOCK_STEP] = dzBlockStep;
    ints[head + RawRowCode.RAW_WEIGHTS_DZ_STEP] = dzStep;
    ints[head + RawRowCode.RAW_WEIGHTS_DZ_ROW] = dzStep == lanes ? 0 : columns * dzStep;
    ints[head + RawRowCode.RAW_WEIGHTS_FOURS] = columns / RowCode.RUN_COLUMNS;
    ints[head + RawRowCode.RAW_WEIGHTS_STEP] = pixelStep;
    ints[head + RawRowCode.RAW_WEIGHTS_LEFT] = bits(left);
    ints[head + RawRowCode.RAW_WEIGHTS_RIGHT] = RawRowCode.RIGHT_BIT * bits(right);
    ints[head + RawRowCode.RAW_WEIGHTS_NEXT] = next;
    ints[head + RawRowCode.RAW_WEIGHTS_X] = -left * pixelStep;
    ints[head + RawRowCode.RAW_WEIGHTS_ZEROS] = zeros;
    MemorySegment code = rawWeights[step - 1][columns % RowCode.RUN_COLUMNS];
    NativeCode.call(code, floats, 0, partial, partialAt, dz, dzAt, x, 0, ints, head);
  }

  private void checkGradient(
      float[] dz, int dzAt, int dzStep, int dzBlockStep, int columns, int blocks) {
    if (columns < 1 || dzStep < 0 || dzBlockStep < 0) {
      throw new IndexOutOfBoundsException(
          "%d columns %d apart, blocks %d apart".formatted(columns, dzStep, dzBlockStep));
    }
    long span = (columns - 1L) * dzStep + (blocks - 1L) * dzBlockStep + lanes;
    Objects.checkFromIndexSize(dzAt, span, dz.length);
  }

  private static void checkEdges(int left, int width, int right, int kernel) {
    if (left < 0 || left > kernel / 2 || right > kernel / 2 || width < 1) {
      throw new IndexOutOfBoundsException(
          "%d pixels between %d and %d zeros".formatted(width, left, right));
    }
  }

  /** Checks rows of pixels, −1 being none. */
  private void checkRows(
      float[] x, int[] ints, int table, int rows, int pixelStep, int width, int blocks) {
    for (int r = 0; r < rows; r++) {
      if (ints[table + r] != -1) {
        Ranges.checkRows(x, ints[table + r], pixelStep, width, (long) blocks * lanes);
      }
    }
  }

  /** Checks what only makes sense if it is not negative. */
  private static void checkSteps(int rows, int blockStep) {
    if (rows < 0 || blockStep < 0) {
      throw new IndexOutOfBoundsException(
          "%d rows of a kernel, blocks %d apart".formatted(rows, blockStep));
    }
  }
}
