package dev.tapewise.nn.schedule;

/** The learning rate as a function of the step alone: immutable, nothing is counted inside. */
@FunctionalInterface
public interface Schedule {

  /**
   * The learning rate of an optimizer step. Allocates nothing.
   *
   * @param step the step, from 0
   * @param horizon how long the training is
   */
  float rate(long step, Horizon horizon);
}
