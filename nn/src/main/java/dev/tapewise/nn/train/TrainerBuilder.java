package dev.tapewise.nn.train;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.core.Machine;
import dev.tapewise.core.Workers;
import dev.tapewise.nn.data.Augmentation;
import dev.tapewise.nn.data.Normalisation;
import dev.tapewise.nn.loss.CrossEntropy;
import dev.tapewise.nn.loss.Loss;
import dev.tapewise.nn.model.Model;
import dev.tapewise.nn.optim.Optimizer;
import dev.tapewise.nn.optim.Sgd;
import dev.tapewise.nn.schedule.Cosine;
import dev.tapewise.nn.schedule.Schedule;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Describes a {@link Trainer}. Whatever is not told has the default that its method names. */
public final class TrainerBuilder {
  private final Model model;
  private Loss loss = CrossEntropy.plain();
  private Optimizer optimizer = Sgd.withMomentum(0.9f);
  private Schedule schedule = Cosine.from(0.1f);
  private Augmentation augmentation = Augmentation.none();
  private @Nullable Normalisation normalisation;
  private int batch = 64;
  private int threads = Machine.cores();
  private long seed;
  private UnaryOperator<CompileOptions> compilation = UnaryOperator.identity();

  TrainerBuilder(Model model) {
    this.model = model;
  }

  /** The loss; cross-entropy without smoothing unless told. */
  public TrainerBuilder loss(Loss chosen) {
    loss = chosen;
    return this;
  }

  /** The optimizer; SGD with momentum 0.9 and no weight decay unless told. */
  public TrainerBuilder optimizer(Optimizer chosen) {
    optimizer = chosen;
    return this;
  }

  /** The learning rate; a cosine from 0.1 unless told. */
  public TrainerBuilder schedule(Schedule chosen) {
    schedule = chosen;
    return this;
  }

  /** How training images are varied; not at all unless told. */
  public TrainerBuilder augmentation(Augmentation chosen) {
    augmentation = chosen;
    return this;
  }

  /**
   * How pixels are scaled; the model's own unless told, and where it has none, measured on the
   * first data set that is trained on.
   */
  public TrainerBuilder normalisation(Normalisation chosen) {
    normalisation = chosen;
    return this;
  }

  /** Images per step, at least 1; 64 unless told. */
  public TrainerBuilder batch(int images) {
    if (images < 1) {
      throw new IllegalArgumentException("a batch has at least 1 image, not " + images);
    }
    batch = images;
    return this;
  }

  /** Threads, at least 1; one per core unless told. They do not change a bit of the result. */
  public TrainerBuilder threads(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("training needs at least 1 thread, not " + count);
    }
    threads = count;
    return this;
  }

  /**
   * The seed of the initial weights (unless the model has some), order, augmentation, dropout; 0.
   */
  public TrainerBuilder seed(long chosen) {
    seed = chosen;
    return this;
  }

  /**
   * How to compile: {@code CompileOptions::checkpoint} needs less memory, {@code
   * CompileOptions::plain} is for debugging; fused and with everything kept unless told. The bits
   * are the same.
   */
  public TrainerBuilder compile(UnaryOperator<CompileOptions> choice) {
    compilation = choice;
    return this;
  }

  /**
   * Records, compiles and takes the memory.
   *
   * @throws dev.tapewise.autodiff.compile.InsufficientMemoryException if it does not fit into the
   *     heap, before anything is allocated
   */
  public Trainer build() {
    Workers workers = new Workers(threads);
    boolean done = false;
    try {
      Trainer trainer = new Trainer(this, workers);
      done = true;
      return trainer;
    } finally {
      if (!done) {
        workers.close();
      }
    }
  }

  Model model() {
    return model;
  }

  Loss chosenLoss() {
    return loss;
  }

  Optimizer chosenOptimizer() {
    return optimizer;
  }

  Schedule chosenSchedule() {
    return schedule;
  }

  Augmentation chosenAugmentation() {
    return augmentation;
  }

  @Nullable Normalisation chosenNormalisation() {
    return normalisation;
  }

  int chosenBatch() {
    return batch;
  }

  long chosenSeed() {
    return seed;
  }

  UnaryOperator<CompileOptions> compilation() {
    return compilation;
  }
}
