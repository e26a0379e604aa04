package dev.tapewise.nn.io;

import com.google.common.primitives.ImmutableLongArray;

/**
 * One tensor as a safetensors header describes it; the header has been checked, so that {@code end
 * - begin} is the product of the shape times the element size.
 *
 * @param name the tensor's name, unique in its file
 * @param dtype element type
 * @param shape sizes of the axes, the last one contiguous; empty for a single value
 * @param begin offset of the first byte, counted from the end of the header
 * @param end offset behind the last byte, counted likewise
 */
public record TensorEntry(
    String name, DType dtype, ImmutableLongArray shape, long begin, long end) {

  /**
   * The number of elements.
   *
   * @return the product of the shape; 1 for an empty shape
   */
  public long elements() {
    return (end - begin) / dtype.bytes();
  }
}
