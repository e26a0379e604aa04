package dev.tapewise.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkersTest {

  /** Counts how often each chunk ran, and that the task before it was complete. */
  private static final class Counting implements Task {
    private final int chunks;
    private final @Nullable Counting before;
    private final AtomicIntegerArray runs;
    private final AtomicInteger early = new AtomicInteger();
    private int plays;

    Counting(int chunks, @Nullable Counting before) {
      this.chunks = chunks;
      this.before = before;
      this.runs = new AtomicIntegerArray(chunks);
    }

    @Override
    public int chunks(int batch) {
      plays++;
      return chunks;
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      runs.incrementAndGet(chunk);
      if (before != null && before.chunks > 0) {
        // Plain reads of what other threads wrote: the team orders one task before the next.
        int mine = chunk % before.chunks;
        if (before.runs.getPlain(mine) != plays) {
          early.incrementAndGet();
        }
      }
    }
  }

  @Test
  void everyChunkRunsOnceAndTasksRunInOrder() {
    for (int threads = 1; threads <= 4; threads++) {
      try (Workers team = new Workers(threads)) {
        int[] chunks = {1, 2, 3, 0, 64, 5, 1, 1, 17, 2};
        Counting[] tasks = new Counting[chunks.length];
        for (int i = 0; i < tasks.length; i++) {
          tasks[i] = new Counting(chunks[i], i == 0 ? null : tasks[i - 1]);
        }
        int plays = 2000;
        for (int i = 0; i < plays; i++) {
          team.play(tasks, tasks.length, 1);
        }
        for (Counting task : tasks) {
          assertThat(task.early).hasValue(0);
          for (int chunk = 0; chunk < task.chunks; chunk++) {
            assertThat(task.runs.get(chunk)).isEqualTo(plays);
          }
        }
      }
    }
  }

  /**
   * Pauses between plays let members park, so that plays meet them spinning, parking and parked.
   */
  @Test
  void membersThatArriveLateOrSleepMissNothing() throws InterruptedException {
    try (Workers team = new Workers(3)) {
      Counting two = new Counting(2, null);
      Counting three = new Counting(3, two);
      Task[] tasks = {two, three};
      int plays = 400;
      for (int i = 0; i < plays; i++) {
        team.play(tasks, 2, 1);
        if (i % 4 == 0) {
          Thread.sleep(Duration.ofNanos(20_000L * (i % 11)));
        }
      }
      assertThat(three.early).hasValue(0);
      assertThat(three.runs.get(2)).isEqualTo(plays);
    }
  }

  @Test
  void theCallerWaitsForTheSlowestMember() {
    try (Workers team = new Workers(2)) {
      AtomicInteger done = new AtomicInteger();
      Thread caller = Thread.currentThread();
      Task slowElsewhere =
          new ChunkTask(2) {
            @Override
            void run(int chunk) {
              if (Thread.currentThread() != caller) {
                sleep(50);
              } else {
                sleep(1);
              }
              done.incrementAndGet();
            }
          };
      for (int i = 0; i < 3; i++) {
        team.play(new Task[] {slowElsewhere}, 1, 1);
        assertThat(done).hasValue(2 * (i + 1));
      }
    }
  }

  @Test
  void everyThreadMostlyBeginsWithItsOwnShare() {
    try (Workers team = new Workers(2)) {
      Thread caller = Thread.currentThread();
      int plays = 200;
      int own = 0;
      for (int play = 0; play < plays; play++) {
        CountDownLatch both = new CountDownLatch(2);
        AtomicInteger first = new AtomicInteger(-1);
        Task meeting =
            new ChunkTask(4) {
              @Override
              void run(int chunk) {
                if (Thread.currentThread() != caller) {
                  first.compareAndSet(-1, chunk);
                }
                both.countDown();
                await(both);
              }
            };
        team.play(new Task[] {meeting}, 1, 1);
        own += first.get() == 2 ? 1 : 0;
      }
      // not always: a thread that still looks for chunks of the task before may find others first
      assertThat(own).isGreaterThan(plays / 2);
    }
  }

  @Test
  void chunksRunOnSeveralThreadsAndSingleChunksOnTheCaller() {
    try (Workers team = new Workers(2)) {
      CountDownLatch both = new CountDownLatch(2);
      AtomicReference<String> other = new AtomicReference<>("");
      Thread caller = Thread.currentThread();
      Task meeting =
          new ChunkTask(2) {
            @Override
            void run(int chunk) {
              both.countDown();
              await(both); // comes back only when two threads are here
              if (Thread.currentThread() != caller) {
                other.set(Thread.currentThread().getName());
              }
            }
          };
      AtomicReference<Thread> single = new AtomicReference<>(caller);
      Task alone =
          new ChunkTask(1) {
            @Override
            void run(int chunk) {
              single.set(Thread.currentThread());
            }
          };
      team.play(new Task[] {meeting, alone}, 2, 1);
      assertThat(other).hasValue("tapewise-worker-1");
      assertThat(single).hasValue(caller);
    }
  }

  @Test
  void anExceptionEndsTheListAndTheTeamStaysUsable() {
    for (int threads = 1; threads <= 3; threads++) {
      try (Workers team = new Workers(threads)) {
        team.reserveScratch(64, 8);
        Task failing =
            new Task() {
              @Override
              public int chunks(int batch) {
                return 20;
              }

              @Override
              public void run(int chunk, int batch, Scratch scratch) {
                scratch.take(16);
                if (chunk >= batch) {
                  throw new IllegalArgumentException("chunk " + chunk);
                }
                scratch.release(0, 0);
              }
            };
        Counting after = new Counting(4, null);
        for (int i = 0; i < 200; i++) {
          int batch = i % 20;
          assertThatThrownBy(() -> team.play(new Task[] {failing, after}, 2, batch))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageStartingWith("chunk ");
        }
        assertThat(after.plays).isZero();
        team.play(new Task[] {failing, after}, 2, 20);
        assertThat(after.runs.get(3)).isEqualTo(1);
        for (int member = 0; member < threads; member++) {
          assertThat(team.scratch(member).mark()).isZero();
        }
      }
    }
  }

  @Test
  void errorsOfMembersReachTheCaller() {
    try (Workers team = new Workers(2)) {
      Thread caller = Thread.currentThread();
      CountDownLatch begun = new CountDownLatch(1);
      Task failing =
          new ChunkTask(2) {
            @Override
            void run(int chunk) {
              if (Thread.currentThread() != caller) {
                begun.countDown();
                throw new AssertionError("on a member");
              }
              await(begun);
            }
          };
      assertThatThrownBy(() -> team.play(new Task[] {failing}, 1, 1))
          .isInstanceOf(AssertionError.class)
          .hasMessage("on a member");
    }
  }

  @Test
  void aWarmPlayAllocatesNothingOnAnyThread() {
    try (Workers team = new Workers(3)) {
      team.reserveScratch(64, 8);
      Task[] tasks = new Task[10];
      float[] out = new float[64 * 16];
      for (int i = 0; i < tasks.length; i++) {
        int chunks = i % 3 == 0 ? 1 : 2 + i;
        tasks[i] = new Filling(out, chunks);
      }
      for (int i = 0; i < 10_000; i++) {
        team.play(tasks, tasks.length, i);
      }
      long before = team.allocatedBytes();
      if (before < 0) {
        return; // this JVM does not tell
      }
      for (int i = 0; i < 10_000; i++) {
        team.play(tasks, tasks.length, i);
      }
      assertThat(team.allocatedBytes() - before).isZero();
    }
  }

  private record Filling(float[] out, int chunks) implements Task {
    @Override
    public int chunks(int batch) {
      return chunks;
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      int at = scratch.take(16);
      scratch.floats()[at] = batch;
      out[chunk * 16] = scratch.floats()[at];
      scratch.release(0, 0);
    }
  }

  @Test
  void allocationOnMembersIsSeen() {
    try (Workers team = new Workers(2)) {
      if (team.allocatedBytes() < 0) {
        return; // this JVM does not tell
      }
      CountDownLatch both = new CountDownLatch(2);
      AtomicReference<byte[]> kept = new AtomicReference<>(new byte[0]);
      Thread caller = Thread.currentThread();
      Task allocating =
          new ChunkTask(2) {
            @Override
            void run(int chunk) {
              both.countDown();
              await(both);
              if (Thread.currentThread() != caller) {
                kept.set(new byte[1 << 20]);
              }
            }
          };
      long before = team.allocatedBytes();
      team.play(new Task[] {allocating}, 1, 1);
      assertThat(team.allocatedBytes() - before).isGreaterThan(1 << 20);
    }
  }

  @Test
  void aSecondPlayAtTheSameTimeIsRefused() throws InterruptedException {
    try (Workers team = new Workers(2)) {
      CountDownLatch playing = new CountDownLatch(1);
      CountDownLatch end = new CountDownLatch(1);
      Task waiting =
          new ChunkTask(1) {
            @Override
            void run(int chunk) {
              playing.countDown();
              await(end);
            }
          };
      Thread first = new Thread(() -> team.play(new Task[] {waiting}, 1, 1), "first");
      first.start();
      await(playing);
      assertThatThrownBy(() -> team.play(new Task[0], 0, 1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("on thread \"first\"");
      end.countDown();
      first.join();
      team.play(new Task[0], 0, 1);
    }
  }

  @Test
  void aTaskCannotPlayOrChangeItsTeam() {
    for (int threads = 1; threads <= 2; threads++) {
      try (Workers team = new Workers(threads)) {
        AtomicInteger refused = new AtomicInteger();
        Task nested =
            new ChunkTask(8) {
              @Override
              void run(int chunk) {
                assertThatThrownBy(() -> team.play(new Task[0], 0, 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("play nothing from inside a task");
                assertThatThrownBy(() -> team.reserveScratch(1, 1))
                    .isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(team::close).isInstanceOf(IllegalStateException.class);
                refused.incrementAndGet();
              }
            };
        team.play(new Task[] {nested}, 1, 1);
        assertThat(refused).hasValue(8);
      }
    }
  }

  @Test
  void anInterruptEndsNothingAndStaysPending() {
    try (Workers team = new Workers(2)) {
      AtomicInteger done = new AtomicInteger();
      Task slow =
          new ChunkTask(2) {
            @Override
            void run(int chunk) {
              long end = System.nanoTime() + (chunk + 1) * 10_000_000L;
              while (System.nanoTime() < end) {
                Thread.onSpinWait();
              }
              done.incrementAndGet();
            }
          };
      Thread.currentThread().interrupt();
      team.play(new Task[] {slow}, 1, 1);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(done).hasValue(2);
    }
  }

  @Test
  void scratchIsReservedForEveryMember() {
    try (Workers team = new Workers(3)) {
      assertThat(team.threads()).isEqualTo(3);
      assertThat(team.scratchFloats()).isZero();
      team.reserveScratch(100, 5);
      team.reserveScratch(50, 2);
      long reserved = team.scratchFloats();
      assertThat(reserved).isGreaterThanOrEqualTo(300);
      team.reserveScratch(100, 5);
      assertThat(team.scratchFloats()).isEqualTo(reserved);
      assertThat(team.scratch(2).ints()).hasSize(5);
    }
  }

  @Test
  void aClosedTeamHasNoThreadsAndRefusesToPlay() {
    Workers team = new Workers(3);
    team.close();
    team.close();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().startsWith("tapewise-worker-"));
    assertThatThrownBy(() -> team.play(new Task[0], 0, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("this team of workers is closed");
  }

  @Test
  void badNumbersAreRefused() {
    assertThatThrownBy(() -> new Workers(0)).isInstanceOf(IllegalArgumentException.class);
    try (Workers team = new Workers(1)) {
      Task tooMany = new Filling(new float[0], Workers.MAX_CHUNKS + 1);
      assertThatThrownBy(() -> team.play(new Task[] {tooMany}, 1, 1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("not " + (Workers.MAX_CHUNKS + 1));
    }
  }

  /** A task of a fixed number of chunks that needs no scratch. */
  private abstract static class ChunkTask implements Task {
    private final int chunks;

    ChunkTask(int chunks) {
      this.chunks = chunks;
    }

    @Override
    public int chunks(int batch) {
      return chunks;
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      run(chunk);
    }

    abstract void run(int chunk);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void sleep(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
