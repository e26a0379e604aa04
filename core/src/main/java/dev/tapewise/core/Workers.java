package dev.tapewise.core;

import com.google.common.util.concurrent.Uninterruptibles;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A team of threads that plays lists of {@link Task}s: tasks in order, the chunks of a task spread
 * over the team. The caller of {@link #play} is a member; the others are daemon threads.
 *
 * <p>How a task is played. The caller publishes the task, the number of chunks that are not done, a
 * ticket for every member's share of the chunks, {@code limit << 32 | next}, and then the task's
 * number. Members claim chunk {@code next} by adding 1 to a ticket, first to their own, then to the
 * others', take their chunks off the number not done when no more are left, and the caller goes on
 * when it is 0. The limit and the next chunk are one word, so a member that was held up between
 * looking and claiming either claims a chunk that exists, of the task being played now, or none. It
 * cannot see a later task's fields before that task's tickets, and a task's fields do not change
 * while one of its chunks is claimed and not done. Members look before they claim, so a ticket
 * overshoots its limit by one per member at most.
 *
 * <p>Shares are the same chunks whenever as many are played, so that what a member wrote is mostly
 * read by the same, out of its own core's cache.
 *
 * <p>Waiting spins for some 100 µs, since the next task mostly follows at once, and then parks,
 * since a spinning thread on a busy machine takes the core from the one it waits for. Nothing is
 * allocated while playing.
 */
public final class Workers implements AutoCloseable {
  /** The most chunks that a task may have. */
  public static final int MAX_CHUNKS = (1 << 20) - 64;

  private static final long SPIN_NANOS = 100_000;
  private static final int SPINS_PER_LOOK = 32;

  /** Hot words lie two cache lines apart: lines are fetched in pairs. */
  private static final int PAD = 16;

  private static final int NUMBER = PAD;
  private static final int NOT_DONE = 2 * PAD;

  /** Of every member, the caller being the first. */
  private static final int PARKED = 3 * PAD;

  /** Likewise, behind them. */
  private final int tickets;

  private final AtomicLongArray words;
  private final Scratch[] scratches;
  private final Member[] members;
  private final long spinNanos;

  /** Held while a list is played. */
  private final ReentrantLock playing = new ReentrantLock();

  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean closed;

  // Written before a ticket is published, read after a chunk of it was claimed.
  private @Nullable Task task;
  private int batch;
  private volatile Thread player = Thread.currentThread();

  /**
   * Starts a team.
   *
   * @param threads the caller of {@link #play} included, at least 1
   */
  public Workers(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("a team needs at least 1 thread, got " + threads);
    }
    tickets = PARKED + threads * PAD;
    words = new AtomicLongArray(tickets + (threads + 1) * PAD);
    scratches = new Scratch[threads];
    for (int i = 0; i < threads; i++) {
      scratches[i] = new Scratch();
    }
    // With more threads than cores, the one that is waited for may need this core.
    spinNanos = threads <= Machine.cores() ? SPIN_NANOS : 0;
    members = new Member[threads - 1];
    for (int i = 0; i < members.length; i++) {
      members[i] = new Member(this, i + 1);
    }
    for (Member member : members) {
      member.start();
    }
  }

  /** The number of threads, the caller included. */
  public int threads() {
    return scratches.length;
  }

  /** The buffer stack of a member; 0 is the caller. */
  public Scratch scratch(int worker) {
    return scratches[worker];
  }

  /** Floats of scratch reserved for all members together. */
  public long scratchFloats() {
    long sum = 0;
    for (Scratch scratch : scratches) {
      sum += scratch.capacity();
    }
    return sum;
  }

  /**
   * Makes room in every member's scratch; waits until no list is played.
   *
   * @throws IllegalStateException if called from inside a task
   */
  public void reserveScratch(int floats, int ints) {
    lockFromOutside();
    try {
      for (Scratch scratch : scratches) {
        scratch.reserve(floats, ints);
      }
    } finally {
      playing.unlock();
    }
  }

  /**
   * Plays the first {@code count} tasks in order, and returns when all their chunks are done.
   *
   * <p>An exception in a chunk ends the list: chunks already begun are finished, the first
   * exception is thrown here, and the team stays usable. An interrupt does not end the list; it
   * stays pending.
   *
   * @throws IllegalStateException if the team plays another list, is used from inside a task, or is
   *     closed
   */
  public void play(Task[] tasks, int count, int batch) {
    if (playing.isHeldByCurrentThread() || !playing.tryLock()) {
      throw new IllegalStateException(
          "this team plays another list of tasks already, on thread \"%s\". Give programs that play"
                  .formatted(player.getName())
              + " at the same time teams of their own, and play nothing from inside a task");
    }
    try {
      if (closed) {
        throw new IllegalStateException("this team of workers is closed");
      }
      player = Thread.currentThread();
      this.batch = batch;
      for (int i = 0; i < count; i++) {
        play(tasks[i], batch);
      }
    } finally {
      task = null;
      playing.unlock();
    }
  }

  private void play(Task next, int batch) {
    int chunks = next.chunks(batch);
    if (chunks < 0 || chunks > MAX_CHUNKS) {
      throw new IllegalStateException(
          "a task has 0 to %d chunks, not %d: %s".formatted(MAX_CHUNKS, chunks, next));
    }
    if (chunks <= 1 || members.length == 0) {
      playAlone(next, chunks, batch);
      return;
    }
    task = next;
    words.set(NOT_DONE, chunks);
    int threads = threads();
    int each = chunks / threads;
    // The first so many take one more: where there are fewer chunks than threads, those woken.
    int more = chunks % threads;
    int first = 0;
    for (int member = 0; member < threads; member++) {
      int limit = first + each + (member < more ? 1 : 0);
      words.set(ticket(member), (long) limit << 32 | first);
      first = limit;
    }
    words.incrementAndGet(NUMBER);
    for (int i = 0; i < members.length && i < chunks - 1; i++) {
      members[i].wake();
    }
    claimChunks(0);
    awaitDone();
    if (failure.get() != null) {
      throwFailure();
    }
  }

  private void playAlone(Task next, int chunks, int batch) {
    Scratch scratch = scratches[0];
    boolean done = false;
    try {
      for (int chunk = 0; chunk < chunks; chunk++) {
        next.run(chunk, batch, scratch);
      }
      done = true;
    } finally {
      if (!done) {
        scratch.release(0, 0);
      }
    }
  }

  /** Where the ticket of a member's share is. */
  private int ticket(int member) {
    return tickets + member * PAD;
  }

  /** Runs chunks until none is left; returns whether there was one. */
  private boolean claimChunks(int member) {
    int done = 0;
    int threads = threads();
    for (int i = 0; i < threads; i++) {
      int ticket = ticket((member + i) % threads);
      while (isOpen(words.get(ticket))) {
        long claimed = words.getAndIncrement(ticket);
        if (isOpen(claimed)) {
          run((int) claimed, member);
          done++;
        }
      }
    }
    if (done == 0) {
      return false;
    }
    if (words.addAndGet(NOT_DONE, -done) == 0 && words.get(PARKED) != 0) {
      LockSupport.unpark(player);
    }
    return true;
  }

  /** Whether a ticket has chunks left. */
  private static boolean isOpen(long ticket) {
    return (int) ticket < (int) (ticket >>> 32);
  }

  private void run(int chunk, int member) {
    if (failure.get() != null) {
      return; // the list ends: what is left is claimed but not run
    }
    Task current = task;
    Scratch scratch = scratches[member];
    try {
      if (current == null) {
        throw new AssertionError("a chunk was claimed of no task");
      }
      current.run(chunk, batch, scratch);
    } catch (Throwable thrown) {
      failure.compareAndSet(null, thrown);
      scratch.release(0, 0);
    }
  }

  /** Waits until every chunk of the task is done. */
  private void awaitDone() {
    if (words.get(NOT_DONE) == 0) {
      return;
    }
    long start = System.nanoTime();
    do {
      for (int i = 0; i < SPINS_PER_LOOK; i++) {
        if (words.get(NOT_DONE) == 0) {
          return;
        }
        Thread.onSpinWait();
      }
    } while (System.nanoTime() - start < spinNanos);
    boolean interrupted = false;
    words.set(PARKED, 1);
    while (words.get(NOT_DONE) != 0) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    words.set(PARKED, 0);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void throwFailure() {
    Throwable thrown = failure.getAndSet(null);
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
    throw new IllegalStateException("a task threw a checked exception", thrown);
  }

  /** Locks the team against playing, or fails where that would wait for itself. */
  private void lockFromOutside() {
    boolean inside = playing.isHeldByCurrentThread();
    for (Member member : members) {
      inside |= member == Thread.currentThread();
    }
    if (inside) {
      throw new IllegalStateException("a task cannot change the team that plays it");
    }
    playing.lock();
  }

  /**
   * Bytes that the team's threads have allocated so far, the caller of the last {@link #play}
   * included: the difference of two calls is what happened between. -1 where the JVM does not tell.
   */
  public long allocatedBytes() {
    try {
      long sum = Management.allocatedBytes(player.threadId());
      for (int i = 0; i < members.length && sum >= 0; i++) {
        long bytes = Management.allocatedBytes(members[i].threadId());
        sum = bytes < 0 ? -1 : sum + bytes;
      }
      return sum;
    } catch (LinkageError noManagement) {
      return -1;
    }
  }

  /**
   * Ends the threads; waits until no list is played.
   *
   * @throws IllegalStateException if called from inside a task
   */
  @Override
  public void close() {
    lockFromOutside();
    try {
      closed = true;
      for (Member member : members) {
        LockSupport.unpark(member);
      }
    } finally {
      playing.unlock();
    }
    for (Member member : members) {
      Uninterruptibles.joinUninterruptibly(member);
    }
  }

  /** A thread of the team that is not the caller. */
  private static final class Member extends Thread {
    private final Workers team;
    private final int number;
    private final int parked;

    Member(Workers team, int number) {
      super(null, null, "tapewise-worker-" + number, 0, false);
      this.team = team;
      this.number = number;
      this.parked = PARKED + number * PAD;
      setDaemon(true);
    }

    @Override
    public void run() {
      while (!team.closed) {
        long last = team.words.get(NUMBER);
        if (!team.claimChunks(number)) {
          awaitTask(last);
        }
      }
    }

    /** Waits until a task behind the one of that number is published. */
    private void awaitTask(long last) {
      long start = System.nanoTime();
      do {
        for (int i = 0; i < SPINS_PER_LOOK; i++) {
          if (team.words.get(NUMBER) != last) {
            return;
          }
          Thread.onSpinWait();
        }
      } while (System.nanoTime() - start < team.spinNanos);
      // Say so first, look again, then park: the caller publishes first and looks at this second.
      team.words.set(parked, 1);
      if (team.words.get(NUMBER) == last && !team.closed) {
        LockSupport.park(team);
        Thread.interrupted(); // nobody's signal to this thread, and park returns at once with it
      }
      team.words.set(parked, 0);
    }

    /** Called by the caller after it published a task. */
    void wake() {
      if (team.words.get(parked) != 0) {
        team.words.set(parked, 0); // one wake-up is enough for the tasks that follow
        LockSupport.unpark(this);
      }
    }
  }
}
