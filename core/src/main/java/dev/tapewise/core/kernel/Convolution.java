package dev.tapewise.core.kernel;

import dev.tapewise.core.Scratch;
import org.jspecify.annotations.Nullable;

/**
 * A two-dimensional convolution of one geometry over some rows of some images: an immutable plan
 * that allocates nothing after it was made and is used by several threads at once. Tensors are
 * NHWC; weights are {@code [kh, kw, in / groups, out]} row-major, where output channel o belongs to
 * group {@code o / (out / groups)}.
 *
 * <p>Bits: an output element is one chain of fma that starts from the bias (or 0) and runs over
 * kernel rows, kernel columns, input channels of the group, in increasing order. An input gradient
 * element is one chain that starts from 0 (or, when added to, the result of the chain is added to
 * the old value with one addition) and runs over kernel rows and kernel columns in decreasing
 * order, output channels of the group in increasing order. A weight gradient element of a partial
 * sum is one chain over output pixels in raster order that starts from the value already there. A
 * tap that falls into the padding counts as {@code fma(0, w, sum)}: it must not be left out, since
 * a sum may be -0 where products underflow or the bias is -0, and a weight may be infinite.
 */
public interface Convolution {

  /** Floats of the weights as the forward pass wants them. */
  int packedSize();

  /** Packs w for the forward pass. */
  void pack(float[] packed, int packedOffset, float[] w, int wOffset);

  /** Floats of the weights as the input gradient wants them. */
  int packedBackwardSize();

  /** Packs w for the input gradient. */
  void packBackward(float[] packed, int packedOffset, float[] w, int wOffset);

  /** Floats of one partial weight gradient, in a layout private to the kernel. */
  int partialSize();

  /** Floats of scratch that a call takes at most. */
  int scratchFloats();

  /** Ints of scratch that a call takes at most. */
  int scratchInts();

  /**
   * Output rows {@code fromRow} to {@code toRow} of each of the images {@code fromImage} to {@code
   * toImage}.
   *
   * @param y the output tensor; {@code yOffset} is where the first of the images starts in it
   * @param x the input and how it is read; images are counted from its first one
   * @param bias the array that holds the biases at {@code biasOffset}, or null
   * @param finished is told the rows of y
   */
  void forward(
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
      Scratch scratch);

  /**
   * Input gradient rows {@code fromInputRow} to {@code toInputRow} and the weight gradient of
   * output rows {@code fromOutputRow} to {@code toOutputRow} of each of the images {@code
   * fromImage} to {@code toImage}, whichever is wanted.
   *
   * @param dx the input's gradient, or null; {@code dxOffset} is where the first of the images
   *     starts in it
   * @param add whether dx is added to
   * @param partial the partial weight gradient, added to, or null
   * @param x the input and how it is read (not touched when partial is null)
   * @param dy the output's gradient and how it is read; images are counted from the first one of x
   *     and dy
   * @param finished is told the rows of dx, if there is one
   */
  void backward(
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
      Scratch scratch);

  /**
   * Writes, or adds, a partial weight gradient (the combined one) to dw {@code [kh, kw, in /
   * groups, out]}.
   */
  void unpackPartial(float[] dw, int dwOffset, boolean add, float[] partial, int partialOffset);
}
