package dev.tapewise.bench.peers;

import java.util.Arrays;
import java.util.function.IntConsumer;

/** Calls two sides by turns, each for some time, rotating over sets of tensors. */
final class Turns {
  private static final int MOST_CALLS = 100_000;

  /** A side is warm when its fastest call has stood so long. */
  private static final long STANDS = 200_000_000L;

  /** What a call must be faster by to count as faster. */
  private static final double FASTER = 0.98;

  private final Calls first;
  private final Calls second;

  Turns(int sets, IntConsumer first, IntConsumer second) {
    this.first = new Calls(first, sets);
    this.second = new Calls(second, sets);
  }

  /** Gets both sides warm, then plays rounds of {@code seconds} in all for each. */
  void play(double seconds, int rounds) {
    first.warmUp();
    second.warmUp();
    for (int round = 0; round < rounds; round++) {
      first.play(seconds / rounds);
      second.play(seconds / rounds);
    }
  }

  double firstMillis() {
    return first.medianMillis();
  }

  double secondMillis() {
    return second.medianMillis();
  }

  /** The calls of one side. */
  private static final class Calls {
    private final IntConsumer call;
    private final int sets;
    private final double[] nanos = new double[MOST_CALLS];
    private int count;
    private int next;

    Calls(IntConsumer call, int sets) {
      this.call = call;
      this.sets = sets;
    }

    private long once() {
      long begun = System.nanoTime();
      call.accept(next);
      next = (next + 1) % sets;
      return System.nanoTime() - begun;
    }

    void warmUp() {
      double best = Double.POSITIVE_INFINITY;
      long since = System.nanoTime();
      while (System.nanoTime() - since < STANDS) {
        long took = once();
        if (took < FASTER * best) {
          best = took;
          since = System.nanoTime();
        }
      }
    }

    void play(double seconds) {
      // all sets first, uncounted, so that what the other side left in the cache is gone
      for (int i = 0; i < sets; i++) {
        once();
      }
      long begun = System.nanoTime();
      do {
        nanos[count % MOST_CALLS] = once();
        count++;
      } while (System.nanoTime() - begun < seconds * 1e9);
    }

    double medianMillis() {
      return Spread.of(Arrays.copyOf(nanos, Math.min(count, MOST_CALLS))).median() / 1e6;
    }
  }
}
