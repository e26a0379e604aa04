package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.kernel.Activation;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Reading;
import dev.tapewise.core.kernel.UnaryFunction;
import java.util.Arrays;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Rows {@code [rows, columns]} copied into panels {@code [ceil(columns / WIDTH)][rows][WIDTH]} for
 * {@link Tiles#outer4}, as they are or read through norm and activation on the way. Panels lie
 * {@code stride} floats apart; the columns that the last one has too many are zero.
 */
final class Panels {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;
  private static final int WIDTH = Tiles.WIDTH;
  private static final HardUnary.HardSwish HARD_SWISH =
      new HardUnary.HardSwish(new UnaryFunction.HardSwish());

  private Panels() {}

  /** How many panels hold {@code columns} columns. */
  static int count(int columns) {
    return (columns + WIDTH - 1) / WIDTH;
  }

  /**
   * Floats from one panel of {@code rows} rows to the next: one row more than needed, so that
   * panels of a power of two rows do not compete for the same lines of the cache.
   */
  static int stride(int rows) {
    return (rows + 1) * WIDTH;
  }

  /** Rows as they are. */
  static void copy(
      float[] out, int outOffset, int stride, float[] x, int xOffset, int rows, int columns) {
    copy(out, outOffset, stride, x, xOffset, rows, columns, 0, columns);
  }

  /** The panels of the columns {@code first} to {@code last} at least. */
  static void copy(
      float[] out,
      int outOffset,
      int stride,
      float[] x,
      int xOffset,
      int rows,
      int columns,
      int first,
      int last) {
    int whole = columns - columns % L;
    for (int r = 0; r < rows; r++) {
      int from = xOffset + r * columns;
      int to = outOffset + r * WIDTH;
      for (int c = first; c < Math.min(whole, last); c += L) {
        FloatVector.fromArray(S, x, from + c).intoArray(out, to + c / WIDTH * stride + c % WIDTH);
      }
    }
    if (whole < columns) {
      for (int r = 0; r < rows; r++) {
        int from = xOffset + r * columns;
        int to = outOffset + r * WIDTH;
        for (int c = whole; c < columns; c++) {
          out[to + c / WIDTH * stride + c % WIDTH] = x[from + c];
        }
      }
    }
    clearRest(out, outOffset, stride, rows, columns);
  }

  /**
   * Rows of a reading through a norm and a clamp, the panels of the columns {@code first} to {@code
   * last} at least.
   */
  static void normalise(
      float[] out,
      int outOffset,
      int stride,
      Reading x,
      float[] coefficients,
      Activation.Clamp clamp,
      int row,
      int rows,
      int columns,
      int first,
      int last) {
    int from = x.offset() + row * columns;
    normalise(
        out,
        outOffset,
        stride,
        x.data(),
        from,
        coefficients,
        x.scale(),
        x.shift(),
        clamp.low(),
        clamp.high(),
        rows,
        columns,
        first,
        last);
    if (columns % L != 0) {
      for (int r = 0; r < rows; r++) {
        int to = outOffset + r * WIDTH;
        for (int c = columns - columns % L; c < columns; c++) {
          float normalised =
              Math.fma(
                  x.data()[from + r * columns + c],
                  coefficients[x.scale() + c],
                  coefficients[x.shift() + c]);
          out[to + c / WIDTH * stride + c % WIDTH] = clamp.value(normalised);
        }
      }
    }
    clearRest(out, outOffset, stride, rows, columns);
  }

  private static void normalise(
      float[] out,
      int outOffset,
      int stride,
      float[] x,
      int xOffset,
      float[] coefficients,
      int scale,
      int shift,
      float low,
      float high,
      int rows,
      int columns,
      int first,
      int last) {
    FloatVector lowest = FloatVector.broadcast(S, low);
    FloatVector highest = FloatVector.broadcast(S, high);
    int whole = Math.min(columns - columns % L, last);
    for (int r = 0; r < rows; r++) {
      int x0 = xOffset + r * columns;
      int to = outOffset + r * WIDTH;
      for (int c = first; c < whole; c += L) {
        FloatVector.fromArray(S, x, x0 + c)
            .fma(
                FloatVector.fromArray(S, coefficients, scale + c),
                FloatVector.fromArray(S, coefficients, shift + c))
            .max(lowest)
            .min(highest)
            .intoArray(out, to + c / WIDTH * stride + c % WIDTH);
      }
    }
  }

  /**
   * The hard swish of all that the panels of the columns {@code first} to {@code last} hold, in
   * place; it leaves zeros zero.
   */
  static void hardSwish(float[] panels, int at, int stride, int rows, int first, int last) {
    for (int p = first / WIDTH; p < count(last); p++) {
      int panel = at + p * stride;
      HARD_SWISH.values(panels, panel, panels, panel, rows * WIDTH, panels, panel);
    }
  }

  /**
   * Rows of a gradient read through a clamp and a norm, row-major into {@code flat} and into
   * panels.
   */
  static void gradient(
      float[] flat,
      int flatOffset,
      float[] out,
      int outOffset,
      int stride,
      GradientReading dy,
      float[] coefficients,
      Activation.Clamp clamp,
      int row,
      int rows,
      int columns) {
    float[] input = Objects.requireNonNull(dy.input());
    int g = dy.offset() + row * columns;
    int z = dy.inputOffset() + row * columns;
    gradient(
        flat,
        flatOffset,
        out,
        outOffset,
        stride,
        dy.data(),
        g,
        input,
        z,
        coefficients,
        dy.scale(),
        dy.shift(),
        dy.a(),
        dy.b(),
        dy.d(),
        clamp.low(),
        clamp.high(),
        rows,
        columns);
    if (columns % L != 0) {
      for (int r = 0; r < rows; r++) {
        int to = outOffset + r * WIDTH;
        for (int c = columns - columns % L; c < columns; c++) {
          int at = r * columns + c;
          float v = input[z + at];
          float t = Math.fma(v, coefficients[dy.scale() + c], coefficients[dy.shift() + c]);
          float gated = clamp.gradient(dy.data()[g + at], t);
          float rest = Math.fma(v, coefficients[dy.b() + c], coefficients[dy.d() + c]);
          float value = Math.fma(gated, coefficients[dy.a() + c], rest);
          flat[flatOffset + at] = value;
          out[to + c / WIDTH * stride + c % WIDTH] = value;
        }
      }
    }
    clearRest(out, outOffset, stride, rows, columns);
  }

  private static void gradient(
      float[] flat,
      int flatOffset,
      float[] out,
      int outOffset,
      int stride,
      float[] g,
      int gOffset,
      float[] z,
      int zOffset,
      float[] coefficients,
      int scale,
      int shift,
      int a,
      int b,
      int d,
      float low,
      float high,
      int rows,
      int columns) {
    FloatVector lowest = FloatVector.broadcast(S, low);
    FloatVector highest = FloatVector.broadcast(S, high);
    FloatVector zero = FloatVector.zero(S);
    int whole = columns - columns % L;
    for (int r = 0; r < rows; r++) {
      int g0 = gOffset + r * columns;
      int z0 = zOffset + r * columns;
      int f0 = flatOffset + r * columns;
      int to = outOffset + r * WIDTH;
      for (int c = 0; c < whole; c += L) {
        FloatVector v = FloatVector.fromArray(S, z, z0 + c);
        FloatVector t =
            v.fma(
                FloatVector.fromArray(S, coefficients, scale + c),
                FloatVector.fromArray(S, coefficients, shift + c));
        VectorMask<Float> open =
            t.compare(VectorOperators.GT, lowest).and(t.compare(VectorOperators.LT, highest));
        FloatVector rest =
            v.fma(
                FloatVector.fromArray(S, coefficients, b + c),
                FloatVector.fromArray(S, coefficients, d + c));
        FloatVector value =
            zero.blend(FloatVector.fromArray(S, g, g0 + c), open)
                .fma(FloatVector.fromArray(S, coefficients, a + c), rest);
        value.intoArray(flat, f0 + c);
        value.intoArray(out, to + c / WIDTH * stride + c % WIDTH);
      }
    }
  }

  /** Zeroes the columns of the last panel that lie behind {@code columns}. */
  private static void clearRest(float[] out, int outOffset, int stride, int rows, int columns) {
    int used = columns % WIDTH;
    if (used == 0) {
      return;
    }
    int last = outOffset + columns / WIDTH * stride;
    for (int r = 0; r < rows; r++) {
      Arrays.fill(out, last + r * WIDTH + used, last + (r + 1) * WIDTH, 0f);
    }
  }
}
