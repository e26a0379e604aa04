package dev.tapewise.nn.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

// On a thread of its own, as waiting for a batch does not end at an interrupt.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class DataLoaderAllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int BATCHES_PER_EPOCH = 50;

  @Test
  void warmEpochsAllocateNothingOnEitherThread() {
    InMemoryImages images = TestFiles.images(BATCHES_PER_EPOCH * 4 - 1, 6, 6, 1);
    Augmentation augmentation = Augmentation.padCrop(2).withHorizontalFlip();
    try (var loader = DataLoader.of(images, 4, Normalisation.FASHION_MNIST, augmentation, 42, 3)) {
      long loaderThread = onlyLoaderThread();
      // 4,000 batches to warm up, then 500.
      double sum = play(loader, 0, 80);
      long measuredBefore = THREADS.getThreadAllocatedBytes(loaderThread);
      long callerBefore = THREADS.getCurrentThreadAllocatedBytes();
      sum += play(loader, 80, 10);
      long caller = THREADS.getCurrentThreadAllocatedBytes() - callerBefore;
      long measured = THREADS.getThreadAllocatedBytes(loaderThread) - measuredBefore;
      assertThat(sum).isFinite();
      assertThat(List.of(caller, measured)).as("bytes of caller and loader").containsOnly(0L);
    }
  }

  private static double play(DataLoader loader, long firstEpoch, int epochs) {
    double sum = 0;
    for (long epoch = firstEpoch; epoch < firstEpoch + epochs; epoch++) {
      loader.start(epoch);
      int batches = 0;
      for (Batch batch = loader.next(); batch != null; batch = loader.next()) {
        sum += batch.images()[0] + batch.labels()[0];
        batches++;
      }
      assertBatches(batches);
    }
    return sum;
  }

  /** Without AssertJ, which allocates. */
  private static void assertBatches(int batches) {
    if (batches != BATCHES_PER_EPOCH) {
      throw new AssertionError("an epoch of " + batches + " batches");
    }
  }

  private static long onlyLoaderThread() {
    List<Thread> threads =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().equals("tapewise-loader"))
            .toList();
    assertThat(threads).hasSize(1);
    return threads.getFirst().threadId();
  }
}
