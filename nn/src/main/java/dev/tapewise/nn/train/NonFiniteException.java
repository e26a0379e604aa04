package dev.tapewise.nn.train;

/** Training met a number that is not finite; the message names the step and the layer. */
public final class NonFiniteException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final long step;

  NonFiniteException(long step, String message) {
    super(message);
    this.step = step;
  }

  /** The step, from 0, counted over the life of the trainer; in an evaluation the batch. */
  public long step() {
    return step;
  }
}
