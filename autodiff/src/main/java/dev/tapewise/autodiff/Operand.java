package dev.tapewise.autodiff;

import dev.tapewise.core.Shape;
import dev.tapewise.core.kernel.Reading;

/**
 * A tensor as a bound op sees it: where it lies and how it is read.
 *
 * @param data the array
 * @param offset where the tensor starts
 * @param shape its shape at the program's capacity
 * @param batched whether axis 0 is the batch
 * @param reading how its values are read; raw unless the op {@linkplain Op#acceptsReading accepts}
 *     more
 */
public record Operand(float[] data, int offset, Shape shape, boolean batched, Reading reading) {

  /** The entries of axis 0 for a batch: all of them where axis 0 is not the batch. */
  public int images(int batch) {
    return batched ? batch : shape.axis(0);
  }

  /** The number of floats for a batch. */
  public int size(int batch) {
    return Math.multiplyExact(images(batch), shape.rest());
  }

  /** The last axis. */
  public int channels() {
    return shape.axis(-1);
  }

  /** The number of vectors along the last axis, for a batch. */
  public int rows(int batch) {
    return size(batch) / channels();
  }
}
