package dev.tapewise.examples;

import dev.tapewise.nn.train.Evaluation;
import dev.tapewise.nn.train.Trainer;
import dev.tapewise.nn.train.TrainingListener;
import dev.tapewise.nn.train.TrainingProgress;
import dev.tapewise.nn.train.TrainingResult;
import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A training with a test after every epoch, shown while it goes on. */
final class TrainingRun implements TrainingListener {
  private final Trainer trainer;
  private final DataOptions.Parts data;
  private final PrintWriter out;
  private final Curve curve = new Curve();
  private @Nullable ProgressReporter reporter;
  private @Nullable Evaluation lastTest;

  TrainingRun(Trainer trainer, DataOptions.Parts data, PrintWriter out) {
    this.trainer = trainer;
    this.data = data;
    this.out = out;
  }

  TrainingResult train(int epochs) {
    try (ProgressReporter shown = ProgressReporter.start(out, isTerminal(), canDraw())) {
      reporter = shown;
      return trainer.fit(data.train(), epochs, this);
    } finally {
      reporter = null;
    }
  }

  /** Whether lines can be drawn over: not in a file or a pipe. */
  @SuppressWarnings(
      "SystemConsoleNull") // null again since JDK 25, where stdin or stdout is not a terminal
  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private static boolean canDraw() {
    return System.getProperty("stdout.encoding", "").toUpperCase(Locale.ROOT).startsWith("UTF");
  }

  Curve curve() {
    return curve;
  }

  /** The result of the test after the last epoch. */
  Evaluation lastTest() {
    Evaluation test = lastTest;
    if (test == null) {
      throw new IllegalStateException("no epoch came to its end");
    }
    return test;
  }

  @Override
  public void stepDone(TrainingProgress progress) {
    curve.stepDone(progress);
    ProgressReporter shown = reporter;
    if (shown != null) {
      shown.stepDone(progress);
    }
  }

  @Override
  public void epochDone(TrainingProgress progress) {
    boolean stopped =
        progress.stepsDone() * progress.epochs() < progress.steps() * (progress.epoch() + 1);
    if (stopped) {
      return;
    }
    Evaluation test = trainer.evaluate(data.test());
    lastTest = test;
    curve.tested(progress.stepsDone(), test);
    ProgressReporter shown = reporter;
    if (shown != null) {
      shown.say(
          String.format(
              Locale.ROOT,
              "epoch %d/%d: loss %.4f, accuracy %.2f %%; test loss %.4f, accuracy %.2f %%; %.0f"
                  + " images/s",
              progress.epoch() + 1,
              progress.epochs(),
              progress.epochLoss(),
              100 * progress.epochAccuracy(),
              test.loss(),
              100 * test.accuracy(),
              progress.imagesPerSecond()));
    }
  }
}
