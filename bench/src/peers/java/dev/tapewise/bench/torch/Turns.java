package dev.tapewise.bench.torch;

import java.util.Arrays;
import java.util.function.IntConsumer;

/** Calls two sides by turns, some time each, rotating over sets of tensors. */
final class Turns {
  private static final int MOST_CALLS = 100_000;

  /** Time to get warm, as a share of what counts. */
  private static final double WARM_UP = 0.5;

  private final Calls first;
  private final Calls second;

  /** Plays all rounds. */
  Turns(double seconds, int rounds, int sets, IntConsumer first, IntConsumer second) {
    this.first = new Calls(first, sets);
    this.second = new Calls(second, sets);
    this.first.play(WARM_UP * seconds, false);
    this.second.play(WARM_UP * seconds, false);
    for (int round = 0; round < rounds; round++) {
      this.first.play(seconds / rounds, true);
      this.second.play(seconds / rounds, true);
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
    private final long[] nanos = new long[MOST_CALLS];
    private int count;
    private int next;

    Calls(IntConsumer call, int sets) {
      this.call = call;
      this.sets = sets;
    }

    void play(double seconds, boolean counts) {
      long begun = System.nanoTime();
      long now = begun;
      // one round over the sets at least, so that another side's data is out of the cache
      for (int i = 0; i < sets || now - begun < seconds * 1e9; i++) {
        long start = now;
        call.accept(next);
        now = System.nanoTime();
        next = (next + 1) % sets;
        if (counts && count < MOST_CALLS) {
          nanos[count++] = now - start;
        }
      }
    }

    double medianMillis() {
      long[] sorted = Arrays.copyOf(nanos, count);
      Arrays.sort(sorted);
      return sorted[sorted.length / 2] / 1e6;
    }
  }
}
