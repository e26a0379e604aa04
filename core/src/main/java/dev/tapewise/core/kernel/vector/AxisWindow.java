package dev.tapewise.core.kernel.vector;

/**
 * Which places of a source one axis of a convolution looks at: target {@code i} through tap {@code
 * t} looks at source {@code i * step + start + t * tapStep}, which may lie outside, with the kernel
 * tap {@code firstTap + t * tapIncrement}.
 *
 * <p>The forward pass is one such window over the input. The input gradient is one over the
 * output's gradient for every phase of the stride: targets that are a stride apart meet the same
 * kernel taps.
 *
 * @param count targets
 * @param step source places from one target to the next
 * @param start the source place of target 0 and tap 0
 * @param tapStep source places from one tap to the next
 * @param taps taps, 0 where a stride leaves a phase without any
 * @param firstTap the kernel tap of tap 0
 * @param tapIncrement kernel taps from one tap to the next
 */
record AxisWindow(
    int count, int step, int start, int tapStep, int taps, int firstTap, int tapIncrement) {

  /** Inputs under an output, kernel taps increasing. */
  static AxisWindow forward(int outputs, int stride, int pad, int dilation, int kernel) {
    return new AxisWindow(outputs, stride, -pad, dilation, kernel, 0, 1);
  }

  /**
   * Outputs over the inputs {@code phase}, {@code phase + stride}, ..., kernel taps decreasing.
   *
   * @param inputs inputs of the whole axis
   */
  static AxisWindow gradient(int inputs, int phase, int stride, int pad, int dilation, int kernel) {
    int count = phase < inputs ? (inputs - 1 - phase) / stride + 1 : 0;
    int period = stride / greatestCommonDivisor(stride, dilation);
    int last = kernel - 1;
    while (last >= 0 && (phase + pad - last * dilation) % stride != 0) {
      last--;
    }
    if (last < 0) {
      return new AxisWindow(count, 1, 0, 1, 0, 0, 0);
    }
    int start = (phase + pad - last * dilation) / stride;
    return new AxisWindow(
        count, 1, start, period * dilation / stride, last / period + 1, last, -period);
  }

  /** The phases of an axis, {@code stride} of them. */
  static AxisWindow[] gradients(int inputs, int stride, int pad, int dilation, int kernel) {
    AxisWindow[] phases = new AxisWindow[stride];
    for (int phase = 0; phase < stride; phase++) {
      phases[phase] = gradient(inputs, phase, stride, pad, dilation, kernel);
    }
    return phases;
  }

  private static int greatestCommonDivisor(int a, int b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }

  /** The source place of a target's first tap. */
  int first(int target) {
    return target * step + start;
  }

  /** The source place of a target's last tap. */
  int last(int target) {
    return first(target) + span() - 1;
  }

  /** Source places from the first to the last tap of one target, both included; 0 without taps. */
  int span() {
    return taps == 0 ? 0 : (taps - 1) * tapStep + 1;
  }

  /** Zeros that must stand before the source so that target 0 has no border. */
  int before() {
    return taps == 0 ? 0 : Math.max(0, -start);
  }

  /** Where the source must end, zeros included, so that the last target has no border. */
  int end(int size) {
    return taps == 0 ? size : Math.max(size, last(count - 1) + 1);
  }

  /** The kernel tap of a tap. */
  int kernelTap(int tap) {
    return firstTap + tap * tapIncrement;
  }
}
