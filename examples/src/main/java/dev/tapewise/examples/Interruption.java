package dev.tapewise.examples;

import java.util.concurrent.CountDownLatch;

/**
 * Lets Ctrl-C end work in order: the JVM's end asks the work to stop and waits until it has, with
 * everything written. The exit code is then the system's own for the signal, 130 for Ctrl-C.
 */
final class Interruption implements AutoCloseable {
  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook;
  private volatile boolean happened;

  /** From now on, the end of the JVM runs {@code stop} and waits for {@link #close}. */
  Interruption(Runnable stop) {
    hook =
        new Thread(
            () -> {
              happened = true;
              stop.run();
              awaitDone();
            },
            "tapewise-stop");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Whether the JVM is ending. */
  boolean happened() {
    return happened;
  }

  private void awaitDone() {
    try {
      done.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The work is done. */
  @Override
  public void close() {
    done.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // The JVM is ending already, and the hook goes on now.
    }
  }
}
