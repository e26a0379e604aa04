package dev.tapewise.core.geometry;

/** How a convolution or pool pads its input with zeros: a rule, or explicit numbers per side. */
public sealed interface Padding {

  /** Rows or columns added before and after an axis. */
  record Amount(int before, int after) {}

  /** Padding of an axis of {@code size} under a window of {@code kernel}. */
  Amount vertical(int size, int kernel, int stride, int dilation);

  /** Padding of an axis of {@code size} under a window of {@code kernel}. */
  Amount horizontal(int size, int kernel, int stride, int dilation);

  /** No padding. */
  static Padding valid() {
    return new Explicit(0, 0, 0, 0);
  }

  /** The same number of zeros on all four sides. */
  static Padding of(int all) {
    return new Explicit(all, all, all, all);
  }

  /** Zeros per side. */
  static Padding of(int top, int bottom, int left, int right) {
    return new Explicit(top, bottom, left, right);
  }

  /**
   * TensorFlow's rule: the output has {@code ceil(size / stride)} rows; of the {@code
   * max((ceil(size / stride) - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)} zeros the odd
   * one goes to the bottom and right.
   */
  static Padding same() {
    return new Same();
  }

  /** Zeros per side, at least 0 each. */
  record Explicit(int top, int bottom, int left, int right) implements Padding {
    public Explicit {
      if (top < 0 || bottom < 0 || left < 0 || right < 0) {
        throw new IllegalArgumentException(
            "padding must not be negative: top=%d bottom=%d left=%d right=%d"
                .formatted(top, bottom, left, right));
      }
    }

    @Override
    public Amount vertical(int size, int kernel, int stride, int dilation) {
      return new Amount(top, bottom);
    }

    @Override
    public Amount horizontal(int size, int kernel, int stride, int dilation) {
      return new Amount(left, right);
    }
  }

  /** See {@link Padding#same()}. */
  record Same() implements Padding {
    @Override
    public Amount vertical(int size, int kernel, int stride, int dilation) {
      if (stride < 1) {
        throw new IllegalArgumentException("stride must be at least 1 but is " + stride);
      }
      long out = Math.ceilDiv(size, stride);
      long window = (kernel - 1L) * dilation + 1;
      int total = Math.toIntExact(Math.max((out - 1) * stride + window - size, 0));
      return new Amount(total / 2, total - total / 2);
    }

    @Override
    public Amount horizontal(int size, int kernel, int stride, int dilation) {
      return vertical(size, kernel, stride, dilation);
    }
  }
}
