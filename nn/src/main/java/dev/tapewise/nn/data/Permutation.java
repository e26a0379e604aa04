package dev.tapewise.nn.data;

import dev.tapewise.core.Philox;

/**
 * An order of {@code size} indices: their own, or shuffled anew for each epoch by Fisher and Yates'
 * method with a counter-based generator, so that it is a function of seed and epoch alone.
 */
final class Permutation {
  /** Philox's stream for shuffling; no other use of a seed shares it. */
  static final int STREAM = 0x5348_5546;

  private final int[] order;

  /** Starts as 0, 1, 2 and so on. */
  Permutation(int size) {
    order = new int[size];
    reset();
  }

  /** Sets the order of an epoch. */
  void shuffle(long seed, long epoch) {
    reset();
    for (int last = order.length - 1; last > 0; last--) {
      long bits = Philox.bits(seed, STREAM, epoch, last);
      // The high half of a 128-bit product: uniform but for one part in 2^64 / (last + 1).
      int other = (int) Math.unsignedMultiplyHigh(bits, last + 1L);
      int index = order[last];
      order[last] = order[other];
      order[other] = index;
    }
  }

  int get(int position) {
    return order[position];
  }

  private void reset() {
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
  }
}
