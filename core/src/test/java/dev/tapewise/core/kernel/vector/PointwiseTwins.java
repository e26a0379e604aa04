package dev.tapewise.core.kernel.vector;

import static dev.tapewise.core.kernel.vector.TestReadings.assertSameBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tapewise.core.Scratch;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Pointwise;
import dev.tapewise.core.kernel.Reading;
import dev.tapewise.core.kernel.scalar.ScalarKernels;
import java.util.Arrays;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * Products equal their scalar twin bit for bit and write nothing but their rows: what holds for
 * tiles of the Vector API and for assembled ones.
 */
abstract class PointwiseTwins {
  private static final float MARK = 12345.5f;
  private static final int GUARD = 19;
  private final Pointwise twin = new ScalarKernels().pointwise();
  private final Pointwise fast;

  PointwiseTwins(Pointwise fast) {
    this.fast = fast;
  }

  @Property(tries = 60)
  void forwardMatchesItsTwin(
      @ForAll @IntRange(min = 1, max = 30) int rows,
      @ForAll @IntRange(min = 1, max = 37) int k,
      @ForAll @IntRange(min = 1, max = 37) int n,
      @ForAll boolean normalised,
      @ForAll boolean biased,
      @ForAll long seed) {
    checkForward(rows, k, n, normalised, biased, seed);
  }

  @Property(tries = 60)
  void backwardMatchesItsTwin(
      @ForAll @IntRange(min = 1, max = 30) int rows,
      @ForAll @IntRange(min = 1, max = 37) int k,
      @ForAll @IntRange(min = 1, max = 37) int n,
      @ForAll boolean normalised,
      @ForAll boolean gated,
      @ForAll @IntRange(min = 0, max = 4) int wanted,
      @ForAll long seed) {
    checkBackward(rows, k, n, normalised, gated, wanted, seed);
  }

  @Example
  void reductionsLongerThanOnePartContinueThroughTheOutput() {
    checkForward(9, 2 * 256 + 1, 9, false, true, 1);
    checkForward(7, 257, 33, true, false, 2);
    checkBackward(8, 3, 300, true, true, 3, 3);
    checkBackward(8, 35, 257, false, false, 4, 4);
  }

  @Example
  void wideInputsOfNarrowOutputsMatchToo() {
    checkForward(31, 144, 24, false, false, 5);
    checkForward(31, 144, 24, true, false, 6);
  }

  @Example
  void severalBlocksOfRowsMatchOneAfterTheOther() {
    checkForward(197, 3, 5, true, false, 7);
    checkBackward(197, 3, 5, true, true, 3, 8);
    checkForward(50, 1200, 3, false, false, 9);
  }

  @Example
  void partsOfTheColumnsMatchToo() {
    checkBackward(50, 70, 40, true, true, 3, 10);
    checkBackward(50, 70, 40, false, false, 4, 11);
  }

  private void checkForward(int rows, int k, int n, boolean normalised, boolean biased, long seed) {
    TestReadings data = new TestReadings(seed);
    int skipped = 2;
    Reading x = normalised ? data.normalised(skipped + rows, k) : data.raw(skipped + rows, k);
    float[] w = data.floats(k * n);
    float[] bias = biased ? data.floats(n + 3) : null;
    float[] expected = guarded(rows * n);
    float[] packed = packed(twin, w, k, n);
    Scratch scratch = TestReadings.scratch(twin.forwardScratch(rows, k, n), twin.scratchInts());
    twin.forward(expected, GUARD, x, skipped, rows, k, n, packed, 0, bias, 3, 0, n, scratch);

    packed = packed(fast, w, k, n);
    scratch = TestReadings.scratch(fast.forwardScratch(rows, k, n), fast.scratchInts());
    float[] y = guarded(rows * n);
    fast.forward(y, GUARD, x, skipped, rows, k, n, packed, 0, bias, 3, 0, n, scratch);
    assertSameBits(expected, y, "y");
    assertEquals(0, scratch.mark(), "scratch still taken");

    int first = rows / 3;
    if (first > 0) {
      float[] parts = guarded(rows * n);
      fast.forward(parts, GUARD, x, skipped, first, k, n, packed, 0, bias, 3, 0, n, scratch);
      int at = GUARD + first * n;
      int next = skipped + first;
      fast.forward(parts, at, x, next, rows - first, k, n, packed, 0, bias, 3, 0, n, scratch);
      assertSameBits(expected, parts, "y in two calls");
    }
    int cut = Math.min(n, Pointwise.COLUMNS);
    for (Pointwise kernel : new Pointwise[] {twin, fast}) {
      packed = packed(kernel, w, k, n);
      scratch = TestReadings.scratch(kernel.forwardScratch(rows, k, n), kernel.scratchInts());
      float[] parts = guarded(rows * n);
      if (cut < n) {
        kernel.forward(parts, GUARD, x, skipped, rows, k, n, packed, 0, bias, 3, cut, n, scratch);
      }
      kernel.forward(parts, GUARD, x, skipped, rows, k, n, packed, 0, bias, 3, 0, cut, scratch);
      assertSameBits(expected, parts, "y in two parts of columns");
    }
  }

  /** {@code wanted}: 0 dx, 1 dx added to, 2 dw, 3 both, 4 both with dx added to. */
  private void checkBackward(
      int rows, int k, int n, boolean normalised, boolean gated, int wanted, long seed) {
    TestReadings data = new TestReadings(seed);
    int skipped = 1;
    Reading x = normalised ? data.normalised(skipped + rows, k) : data.raw(skipped + rows, k);
    GradientReading dy =
        gated ? data.gradient(skipped + rows, n) : data.rawGradient(skipped + rows, n);
    float[] w = data.floats(k * n);
    float[] old = data.floats(rows * k);
    float[] oldWeights = data.floats(k * n);
    for (boolean split : new boolean[] {false, true}) {
      Backward expected = new Backward(twin, rows, k, n, wanted, w, old, oldWeights);
      expected.run(x, dy, skipped, false);
      Backward actual = new Backward(fast, rows, k, n, wanted, w, old, oldWeights);
      actual.run(x, dy, skipped, split);
      assertSameBits(expected.dx, actual.dx, "dx, split " + split);
      assertSameBits(expected.dw, actual.dw, "dw, split " + split);
      int size = actual.partial.length - GUARD;
      for (int i = 0; wanted >= 2 && i < size; i++) {
        assertTrue(Float.isFinite(actual.partial[i]), "stale scratch in the partial's padding");
      }
      for (int i = size; i < size + GUARD; i++) {
        assertEquals(MARK, actual.partial[i], "behind the partial");
      }
    }
  }

  /** One backward pass of either kernel with everything that it reads and writes. */
  private static final class Backward {
    private final Pointwise kernel;
    private final int rows;
    private final int k;
    private final int n;
    private final int wanted;
    private final int cut;
    private final float[] packed;
    private final float[] partial;
    private final float[] dx;
    private final float[] dw;

    Backward(
        Pointwise kernel,
        int rows,
        int k,
        int n,
        int wanted,
        float[] w,
        float[] old,
        float[] oldWeights) {
      this.kernel = kernel;
      this.rows = rows;
      this.k = k;
      this.n = n;
      this.wanted = wanted;
      packed = new float[kernel.packedSize(n, k)];
      Arrays.fill(packed, Float.NaN);
      cut = Math.min(k, Pointwise.COLUMNS);
      if (cut < k) {
        kernel.packTransposed(packed, 0, w, 0, n, k, cut, k);
      }
      kernel.packTransposed(packed, 0, w, 0, n, k, 0, cut);
      dx = guarded(rows * k);
      System.arraycopy(old, 0, dx, GUARD, old.length);
      dw = guarded(k * n);
      System.arraycopy(oldWeights, 0, dw, GUARD, oldWeights.length);
      int size = kernel.partialSize(k, n);
      partial = new float[size + GUARD];
      Arrays.fill(partial, size, size + GUARD, MARK);
      Arrays.fill(partial, 0, size, Float.NaN);
    }

    void run(Reading x, GradientReading dy, int row, boolean split) {
      int first = split ? rows / 2 : 0;
      if (first > 0) {
        if (cut < k) {
          call(GUARD, false, x, dy, row, first, cut, k);
        }
        call(GUARD, false, x, dy, row, first, 0, cut);
      }
      call(GUARD + first * k, first > 0, x, dy, row + first, rows - first, 0, k);
      int middle = k / 2;
      if (wanted >= 2) {
        kernel.unpackPartial(dw, GUARD, wanted == 3, partial, 0, k, n, middle, k);
        kernel.unpackPartial(dw, GUARD, wanted == 3, partial, 0, k, n, 0, middle);
      }
    }

    private void call(
        int at, boolean more, Reading x, GradientReading dy, int row, int count, int from, int to) {
      Scratch scratch =
          TestReadings.scratch(kernel.backwardScratch(count, k, n), kernel.scratchInts());
      kernel.backward(
          wanted == 2 ? null : dx,
          at,
          wanted == 1 || wanted == 4,
          wanted < 2 ? null : partial,
          0,
          more,
          x,
          dy,
          row,
          count,
          k,
          n,
          packed,
          0,
          from,
          to,
          scratch);
      assertEquals(0, scratch.mark(), "scratch still taken");
    }
  }

  private static float[] guarded(int count) {
    float[] values = new float[GUARD + count + GUARD];
    Arrays.fill(values, MARK);
    return values;
  }

  private static float[] packed(Pointwise kernel, float[] w, int k, int n) {
    float[] packed = new float[kernel.packedSize(k, n)];
    Arrays.fill(packed, Float.NaN);
    int cut = Math.min(n, Pointwise.COLUMNS);
    if (cut < n) {
      kernel.pack(packed, 0, w, 0, k, n, cut, n);
    }
    kernel.pack(packed, 0, w, 0, k, n, 0, cut);
    return packed;
  }
}
