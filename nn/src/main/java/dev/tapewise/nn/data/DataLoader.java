package dev.tapewise.nn.data;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import com.google.common.util.concurrent.Uninterruptibles;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * Prepares batches on a daemon thread of its own while the caller works on the one before, in three
 * buffers that exist from the start: once warm, neither thread allocates, per batch or per epoch.
 *
 * <p>The batches are a function of data set, seed and epoch: {@code start(epoch, firstBatch)}
 * continues an epoch exactly where another run left it. Usage:
 *
 * {@snippet :
 * try (var loader = DataLoader.of(train, 128, normalisation, augmentation, seed, 3)) {
 *   for (int epoch = 0; epoch < epochs; epoch++) {
 *     loader.start(epoch);
 *     for (Batch batch = loader.next(); batch != null; batch = loader.next()) {
 *       // batch.images(), batch.labels(), batch.count()
 *     }
 *   }
 * }
 * }
 *
 * <p>One thread at a time may call it. An interrupt does not end a wait for a batch; it stays
 * pending. A loader that is not closed keeps its thread and its buffers.
 */
public final class DataLoader implements AutoCloseable {
  private static final int SLOTS = 3;

  private final ImageDataset dataset;
  private final int batch;
  private final int batches;
  private final int outChannels;
  private final int imageFloats;
  private final Augmentation augmentation;
  private final boolean shuffled;
  private final long seed;
  private final ImageTransform transform;
  private final Permutation permutation;
  private final byte[] image;
  private final Batch[] slots = new Batch[SLOTS];
  private final Thread thread;

  // A monitor, as it makes no queue nodes: java.util.concurrent's locks allocate when they wait.
  private final Object lock = new Object();

  /** Counts calls of start; the loader thread drops what it makes for an earlier one. */
  @GuardedBy("lock")
  private long generation;

  @GuardedBy("lock")
  private long epoch;

  @GuardedBy("lock")
  private int firstBatch;

  /** Numbers of the next batch to be filled, handed out and given back in this epoch. */
  @GuardedBy("lock")
  private int filled;

  @GuardedBy("lock")
  private int handedOut;

  @GuardedBy("lock")
  private int givenBack;

  @GuardedBy("lock")
  private boolean closed;

  @GuardedBy("lock")
  private @Nullable Throwable failure;

  private DataLoader(
      ImageDataset dataset,
      int batch,
      Normalisation normalisation,
      Augmentation augmentation,
      boolean shuffled,
      long seed,
      int outChannels) {
    int channels = dataset.channels();
    checkArgument(batch > 0, "batch of %s images: choose at least 1", batch);
    checkArgument(
        outChannels == channels || (channels == 1 && outChannels > 0),
        "images with %s channels cannot become %s: ask for %s (only grey is repeated)",
        channels,
        outChannels,
        channels);
    checkArgument(
        normalisation.channels() == channels,
        "normalisation of %s channels for images with %s: choose one that was measured on them",
        normalisation.channels(),
        channels);
    this.dataset = dataset;
    this.batch = batch;
    this.batches = Math.ceilDiv(dataset.size(), batch);
    this.outChannels = outChannels;
    this.imageFloats = dataset.height() * dataset.width() * outChannels;
    this.augmentation = augmentation;
    this.shuffled = shuffled;
    this.seed = seed;
    this.transform =
        new ImageTransform(dataset.height(), dataset.width(), channels, outChannels, normalisation);
    this.permutation = new Permutation(dataset.size());
    this.image = new byte[dataset.imageBytes()];
    for (int slot = 0; slot < SLOTS; slot++) {
      slots[slot] = new Batch(batch, imageFloats);
    }
    this.thread = Thread.ofPlatform().daemon().name("tapewise-loader").unstarted(this::work);
  }

  /**
   * A loader for training: each epoch in another order, images varied.
   *
   * @param dataset the images
   * @param batch images in a batch; an epoch's last one has the rest
   * @param normalisation for the data set's channels
   * @param augmentation how images are varied
   * @param seed of the order and of the variations
   * @param outChannels the data set's channels, or any number over which grey images are repeated
   * @return the loader, to be started for an epoch and to be closed
   * @throws IllegalArgumentException if the batch is not positive or channels do not fit
   */
  public static DataLoader of(
      ImageDataset dataset,
      int batch,
      Normalisation normalisation,
      Augmentation augmentation,
      long seed,
      int outChannels) {
    return started(
        new DataLoader(dataset, batch, normalisation, augmentation, true, seed, outChannels));
  }

  /**
   * A loader for evaluation: the data set's own order, images as they are.
   *
   * @param dataset the images
   * @param batch images in a batch; an epoch's last one has the rest
   * @param normalisation for the data set's channels
   * @param outChannels the data set's channels, or any number over which grey images are repeated
   * @return the loader, to be started for an epoch and to be closed
   * @throws IllegalArgumentException if the batch is not positive or channels do not fit
   */
  public static DataLoader inOrder(
      ImageDataset dataset, int batch, Normalisation normalisation, int outChannels) {
    return started(
        new DataLoader(dataset, batch, normalisation, Augmentation.none(), false, 0, outChannels));
  }

  private static DataLoader started(DataLoader loader) {
    loader.thread.start();
    return loader;
  }

  /**
   * The largest {@link Batch#count}.
   *
   * @return images in a full batch
   */
  public int batch() {
    return batch;
  }

  /**
   * The batches of an epoch.
   *
   * @return at least 1, the last one may be short
   */
  public int batches() {
    return batches;
  }

  /**
   * The channels of the images handed out.
   *
   * @return at least 1
   */
  public int outChannels() {
    return outChannels;
  }

  /**
   * The data set that is read.
   *
   * @return it
   */
  public ImageDataset dataset() {
    return dataset;
  }

  /**
   * The thread that prepares batches, for those who count what threads allocate.
   *
   * @return its identifier, see {@link Thread#threadId}
   */
  public long threadId() {
    return thread.threadId();
  }

  /**
   * Starts an epoch from its first batch.
   *
   * @param newEpoch its number from 0, which decides order and variations
   */
  public void start(long newEpoch) {
    start(newEpoch, 0);
  }

  /**
   * Starts an epoch in the middle, which gives the same batches as if the earlier ones had been
   * taken. An unfinished epoch is dropped, and a failure with it.
   *
   * @param newEpoch its number from 0, which decides order and variations
   * @param newFirstBatch the first batch to hand out; {@code batches()} for none
   * @throws IllegalArgumentException if there is no such batch, or the epoch is not from 0 to 2^32
   *     - 1
   * @throws IllegalStateException if the loader is closed
   */
  public void start(long newEpoch, int newFirstBatch) {
    checkArgument(
        newFirstBatch >= 0 && newFirstBatch <= batches,
        "an epoch of %s batches cannot start at batch %s: choose from 0 to %s",
        batches,
        newFirstBatch,
        batches);
    checkArgument(
        newEpoch >>> Integer.SIZE == 0, "epoch %s: choose from 0 to 4294967295", newEpoch);
    synchronized (lock) {
      checkOpen();
      generation++;
      epoch = newEpoch;
      firstBatch = newFirstBatch;
      filled = newFirstBatch;
      handedOut = newFirstBatch;
      givenBack = newFirstBatch;
      failure = null;
      lock.notifyAll();
    }
  }

  /**
   * Gives back the batch before and hands out the next one, waiting for it if it is not ready.
   *
   * @return the batch, or null at the end of the epoch
   * @throws IllegalStateException if no epoch was started, the loader is closed, or its thread
   *     failed, with what happened there as the cause
   */
  public @Nullable Batch next() {
    synchronized (lock) {
      checkOpen();
      checkState(generation > 0, "no epoch was started: call start(epoch) first");
      givenBack = handedOut;
      lock.notifyAll();
      boolean interrupted = false;
      while (filled == handedOut && handedOut < batches && failure == null && !closed) {
        try {
          lock.wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      checkOpen();
      if (filled > handedOut) {
        return slots[handedOut++ % SLOTS];
      }
      if (failure != null) {
        throw new IllegalStateException(
            "loading batch %d of epoch %d failed: %s".formatted(filled, epoch, failure), failure);
      }
      return null;
    }
  }

  /** Stops the thread and waits for it to end; batches are no longer valid. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
    }
    Uninterruptibles.joinUninterruptibly(thread);
  }

  @GuardedBy("lock")
  private void checkOpen() {
    checkState(!closed, "the loader is closed: make another one");
  }

  /** The loader thread: epochs as they are started, until closed. */
  private void work() {
    long seen = 0;
    while (true) {
      long current;
      long currentEpoch;
      int next;
      synchronized (lock) {
        while (generation == seen && !closed) {
          try {
            lock.wait();
          } catch (InterruptedException e) {
            // Nobody has reason to interrupt this thread: look again.
          }
        }
        if (closed) {
          return;
        }
        current = generation;
        currentEpoch = epoch;
        next = firstBatch;
      }
      seen = current;
      try {
        loadEpoch(current, currentEpoch, next);
      } catch (Throwable e) {
        fail(current, e);
      }
    }
  }

  private void loadEpoch(long current, long currentEpoch, int first) throws InterruptedException {
    if (shuffled) {
      permutation.shuffle(seed, currentEpoch);
    }
    for (int number = first; number < batches; number++) {
      if (!awaitSlot(current)) {
        return;
      }
      fill(slots[number % SLOTS], number, currentEpoch);
      if (!publish(current)) {
        return;
      }
    }
  }

  /** Waits until a slot is free; false if the epoch is no longer wanted. */
  private boolean awaitSlot(long current) throws InterruptedException {
    synchronized (lock) {
      while (generation == current && !closed && filled - givenBack >= SLOTS) {
        lock.wait();
      }
      return generation == current && !closed;
    }
  }

  private boolean publish(long current) {
    synchronized (lock) {
      if (generation != current) {
        return false;
      }
      filled++;
      lock.notifyAll();
      return true;
    }
  }

  private void fail(long current, Throwable e) {
    synchronized (lock) {
      if (generation == current) {
        failure = e;
        lock.notifyAll();
      }
    }
  }

  private void fill(Batch slot, int number, long currentEpoch) {
    int start = number * batch;
    int count = Math.min(batch, dataset.size() - start);
    slot.describe(number, count);
    for (int i = 0; i < count; i++) {
      int index = permutation.get(start + i);
      slot.indices()[i] = index;
      slot.labels()[i] = dataset.label(index);
      dataset.copyPixels(index, image, 0);
      long draw = Augmentation.draw(seed, currentEpoch, index);
      transform.write(
          image,
          augmentation.rowShift(draw),
          augmentation.columnShift(draw),
          augmentation.flips(draw),
          slot.images(),
          i * imageFloats);
    }
  }
}
