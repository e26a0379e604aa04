package dev.tapewise.core;

/**
 * Philox4x32-10, a counter-based random generator: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E.
 * Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11, doi:10.1145/2063384.2063405. Numbers
 * are a function of (seed, stream, step, element), so nothing depends on who asks first.
 *
 * <p>Layout: key words 0 and 1 are the low and high half of the seed; counter words 0 and 1 the low
 * and high half of the element, word 2 the step, word 3 the stream. A block is four words of 32
 * bits. {@link #fillUniform} and {@link #fillNormal} take four numbers from each block, so value i
 * of a fill comes from element i / 4: give every use a stream or a step of its own.
 */
public final class Philox {
  private static final int ROUNDS = 10;
  private static final int MULTIPLIER_0 = 0xD2511F53;
  private static final int MULTIPLIER_1 = 0xCD9E8D57;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final long LOW_WORD = 0xFFFFFFFFL;

  private Philox() {}

  /**
   * 64 random bits: words 0 (the low half) and 1 of an element's block.
   *
   * @param step from 0 to 2³² - 1
   */
  public static long bits(long seed, int stream, long step, long element) {
    return half(seed, stream, step, element, false);
  }

  /** 64 more random bits: words 2 (the low half) and 3 of an element's block. */
  public static long moreBits(long seed, int stream, long step, long element) {
    return half(seed, stream, step, element, true);
  }

  /** A number in [0, 1) from the top 24 of 64 random bits. */
  public static float uniform(long bits) {
    return (bits >>> 40) * 0x1p-24f;
  }

  /** A number in [0, 1) from the top 53 of 64 random bits. */
  public static double uniformDouble(long bits) {
    return (bits >>> 11) * 0x1p-53;
  }

  /** A number in [0, 1) from the top 24 of 32 random bits. */
  public static float uniform(int word) {
    return (word >>> 8) * 0x1p-24f;
  }

  /** Fills {@code count} floats with numbers in [low, high). */
  public static void fillUniform(
      float[] out, int offset, int count, long seed, int stream, long step, float low, float high) {
    float below = Math.nextDown(high);
    for (int i = 0; i < count; i += 2) {
      long pair = pair(seed, stream, step, i);
      out[offset + i] = between(low, high, below, (int) pair);
      if (i + 1 < count) {
        out[offset + i + 1] = between(low, high, below, (int) (pair >>> 32));
      }
    }
  }

  /**
   * Fills {@code count} floats with normally distributed numbers: G. E. P. Box, M. E. Muller, "A
   * note on the generation of random normal deviates", 1958, in double on {@link StrictMath}, whose
   * results are the same on every platform.
   */
  public static void fillNormal(
      float[] out,
      int offset,
      int count,
      long seed,
      int stream,
      long step,
      float mean,
      float deviation) {
    for (int i = 0; i < count; i += 2) {
      long pair = pair(seed, stream, step, i);
      double u = ((pair & LOW_WORD) + 1) * 0x1p-32; // never 0, whose logarithm is infinite
      double radius = deviation * Math.sqrt(-2 * StrictMath.log(u));
      double angle = 2 * Math.PI * ((pair >>> 32) * 0x1p-32);
      out[offset + i] = (float) (mean + radius * StrictMath.cos(angle));
      if (i + 1 < count) {
        out[offset + i + 1] = (float) (mean + radius * StrictMath.sin(angle));
      }
    }
  }

  /** The 64 bits of values i and i + 1 of a fill, i even. */
  private static long pair(long seed, int stream, long step, int i) {
    return half(seed, stream, step, i >>> 2, (i & 2) != 0);
  }

  private static float between(float low, float high, float below, int word) {
    // The sum may round up to high.
    return Math.min(Math.fma(high - low, uniform(word), low), below);
  }

  private static long half(long seed, int stream, long step, long element, boolean upper) {
    if (step >>> 32 != 0) {
      throw new IllegalArgumentException("a step is from 0 to 4294967295, not " + step);
    }
    int c0 = (int) element;
    int c1 = (int) (element >>> 32);
    int c2 = (int) step;
    int c3 = stream;
    int k0 = (int) seed;
    int k1 = (int) (seed >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      long p0 = (MULTIPLIER_0 & LOW_WORD) * (c0 & LOW_WORD);
      long p1 = (MULTIPLIER_1 & LOW_WORD) * (c2 & LOW_WORD);
      c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
      c1 = (int) p1;
      c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
      c3 = (int) p0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    return upper ? (c2 & LOW_WORD) | (long) c3 << 32 : (c0 & LOW_WORD) | (long) c1 << 32;
  }
}
