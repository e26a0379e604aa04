package dev.tapewise.core.kernel.assembled;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Sums per channel over rows in machine code that this process assembled, with the bits of every
 * other kernel. Channels go in vectors; the last, partial one is summed where the processor has
 * masks, and otherwise left to the caller. The code checks nothing: all ranges are checked here,
 * before each call.
 */
public final class AssembledSums {
  private final int lanes;
  private final boolean masks;
  private final Routines moments;
  private final Routines gradientSums;
  private final Routines hardSwishSums;

  /** Writes a routine. */
  private interface Code {
    byte[] of(int lanes, int vectors, boolean masked);
  }

  /**
   * One kind of sums.
   *
   * @param whole by the vectors of a column, from 1
   * @param masked the same with a mask on the last vector; empty where there are no masks
   */
  private record Routines(List<MemorySegment> whole, List<MemorySegment> masked) {
    static Routines of(int lanes, int most, Code code) {
      return new Routines(
          load(lanes, most, false, code),
          Assembler.of(lanes).masks() ? load(lanes, most, true, code) : List.of());
    }

    private static List<MemorySegment> load(int lanes, int most, boolean masked, Code code) {
      List<byte[]> routines = new ArrayList<>();
      for (int vectors = 1; vectors <= most; vectors++) {
        routines.add(code.of(lanes, vectors, masked));
      }
      return NativeCode.load(routines);
    }

    /** Vectors of a column, if so many are cut into equal columns as wide as there are. */
    int width(int vectors) {
      int columns = Math.ceilDiv(vectors, whole.size());
      return Math.ceilDiv(vectors, columns);
    }
  }

  AssembledSums(int lanes) {
    this.lanes = lanes;
    masks = Assembler.of(lanes).masks();
    moments = Routines.of(lanes, SumCode.mostOfMoments(lanes), SumCode::moments);
    gradientSums = Routines.of(lanes, SumCode.mostOfGradients(lanes), SumCode::gradientSums);
    hardSwishSums = Routines.of(lanes, SumCode.mostOfHardSwish(lanes), SumCode::hardSwishSums);
  }

  /** How many of so many channels, from the first on, are summed here: all, or whole vectors. */
  public int channels(int channels) {
    return masks ? channels : channels - channels % lanes;
  }

  /**
   * {@code mean[c] = Σ x[r, c] / rows}, then {@code centred[c] = Σ (x[r, c] - mean[c])²}, for
   * {@link #channels} of the channels.
   *
   * @throws IndexOutOfBoundsException if a range leaves its array
   */
  public void moments(
      float[] mean,
      int meanAt,
      float[] centred,
      int centredAt,
      float[] x,
      int at,
      int rows,
      int channels) {
    int summed = channels(channels);
    Ranges.checkRows(x, at, channels, rows, summed);
    Ranges.checkRows(mean, meanAt, summed, 1, summed);
    Ranges.checkRows(centred, centredAt, summed, 1, summed);
    int vectors = Math.ceilDiv(summed, lanes);
    int width = moments.width(vectors);
    int tail = summed % lanes;
    int columns = (vectors - (tail > 0 ? 1 : 0)) / width;
    long step = NativeCode.bytes(channels);
    long count = Float.floatToRawIntBits(rows);
    if (columns > 0) {
      MemorySegment code = moments.whole.get(width - 1);
      NativeCode.call(code, x, at, mean, meanAt, centred, centredAt, rows, step, columns, count, 0);
    }
    int done = columns * width;
    if (done < vectors) {
      int c = done * lanes;
      MemorySegment code = (tail > 0 ? moments.masked : moments.whole).get(vectors - done - 1);
      NativeCode.call(
          code,
          x,
          at + c,
          mean,
          meanAt + c,
          centred,
          centredAt + c,
          rows,
          step,
          1,
          count,
          mask(tail));
    }
  }

  private static long mask(int lanes) {
    return (1L << lanes) - 1;
  }

  /**
   * The two sums of a gradient behind norm and clamp, {@code sums[sum + c] = Σ g'} and {@code
   * sums[product + c] = Σ fma(g', z - mean[c], ·)}, for {@link #channels} of the channels.
   *
   * @param coefficients holds scale, shift and mean by channel
   * @throws IndexOutOfBoundsException if a range leaves its array
   */
  public void gradientSums(
      float[] sums,
      int sum,
      int product,
      float[] g,
      int gAt,
      float[] z,
      int zAt,
      float[] coefficients,
      int scale,
      int shift,
      int mean,
      float low,
      float high,
      int rows,
      int channels) {
    long lowBits = Float.floatToRawIntBits(low) & 0xFFFF_FFFFL;
    long highBits = (long) Float.floatToRawIntBits(high) << Integer.SIZE;
    long bounds = lowBits + highBits;
    sums(
        gradientSums,
        sums,
        sum,
        product,
        g,
        gAt,
        z,
        zAt,
        coefficients,
        scale,
        shift,
        mean,
        bounds,
        rows,
        channels);
  }

  /**
   * The same behind norm and hard swish.
   *
   * @throws IndexOutOfBoundsException if a range leaves its array
   */
  public void hardSwishSums(
      float[] sums,
      int sum,
      int product,
      float[] g,
      int gAt,
      float[] z,
      int zAt,
      float[] coefficients,
      int scale,
      int shift,
      int mean,
      int rows,
      int channels) {
    sums(
        hardSwishSums,
        sums,
        sum,
        product,
        g,
        gAt,
        z,
        zAt,
        coefficients,
        scale,
        shift,
        mean,
        0,
        rows,
        channels);
  }

  private void sums(
      Routines routines,
      float[] sums,
      int sum,
      int product,
      float[] g,
      int gAt,
      float[] z,
      int zAt,
      float[] coefficients,
      int scale,
      int shift,
      int mean,
      long bounds,
      int rows,
      int channels) {
    int summed = channels(channels);
    Ranges.checkRows(g, gAt, channels, rows, summed);
    Ranges.checkRows(z, zAt, channels, rows, summed);
    Ranges.checkRows(coefficients, scale, summed, 1, summed);
    Ranges.checkRows(coefficients, shift, summed, 1, summed);
    Ranges.checkRows(coefficients, mean, summed, 1, summed);
    Ranges.checkRows(sums, sum, summed, 1, summed);
    Ranges.checkRows(sums, product, summed, 1, summed);
    int vectors = Math.ceilDiv(summed, lanes);
    int width = routines.width(vectors);
    int tail = summed % lanes;
    int columns = (vectors - (tail > 0 ? 1 : 0)) / width;
    long shiftBytes = NativeCode.bytes(shift - scale);
    long meanBytes = NativeCode.bytes(mean - scale);
    long productBytes = NativeCode.bytes(product - sum);
    long step = NativeCode.bytes(channels);
    if (columns > 0) {
      MemorySegment code = routines.whole.get(width - 1);
      NativeCode.call(
          code,
          z,
          zAt,
          g,
          gAt,
          coefficients,
          scale,
          sums,
          sum,
          shiftBytes,
          meanBytes,
          productBytes,
          rows,
          step,
          columns,
          0,
          bounds);
    }
    int done = columns * width;
    if (done < vectors) {
      int c = done * lanes;
      MemorySegment code = (tail > 0 ? routines.masked : routines.whole).get(vectors - done - 1);
      NativeCode.call(
          code,
          z,
          zAt + c,
          g,
          gAt + c,
          coefficients,
          scale + c,
          sums,
          sum + c,
          shiftBytes,
          meanBytes,
          productBytes,
          rows,
          step,
          1,
          mask(tail),
          bounds);
    }
  }
}
