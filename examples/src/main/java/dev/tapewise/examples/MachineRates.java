package dev.tapewise.examples;

import dev.tapewise.core.Scratch;
import dev.tapewise.core.Task;
import dev.tapewise.core.Workers;
import dev.tapewise.core.kernel.Kernels;
import dev.tapewise.core.kernel.Peak;

/**
 * What this machine can do at most, by the team that was asked: the best of some hundred tries.
 *
 * @param gflops fused multiply-adds in registers, 2 operations each, in 10⁹ per second
 * @param gigabytesPerSecond copying between two arrays of 64 MiB, bytes read and bytes written
 */
public record MachineRates(double gflops, double gigabytesPerSecond) {
  private static final int COPIED = 1 << 24;
  private static final int COPIED_PER_CHUNK = 1 << 18;
  private static final int CHUNKS_PER_THREAD = 8;

  /** Rounds of multiply-adds after which the JIT compiler has long done its work. */
  private static final long SETTLED_ROUNDS = 2_000_000;

  private static final int SETTLED_COPIES = 10;
  private static final long SHORTEST_PLAY = 500_000;

  /** How long a best must stand before it counts, and how long to try at most. */
  private static final long STANDS = 300_000_000L;

  private static final long AT_MOST = 10_000_000_000L;

  /** Measures for a second or two. */
  public static MachineRates measure(Workers workers) {
    return new MachineRates(
        best(workers, new Registers(CHUNKS_PER_THREAD * workers.threads())),
        best(workers, new Copy()));
  }

  /** The most work per nanosecond. */
  private static double best(Workers workers, Load load) {
    Task[] one = {load};
    double best = 0;
    long begun = System.nanoTime();
    long rose = begun;
    long now = begun;
    while (now - begun < AT_MOST && (now - rose < STANDS || !load.settled())) {
      long start = now;
      workers.play(one, 1, 1);
      now = System.nanoTime();
      double rate = load.work() / (now - start);
      if (rate > best) {
        rose = rate > 1.01 * best ? now : rose;
        best = rate;
      }
      load.played(now - start);
    }
    return best;
  }

  /** Work for the whole team. */
  private abstract static class Load implements Task {
    /** What one play does. */
    abstract double work();

    /** Told after every play. */
    abstract void played(long nanos);

    /** Whether the code that runs is the final one. */
    abstract boolean settled();
  }

  /** Multiply-adds that touch no memory: more and more of them, until a play is long enough. */
  private static final class Registers extends Load {
    private final Peak peak = Kernels.preferred().peak();
    private final float[] totals;
    private int rounds = 16;
    private long played;

    Registers(int chunks) {
      totals = new float[chunks];
    }

    @Override
    double work() {
      return 2.0 * rounds * peak.multiplyAddsPerRound() * totals.length;
    }

    @Override
    void played(long nanos) {
      played += (long) rounds * totals.length;
      rounds = nanos < SHORTEST_PLAY ? 2 * rounds : rounds;
    }

    @Override
    boolean settled() {
      return played > SETTLED_ROUNDS;
    }

    @Override
    public int chunks(int batch) {
      return totals.length;
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      totals[chunk] = peak.run(rounds, 0.999f, 0.1f);
    }
  }

  /** Copies one array to another. */
  private static final class Copy extends Load {
    private final float[] from = new float[COPIED];
    private final float[] to = new float[COPIED];
    private int played;

    @Override
    double work() {
      return 2.0 * COPIED * Float.BYTES;
    }

    @Override
    void played(long nanos) {
      played++;
    }

    @Override
    boolean settled() {
      return played > SETTLED_COPIES;
    }

    @Override
    public int chunks(int batch) {
      return COPIED / COPIED_PER_CHUNK;
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      int at = chunk * COPIED_PER_CHUNK;
      System.arraycopy(from, at, to, at, COPIED_PER_CHUNK);
    }
  }
}
