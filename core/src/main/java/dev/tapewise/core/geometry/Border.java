package dev.tapewise.core.geometry;

/** What stands around a padded tensor. */
public sealed interface Border {

  /** One value everywhere. */
  record Constant(float value) implements Border {}

  /** The tensor mirrored at its first and last entries, which are not repeated. */
  record Reflect() implements Border {}

  /** The first and last entries again and again. */
  record Replicate() implements Border {}

  /** Zeros. */
  static Border zeros() {
    return new Constant(0);
  }

  /** One value everywhere. */
  static Border constant(float value) {
    return new Constant(value);
  }

  /** The tensor mirrored: {@code 1 2 3} becomes {@code 3 2 1 2 3 2 1}. */
  static Border reflect() {
    return new Reflect();
  }

  /** The nearest entry: {@code 1 2 3} becomes {@code 1 1 1 2 3 3 3}. */
  static Border replicate() {
    return new Replicate();
  }
}
