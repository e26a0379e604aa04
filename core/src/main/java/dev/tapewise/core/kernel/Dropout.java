package dev.tapewise.core.kernel;

import dev.tapewise.core.Philox;
import dev.tapewise.core.Scratch;

/**
 * Inverted dropout: {@code y = x * m} with m = {@code 1 / (1 - p)} where an element is kept and 0
 * where it is dropped (a NaN is never hidden: 0 times it is NaN). Both providers use it as it is;
 * it runs over the input of a classifier, which is small.
 *
 * <p>The mask is a function of (seed, stream, step, element): element e is kept where the number in
 * [0, 1) from word {@code e % 4} of {@link Philox} block {@code e / 4} is at least p. Nothing is
 * saved for the backward pass, and chunks change nothing.
 */
public final class Dropout {
  /** Random words that are made at once. */
  private static final int WORDS = 256;

  private Dropout() {}

  /** Ints of scratch that {@link #forward} and {@link #gradient} take. */
  public static int scratchInts() {
    return WORDS;
  }

  /**
   * Elements {@code from} to {@code to}; y and x may be the same place.
   *
   * @param p the probability that an element is dropped, at least 0 and below 1
   */
  public static void forward(
      float[] y,
      int yOffset,
      float[] x,
      int xOffset,
      int from,
      int to,
      float p,
      long seed,
      int stream,
      long step,
      Scratch scratch) {
    multiply(y, yOffset, x, xOffset, from, to, p, seed, stream, step, false, scratch);
  }

  /**
   * {@code dx = dy * m}, or {@code dx + dy * m} with {@code add}, for the m of the forward pass.
   */
  public static void gradient(
      float[] dx,
      int dxOffset,
      float[] dy,
      int dyOffset,
      int from,
      int to,
      float p,
      long seed,
      int stream,
      long step,
      boolean add,
      Scratch scratch) {
    multiply(dx, dxOffset, dy, dyOffset, from, to, p, seed, stream, step, add, scratch);
  }

  /**
   * The m of one element, for masks over whole images or channels.
   *
   * @param p the probability that it is dropped, at least 0 and below 1
   */
  public static float factor(int element, float p, long seed, int stream, long step) {
    int block = element >>> 2;
    long pair =
        (element & 2) == 0
            ? Philox.bits(seed, stream, step, block)
            : Philox.moreBits(seed, stream, step, block);
    int word = (int) ((element & 1) == 0 ? pair : pair >>> 32);
    return Philox.uniform(word) >= p ? 1f / (1f - p) : 0f;
  }

  private static void multiply(
      float[] out,
      int outOffset,
      float[] in,
      int inOffset,
      int from,
      int to,
      float p,
      long seed,
      int stream,
      long step,
      boolean add,
      Scratch scratch) {
    if (!(p >= 0f && p < 1f)) {
      throw new IllegalArgumentException("dropout needs a probability in [0, 1), got " + p);
    }
    int kept = Float.floatToRawIntBits(1f / (1f - p));
    int least = (int) Math.ceil(p * 0x1p24); // of the 24 bits that are a number of at least p
    int mark = scratch.mark();
    int intMark = scratch.intMark();
    int at = scratch.takeInts(WORDS);
    int[] words = scratch.ints();
    for (int first = from & -4; first < to; first += WORDS) {
      int last = Math.min(to, first + WORDS);
      Philox.fillBits(words, at, Math.ceilDiv(last - first, 4), seed, stream, step, first / 4);
      for (int e = Math.max(from, first); e < last; e++) {
        int dropped = ((words[at + e - first] >>> 8) - least) >> 31; // all ones or none
        float product = in[inOffset + e] * Float.intBitsToFloat(kept & ~dropped);
        out[outOffset + e] = add ? out[outOffset + e] + product : product;
      }
    }
    scratch.release(mark, intMark);
  }
}
