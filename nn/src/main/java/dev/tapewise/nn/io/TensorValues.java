package dev.tapewise.nn.io;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.primitives.ImmutableLongArray;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A named tensor to be written: a shape over a stretch of an array, which is not copied and must
 * not change until it has been written.
 */
public final class TensorValues {
  private static final int BUFFER_ELEMENTS = 1 << 14;
  private static final int ELEMENT_BYTES = 4;

  /** Puts {@code count} values from index {@code from} into the buffer. */
  private interface Source {
    void put(ByteBuffer buffer, int from, int count);
  }

  private final String name;
  private final DType dtype;
  private final ImmutableLongArray shape;
  private final int offset;
  private final int elements;
  private final Source source;

  private TensorValues(
      String name, DType dtype, ImmutableLongArray shape, int length, int offset, Source source) {
    this.name = name;
    this.dtype = dtype;
    this.shape = shape;
    this.offset = offset;
    this.elements = elements(name, shape);
    this.source = source;
    checkArgument(
        offset >= 0 && elements <= length - offset,
        "tensor %s of shape %s needs %s values from index %s, but the array has %s",
        name,
        shape,
        elements,
        offset,
        length);
  }

  /**
   * A tensor of type F32.
   *
   * @param name its name, unique in the file, and not {@code __metadata__}
   * @param shape sizes of the axes, the last one contiguous
   * @param values the array that holds the values
   * @param offset index of the first one
   * @return the tensor
   * @throws IllegalArgumentException if the shape needs more values than there are, or the name is
   *     not allowed
   */
  public static TensorValues floats(
      String name, ImmutableLongArray shape, float[] values, int offset) {
    return new TensorValues(
        name,
        DType.F32,
        shape,
        values.length,
        offset,
        (buffer, from, count) -> buffer.asFloatBuffer().put(values, from, count));
  }

  /**
   * A tensor of type I32.
   *
   * @param name its name, unique in the file, and not {@code __metadata__}
   * @param shape sizes of the axes, the last one contiguous
   * @param values the array that holds the values
   * @param offset index of the first one
   * @return the tensor
   * @throws IllegalArgumentException if the shape needs more values than there are, or the name is
   *     not allowed
   */
  public static TensorValues ints(String name, ImmutableLongArray shape, int[] values, int offset) {
    return new TensorValues(
        name,
        DType.I32,
        shape,
        values.length,
        offset,
        (buffer, from, count) -> buffer.asIntBuffer().put(values, from, count));
  }

  private static int elements(String name, ImmutableLongArray shape) {
    checkArgument(
        !name.equals(SafetensorsHeader.METADATA) && SafetensorsWriter.isText(name),
        "a tensor cannot be called %s: choose a name in valid Unicode other than __metadata__",
        name);
    long elements = 1;
    for (int axis = 0; axis < shape.length(); axis++) {
      long size = shape.get(axis);
      checkArgument(
          size >= 0 && (elements == 0 || size <= Integer.MAX_VALUE / elements),
          "tensor %s has shape %s: sizes must be at least 0 and multiply to less than 2^31",
          name,
          shape);
      elements *= size;
    }
    checkArgument(
        shape.length() <= SafetensorsHeader.MAX_RANK,
        "tensor %s has %s axes: at most %s",
        name,
        shape.length(),
        SafetensorsHeader.MAX_RANK);
    return (int) elements;
  }

  String name() {
    return name;
  }

  DType dtype() {
    return dtype;
  }

  ImmutableLongArray shape() {
    return shape;
  }

  long bytes() {
    return (long) elements * ELEMENT_BYTES;
  }

  void writeTo(OutputStream out) throws IOException {
    int most = Math.min(BUFFER_ELEMENTS, elements);
    var buffer = ByteBuffer.allocate(most * ELEMENT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int done = 0; done < elements; done += most) {
      int count = Math.min(most, elements - done);
      source.put(buffer, offset + done, count);
      out.write(buffer.array(), 0, count * ELEMENT_BYTES);
    }
  }
}
