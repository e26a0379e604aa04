package dev.tapewise.nn.model;

/** How width multipliers change channels. */
final class Channels {
  private static final int DIVISOR = 8;

  private Channels() {}

  static void checkWidth(float width) {
    if (!(width > 0 && width <= 16)) {
      throw new IllegalArgumentException(
          "the width multiplier must be above 0 and at most 16 but is " + width + "; 1 is usual");
    }
  }

  /** The nearest multiple of 8, at least 8, and not more than a tenth below: torchvision's rule. */
  static int divisible(float channels) {
    int rounded = Math.max(DIVISOR, (int) (channels + DIVISOR / 2) / DIVISOR * DIVISOR);
    return rounded < 0.9 * channels ? rounded + DIVISOR : rounded;
  }
}
