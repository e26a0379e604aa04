package dev.tapewise.examples;

import dev.tapewise.nn.train.TrainingListener;
import dev.tapewise.nn.train.TrainingProgress;
import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Shows how a training goes from a thread of its own, so that the thread that trains formats
 * nothing: one line that is drawn over on a terminal, a line now and then in a plain log.
 */
final class ProgressReporter implements TrainingListener, AutoCloseable {
  private static final long TERMINAL_MILLIS = 200;
  private static final long LOG_MILLIS = 15_000;

  private final PrintWriter out;
  private final boolean terminal;
  private final ProgressText text;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  // Written by the thread that trains; a line may mix the numbers of two steps, which nobody sees.
  private volatile int epoch;
  private volatile int epochs = 1;
  private volatile long stepsDone;
  private volatile long steps = 1;
  private volatile double loss = Double.NaN;
  private volatile double accuracy = Double.NaN;
  private volatile double imagesPerSecond;

  private ProgressReporter(PrintWriter out, boolean terminal, boolean blocks) {
    this.out = out;
    this.terminal = terminal;
    this.text = new ProgressText(blocks);
    this.thread = new Thread(this::report, "tapewise-progress");
    thread.setDaemon(true);
  }

  /** Starts to report; {@code terminal} says whether lines can be drawn over. */
  static ProgressReporter start(PrintWriter out, boolean terminal, boolean blocks) {
    ProgressReporter reporter = new ProgressReporter(out, terminal, blocks);
    reporter.thread.start();
    return reporter;
  }

  @Override
  public void stepDone(TrainingProgress progress) {
    epoch = progress.epoch();
    epochs = progress.epochs();
    steps = progress.steps();
    loss = progress.epochLoss();
    accuracy = progress.epochAccuracy();
    imagesPerSecond = progress.imagesPerSecond();
    stepsDone = progress.stepsDone();
  }

  /** Prints a line that stays, above the one that is drawn over. */
  synchronized void say(String line) {
    if (terminal) {
      out.print(ProgressText.CLEAR);
    }
    out.println(line);
    out.flush();
  }

  private void report() {
    long begun = System.nanoTime();
    try {
      while (!closed.await(terminal ? TERMINAL_MILLIS : LOG_MILLIS, TimeUnit.MILLISECONDS)) {
        if (stepsDone > 0) {
          draw((System.nanoTime() - begun) / 1e9);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody does that, and then there is nothing to show
    }
  }

  private synchronized void draw(double seconds) {
    long done = stepsDone;
    if (closed.getCount() == 0) {
      return;
    }
    double left = seconds * (steps - done) / done;
    String line =
        terminal
            ? text.bar(epoch, epochs, (double) done / steps, imagesPerSecond, loss, accuracy, left)
            : text.line(epoch, epochs, done, steps, imagesPerSecond, loss, accuracy, left);
    if (terminal) {
      out.print(ProgressText.CLEAR + line);
    } else {
      out.println(line);
    }
    out.flush();
  }

  /** Ends the reporting and clears the line. */
  @Override
  public void close() {
    closed.countDown();
    synchronized (this) {
      if (terminal) {
        out.print(ProgressText.CLEAR);
        out.flush();
      }
    }
  }
}
