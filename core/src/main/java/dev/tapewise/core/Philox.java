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
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final long WEYL_0 = 0x9E3779B9L;
  private static final long WEYL_1 = 0xBB67AE85L;
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

  /**
   * Writes the four words of each of {@code blocks} blocks.
   *
   * @param first the element of the first block, the next ones have the numbers behind it
   */
  public static void fillBits(
      int[] out, int offset, int blocks, long seed, int stream, long step, long first) {
    checkStep(step);
    for (int i = 0; i < blocks; i++) {
      long low = first + i;
      long high = counter(stream, step);
      long key0 = seed & LOW_WORD;
      long key1 = seed >>> 32;
      for (int round = 0; round < ROUNDS; round++) {
        long next = mix(MULTIPLIER_1, high, low, key0);
        high = mix(MULTIPLIER_0, low, high, key1);
        low = next;
        key0 = key0 + WEYL_0 & LOW_WORD;
        key1 = key1 + WEYL_1 & LOW_WORD;
      }
      int at = offset + 4 * i;
      out[at] = (int) low;
      out[at + 1] = (int) (low >>> 32);
      out[at + 2] = (int) high;
      out[at + 3] = (int) (high >>> 32);
    }
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

  private static void checkStep(long step) {
    if (step >>> 32 != 0) {
      throw new IllegalArgumentException("a step is from 0 to 4294967295, not " + step);
    }
  }

  private static long half(long seed, int stream, long step, long element, boolean upper) {
    checkStep(step);
    long low = element;
    long high = counter(stream, step);
    long key0 = seed & LOW_WORD;
    long key1 = seed >>> 32;
    for (int round = 0; round < ROUNDS; round++) {
      long next = mix(MULTIPLIER_1, high, low, key0);
      high = mix(MULTIPLIER_0, low, high, key1);
      low = next;
      key0 = key0 + WEYL_0 & LOW_WORD;
      key1 = key1 + WEYL_1 & LOW_WORD;
    }
    return upper ? high : low;
  }

  /** Words 2 and 3 of the counter. */
  private static long counter(int stream, long step) {
    return step | (long) stream << 32;
  }

  /**
   * Half a round, a pair of words in a long: of the product with the low word of {@code times} the
   * high half, changed by the key and the high word of {@code other}, and then the low half.
   */
  private static long mix(long multiplier, long times, long other, long key) {
    return Long.rotateLeft(multiplier * (times & LOW_WORD), 32) ^ other >>> 32 ^ key;
  }
}
