package dev.tapewise.examples;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.core.Machine;
import dev.tapewise.nn.io.AtomicFile;
import dev.tapewise.nn.loss.CrossEntropy;
import dev.tapewise.nn.model.Model;
import dev.tapewise.nn.optim.Sgd;
import dev.tapewise.nn.schedule.Cosine;
import dev.tapewise.nn.schedule.Span;
import dev.tapewise.nn.train.Evaluation;
import dev.tapewise.nn.train.Trainer;
import dev.tapewise.nn.train.TrainingResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains a MobileNet on real images: {@code tapewise train}. */
@Command(
    name = "train",
    description = {
      "Trains a MobileNet on images; writes its weights and a picture of how it went.",
      "Without options it trains on the part of Fashion-MNIST that comes with it."
    })
final class TrainMobileNet extends TapewiseCommand {
  /** The shell's number for a process ended by Ctrl-C. */
  private static final int INTERRUPTED = 130;

  /** The rate rises over these steps, or over a tenth of the training where that is less. */
  private static final int WARM_UP_STEPS = 100;

  @Mixin private DataOptions data = new DataOptions();
  @Mixin private ModelOptions network = new ModelOptions();

  @Option(names = "--epochs", paramLabel = "N", description = "passes over the data")
  private @Nullable Integer epochs;

  @Option(names = "--batch", paramLabel = "N", description = "images per step")
  private @Nullable Integer batch;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "threads that compute (default: one per core); the result is the same")
  private int threads = Machine.cores();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "seed of everything random (default: ${DEFAULT-VALUE})")
  private long seed = 42;

  @Option(names = "--lr", paramLabel = "RATE", description = "highest learning rate")
  private @Nullable Float learningRate;

  @Option(
      names = "--checkpoint",
      description = "keep less and compute blocks again: the same bits, less memory, slower")
  private boolean checkpoint;

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description = "weights to start from, as this command writes them")
  private @Nullable Path weights;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description =
          "where weights and picture go: a folder, or a .safetensors file (default:"
              + " ${DEFAULT-VALUE})")
  private Path out = Path.of("tapewise-out");

  @Option(names = "--report", paramLabel = "FILE", description = "writes the result as JSON")
  private @Nullable Path report;

  @Override
  int execute() throws IOException {
    Recipe recipe = usage(data::checked);
    int theEpochs = atLeastOne("--epochs", epochs == null ? recipe.epochs() : epochs);
    int theBatch = atLeastOne("--batch", batch == null ? recipe.batch() : batch);
    atLeastOne("--threads", threads);
    float rate = learningRate == null ? recipe.learningRate() : learningRate;
    Cosine schedule = usage(() -> Cosine.from(rate));
    DataOptions.Parts parts = data.open();
    Model model = usage(() -> network.model(recipe, parts));
    Outputs outputs = Outputs.prepare(out, model.name() + "-" + recipe.dataset(), report);
    if (weights != null) {
      model.load(weights);
    }
    note(Machine.describe());
    print(
        "%s; %s: %,d images to train on, %,d to test on"
            .formatted(model, recipe.dataset(), parts.train().size(), parts.test().size()));
    try (Trainer trainer =
            Trainer.of(model)
                .loss(CrossEntropy.withSmoothing(recipe.smoothing()))
                .optimizer(Sgd.withMomentum(0.9f).nesterov().weightDecay(recipe.weightDecay()))
                .schedule(schedule.withWarmUp(warmUp(parts, theEpochs, theBatch)))
                .augmentation(recipe.augmentation())
                .normalisation(recipe.normalisation())
                .batch(theBatch)
                .threads(threads)
                .seed(seed)
                .compile(checkpoint ? CompileOptions::checkpoint : options -> options)
                .build();
        Interruption interruption = new Interruption(trainer::stop)) {
      print(
          "%d epochs in batches of %d on %d threads, seed %d; %.0f MB planned"
              .formatted(
                  theEpochs, theBatch, threads, seed, trainer.plannedBytes() / (double) (1 << 20)));
      return train(trainer, theEpochs, parts, outputs, recipe, interruption);
    }
  }

  private static Span warmUp(DataOptions.Parts parts, int epochs, int batch) {
    long steps = (long) Math.ceilDiv(parts.train().size(), batch) * epochs;
    return Span.steps(Math.min(WARM_UP_STEPS, steps / 10));
  }

  private int train(
      Trainer trainer,
      int theEpochs,
      DataOptions.Parts parts,
      Outputs outputs,
      Recipe recipe,
      Interruption interruption)
      throws IOException {
    long begun = System.nanoTime();
    TrainingRun run = new TrainingRun(trainer, parts, spec().commandLine().getOut());
    TrainingResult result = run.train(theEpochs);
    double seconds = (System.nanoTime() - begun) / 1e9;
    trainer.model().save(outputs.weights());
    if (result.stopped()) {
      print("stopped after %d steps; weights: %s".formatted(result.steps(), outputs.weights()));
      return interruption.happened() ? INTERRUPTED : spec().exitCodeOnExecutionException();
    }
    Evaluation test = run.lastTest();
    picture(trainer, parts, outputs, recipe, run.curve(), test, result, seconds);
    Path json = outputs.report();
    if (json != null) {
      String text = report(test, result, seconds, trainer.model().parameterCount()) + "\n";
      AtomicFile.write(json, file -> file.write(text.getBytes(StandardCharsets.UTF_8)));
      print("report: " + json);
    }
    print("weights: " + outputs.weights());
    print("picture: " + outputs.picture());
    print(
        "test accuracy %.2f %%, %.0f images/s, %s bytes allocated per step"
            .formatted(
                100 * test.accuracy(),
                result.imagesPerSecond(),
                JsonLine.whole(result.bytesPerStep())));
    return 0;
  }

  private void picture(
      Trainer trainer,
      DataOptions.Parts parts,
      Outputs outputs,
      Recipe recipe,
      Curve curve,
      Evaluation test,
      TrainingResult result,
      double seconds)
      throws IOException {
    String title = "%s on %s".formatted(trainer.model().name(), recipe.dataset());
    String subtitle =
        String.format(
            Locale.ROOT,
            "%,d parameters · %d epochs · %s · %.0f images/s · test accuracy %.2f %%",
            trainer.model().parameterCount(),
            result.epochs(),
            ProgressText.time(seconds),
            result.imagesPerSecond(),
            100 * test.accuracy());
    TrainingPicture.write(
        outputs.picture(),
        title,
        subtitle,
        curve,
        TestSheet.items(trainer.model(), parts.test(), recipe.normalisation()));
  }

  private static JsonLine report(
      Evaluation test, TrainingResult result, double seconds, long parameters) {
    return new JsonLine()
        .add("test_accuracy", test.accuracy(), 6)
        .add("images_per_second", result.imagesPerSecond(), 2)
        .addWhole("bytes_per_step", result.bytesPerStep())
        .add("seconds", seconds, 3)
        .add("epochs", result.epochs())
        .add("parameters", parameters);
  }
}
