package dev.tapewise.nn.train;

/**
 * Hears how a training goes, on the thread that trains: whoever has much to do (or allocates, where
 * that matters) hands it to another thread. The bytes that a listener allocates do not count as the
 * step's.
 */
public interface TrainingListener {

  /** Hears nothing. */
  static TrainingListener none() {
    return new TrainingListener() {};
  }

  /**
   * A step is done.
   *
   * @param progress valid during this call; the same object every time
   */
  default void stepDone(TrainingProgress progress) {}

  /**
   * An epoch is done, or was ended by {@link Trainer#stop}. The trainer may be used for an
   * evaluation here.
   *
   * @param progress valid during this call; the same object every time
   */
  default void epochDone(TrainingProgress progress) {}
}
