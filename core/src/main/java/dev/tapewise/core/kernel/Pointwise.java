package dev.tapewise.core.kernel;

import dev.tapewise.core.Scratch;
import org.jspecify.annotations.Nullable;

/**
 * Matrix products of 1×1 convolutions and linear layers over a range of rows: {@code x [rows, k]},
 * {@code w [k, n]}, {@code y [rows, n]}, all row-major without gaps, any k, n and rows of at least
 * 1.
 *
 * <p>Bits: every element of y is one chain of fma over k in increasing order, starting from 0, from
 * the bias, or (when added to) from the old value; every element of dx one chain over n in
 * increasing order, starting from 0 or the old value; every element of a weight gradient one chain
 * over the rows of its partial sum in increasing order, starting from 0. Blocking, tiles and vector
 * width change nothing.
 */
public interface Pointwise {

  /**
   * Columns are taken in groups of so many: a range of columns begins at a multiple of it and ends
   * at one or at the last column.
   */
  int COLUMNS = 32;

  /** Floats of a packed right-hand side {@code [reduce, columns]}. */
  int packedSize(int reduce, int columns);

  /**
   * Packs w {@code [reduce, columns]} row-major, the columns {@code from} to {@code to}: whole
   * {@linkplain #COLUMNS groups}.
   */
  void pack(
      float[] packed,
      int packedOffset,
      float[] w,
      int wOffset,
      int reduce,
      int columns,
      int from,
      int to);

  /**
   * Packs the transpose of w {@code [columns, reduce]} row-major, that is B = wᵀ {@code [reduce,
   * columns]}, the columns {@code from} to {@code to}: whole {@linkplain #COLUMNS groups}.
   */
  void packTransposed(
      float[] packed,
      int packedOffset,
      float[] w,
      int wOffset,
      int reduce,
      int columns,
      int from,
      int to);

  /** Ints of scratch that every product takes at most. */
  default int scratchInts() {
    return 0;
  }

  /** Floats of scratch that {@link #forward} takes at most. */
  int forwardScratch(int rows, int k, int n);

  /**
   * {@code y = x · w (+ bias)} for {@code rows} rows and the columns {@code from} to {@code to} of
   * y.
   *
   * @param yOffset where the first of these rows of y is written
   * @param x the input, read raw or normalised; {@code row} is the first of its rows
   * @param packed w as {@link #pack} made it
   * @param bias the array that holds n biases at {@code biasOffset}, or null
   */
  void forward(
      float[] y,
      int yOffset,
      Reading x,
      int row,
      int rows,
      int k,
      int n,
      float[] packed,
      int packedOffset,
      float @Nullable [] bias,
      int biasOffset,
      int from,
      int to,
      Scratch scratch);

  /**
   * {@link #forward} of all columns and of rows that lie raw in an array from {@code xOffset} on:
   * for buffers in scratch, which have no readings of their own. Takes no more scratch than {@link
   * #forward}.
   */
  void forwardRaw(
      float[] y,
      int yOffset,
      float[] x,
      int xOffset,
      int rows,
      int k,
      int n,
      float[] packed,
      int packedOffset,
      float @Nullable [] bias,
      int biasOffset,
      Scratch scratch);

  /** Floats of one partial weight gradient of {@code [k, n]}, in a layout private to the kernel. */
  int partialSize(int k, int n);

  /** Floats of scratch that {@link #backward} takes at most. */
  int backwardScratch(int rows, int k, int n);

  /**
   * {@code dx (+)= dy · wᵀ} and {@code partial (+)= xᵀ · dy} for {@code rows} rows, whichever is
   * wanted, and the columns {@code from} to {@code to} of x; dy is staged once for both.
   *
   * @param dx receives the input's gradient from {@code dxOffset} on (where the first of these rows
   *     lies), or null
   * @param add whether dx is added to
   * @param partial the partial weight gradient, or null
   * @param more whether the partial's chains go on from what is there, rather than start from 0
   * @param x the input, read raw or normalised (not touched when partial is null)
   * @param dy the output's gradient, read raw or through norm and activation
   * @param row the first row of x and dy
   * @param packedTransposed wᵀ {@code [n, k]} as {@link #packTransposed} made it (not touched when
   *     dx is null)
   */
  void backward(
      float @Nullable [] dx,
      int dxOffset,
      boolean add,
      float @Nullable [] partial,
      int partialOffset,
      boolean more,
      Reading x,
      GradientReading dy,
      int row,
      int rows,
      int k,
      int n,
      float[] packedTransposed,
      int packedOffset,
      int from,
      int to,
      Scratch scratch);

  /**
   * {@code partial += xᵀ · dy} of {@code rows} rows that lie raw in arrays, as {@link #backward}
   * goes on; takes no more scratch than that.
   */
  void addWeightGradientRaw(
      float[] partial,
      int partialOffset,
      float[] x,
      int xOffset,
      float[] dy,
      int dyOffset,
      int rows,
      int k,
      int n,
      Scratch scratch);

  /**
   * Writes, or adds, rows {@code fromK} to {@code toK} of a partial weight gradient (the combined
   * one) to dw {@code [k, n]} row-major.
   */
  void unpackPartial(
      float[] dw,
      int dwOffset,
      boolean add,
      float[] partial,
      int partialOffset,
      int k,
      int n,
      int fromK,
      int toK);
}
