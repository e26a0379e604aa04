package dev.tapewise.nn.train;

import com.google.common.base.Preconditions;
import dev.tapewise.autodiff.Arena;
import dev.tapewise.autodiff.Program;
import dev.tapewise.core.Workers;
import dev.tapewise.nn.data.Augmentation;
import dev.tapewise.nn.data.Batch;
import dev.tapewise.nn.data.DataLoader;
import dev.tapewise.nn.data.ImageDataset;
import dev.tapewise.nn.data.Normalisation;
import dev.tapewise.nn.loss.Loss;
import dev.tapewise.nn.model.Model;
import dev.tapewise.nn.schedule.Horizon;
import dev.tapewise.nn.schedule.Schedule;
import org.jspecify.annotations.Nullable;

/**
 * Trains a model: records and compiles it for training and for evaluation over one arena, feeds it
 * from a loader that works ahead, and tells a listener how it goes. Once warm, a step allocates
 * nothing on any thread (see {@link WarmAllocation} for what that means).
 *
 * <p>Used by one thread at a time; {@link #stop} may come from any. An interrupt ends a training
 * like {@code stop} and stays pending.
 */
public final class Trainer implements AutoCloseable {
  private final Model model;
  private final Schedule schedule;
  private final Augmentation augmentation;
  private final long seed;
  private final int batch;
  private final Workers workers;
  private final TrainingStep step;
  private final EvaluationPass evaluation;
  private @Nullable Normalisation normalisation;
  private long epochsBefore;
  private long stepsBefore;
  private volatile boolean stopRequested;

  Trainer(TrainerBuilder options, Workers workers) {
    this.model = options.model();
    this.schedule = options.chosenSchedule();
    this.augmentation = options.chosenAugmentation();
    Normalisation chosen = options.chosenNormalisation();
    this.normalisation = chosen == null ? model.normalisation() : chosen;
    this.seed = options.chosenSeed();
    this.batch = options.chosenBatch();
    this.workers = workers;
    Loss loss = options.chosenLoss();
    Arena arena = new Arena();
    this.step =
        TrainingStep.compile(
            model, loss, options.chosenOptimizer(), batch, workers, arena, options.compilation());
    this.evaluation = EvaluationPass.compile(model, loss, batch, workers, arena);
    model.parameters().initializeOnce(seed);
  }

  /** Begins to describe a trainer; see {@link TrainerBuilder} for what is chosen unless told. */
  public static TrainerBuilder of(Model model) {
    return new TrainerBuilder(model);
  }

  /** Trains without a listener. */
  public TrainingResult fit(ImageDataset data, int epochs) {
    return fit(data, epochs, TrainingListener.none());
  }

  /**
   * Trains over a data set.
   *
   * <p>Batches follow from the seed and the number of the epoch, which counts on over several
   * calls. An epoch's last batch is short where the data set says so; one that batch norm cannot be
   * trained on (a single value per channel) is left out.
   *
   * <p>The model takes over the normalisation of the images.
   *
   * @param epochs passes over the data, at least 1; the schedule runs once over all of them
   * @throws NonFiniteException if the loss or a parameter is no longer finite
   */
  public TrainingResult fit(ImageDataset data, int epochs, TrainingListener listener) {
    if (epochs < 1) {
      throw new IllegalArgumentException("train for at least 1 epoch, not " + epochs);
    }
    Fitting.check(model, data);
    Normalisation scale = normalisation;
    if (scale == null) {
      scale = Normalisation.measure(data);
      normalisation = scale;
    }
    model.normalisation(scale);
    int channels = model.channels();
    try (DataLoader loader =
        DataLoader.of(data, Math.min(batch, data.size()), scale, augmentation, seed, channels)) {
      return new Fit(loader, epochs, listener).run();
    } finally {
      stopRequested = false;
    }
  }

  /** Evaluates without changing anything: running statistics, no dropout, every image once. */
  public Evaluation evaluate(ImageDataset data) {
    Fitting.check(model, data);
    Normalisation scale = normalisation;
    if (scale == null) {
      throw new IllegalStateException(
          "how pixels are scaled is not known before fit(): give the trainer the normalisation"
              + " that the model was trained with");
    }
    int channels = model.channels();
    try (DataLoader loader =
        DataLoader.inOrder(data, Math.min(batch, data.size()), scale, channels)) {
      return evaluation.run(loader);
    }
  }

  /** Asks a running or the next {@link #fit} to end when its current step is done. */
  public void stop() {
    stopRequested = true;
  }

  /**
   * The normalisation of images, or null before {@link #fit} where none was given and the model has
   * none.
   */
  public @Nullable Normalisation normalisation() {
    return normalisation;
  }

  /** The program of a training step. */
  public Program program() {
    return step.program();
  }

  /** The model. */
  public Model model() {
    return model;
  }

  /** Bytes planned: programs, parameters and optimizer state. */
  public long plannedBytes() {
    return step.plannedBytes();
  }

  /** Ends the threads. */
  @Override
  public void close() {
    workers.close();
  }

  private boolean stopped() {
    return stopRequested || Thread.currentThread().isInterrupted();
  }

  /** One call of fit. */
  private final class Fit {
    private final DataLoader loader;
    private final TrainingListener listener;
    private final int epochs;
    private final int stepsPerEpoch;
    private final Horizon horizon;
    private final TrainingProgress progress;
    private final WarmAllocation allocation;
    private long allocatedBefore;

    Fit(DataLoader loader, int epochs, TrainingListener listener) {
      this.loader = loader;
      this.epochs = epochs;
      this.listener = listener;
      this.stepsPerEpoch = stepsPerEpoch();
      this.horizon = Horizon.ofEpochs(epochs, stepsPerEpoch);
      this.progress = new TrainingProgress(epochs, horizon.steps());
      this.allocation = new WarmAllocation(horizon.steps());
      StringConstants.make(Trainer.class);
      StringConstants.make(Preconditions.class); // the loader's
      StringConstants.make(loader.dataset().getClass());
      StringConstants.make(schedule.getClass());
    }

    private int stepsPerEpoch() {
      int last = loader.dataset().size() - (loader.batches() - 1) * loader.batch();
      int steps = loader.batches() - (last < step.program().fewest() ? 1 : 0);
      if (steps == 0) {
        throw new IllegalArgumentException(
            "%d images in batches of %d give no batch that can be trained on: the model needs at"
                    .formatted(loader.dataset().size(), batch)
                + " least "
                + step.program().fewest()
                + " images per batch");
      }
      return steps;
    }

    TrainingResult run() {
      int done = 0;
      while (done < epochs && !stopped()) {
        progress.beginEpoch(done);
        loader.start(epochsBefore);
        if (!epoch()) {
          listener.epochDone(progress);
          break;
        }
        epochsBefore++;
        done++;
        step.check(stepsBefore - 1);
        listener.epochDone(progress);
      }
      return new TrainingResult(
          done,
          progress.stepsDone(),
          progress.images(),
          progress.seconds(),
          allocation.warmSteps(),
          allocation.bytesPerStep(),
          done < epochs);
    }

    /** Trains an epoch; returns whether it came to its end. */
    private boolean epoch() {
      long begun = System.nanoTime();
      allocatedBefore = allocated();
      for (int i = 0; i < stepsPerEpoch; i++) {
        if (stopped()) {
          return false;
        }
        Batch next = loader.next();
        if (next == null) {
          throw new AssertionError("the loader ended after " + i + " of " + stepsPerEpoch);
        }
        play(next);
        long now = System.nanoTime();
        progress.timed(now - begun);
        countAllocation();
        long before = ThreadAllocation.ofCurrentThread();
        listener.stepDone(progress);
        // What the listener allocated on this thread is its own.
        allocatedBefore += ThreadAllocation.ofCurrentThread() - before;
        begun = System.nanoTime();
      }
      return true;
    }

    private void play(Batch next) {
      BatchCopy.copy(next, step.images(), step.labels());
      float rate = schedule.rate(progress.stepsDone(), horizon);
      float loss = step.run(next.count(), rate, seed, stepsBefore);
      stepsBefore++;
      progress
          .accuracyMeter()
          .add(
              step.logits().array(),
              step.logits().offset(),
              step.labels().array(),
              step.labels().offset(),
              next.count(),
              model.classes());
      progress.step(loss, rate, next.count());
    }

    private void countAllocation() {
      long now = allocated();
      allocation.step(now < 0 || allocatedBefore < 0 ? -1 : now - allocatedBefore);
      allocatedBefore = now;
    }

    /** Bytes that caller, workers and loader have allocated so far; -1 if unknown. */
    private long allocated() {
      long team = workers.allocatedBytes();
      long load = ThreadAllocation.of(loader.threadId());
      return team < 0 || load < 0 ? -1 : team + load;
    }
  }
}
