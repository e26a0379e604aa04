package dev.tapewise.nn.schedule;

/** The rule that all learning rates keep. */
final class Rates {
  private Rates() {}

  static void check(float rate) {
    if (!(rate >= 0 && rate < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "a learning rate must be a finite number of at least 0 but is "
              + rate
              + ". SGD with momentum usually starts between 0.01 and 0.5");
    }
  }
}
