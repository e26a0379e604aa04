package dev.tapewise.nn.data;

import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * The content of an IDX file of unsigned bytes, the format of MNIST and its kin: two zero bytes,
 * the type 8, the number of axes, each axis as a big-endian int, then the bytes.
 *
 * @see <a href="https://yann.lecun.org/exdb/mnist/">the format</a>
 */
public final class Idx {
  private static final int UNSIGNED_BYTE = 8;
  private static final int MAX_BYTES = Integer.MAX_VALUE - 8;

  private final ImmutableIntArray shape;
  private final byte[] bytes;

  private Idx(ImmutableIntArray shape, byte[] bytes) {
    this.shape = shape;
    this.bytes = bytes;
  }

  /**
   * Reads a stream to its end. Memory grows with the bytes that are there, not with what the header
   * claims.
   *
   * @param in the plain content; left open
   * @param file what to call it in errors
   * @param axes the number of axes that it must have, from 1 to 255
   * @return the content
   * @throws dev.tapewise.nn.io.MalformedFileException if it is not such a file, too short or too
   *     long
   * @throws IOException if it cannot be read
   */
  public static Idx read(InputStream in, String file, int axes) throws IOException {
    return read(new DataStream(in, file), axes);
  }

  static Idx read(DataStream in, int axes) throws IOException {
    int magic = ByteBuffer.wrap(in.read(Integer.BYTES, "magic number")).getInt();
    int expected = (UNSIGNED_BYTE << 8) | axes;
    if (magic != expected) {
      throw in.fault(
          0,
          "magic number 0x%08x (unsigned bytes, %d axes)".formatted(expected, axes),
          "0x%08x".formatted(magic));
    }
    ByteBuffer sizes = ByteBuffer.wrap(in.read(Integer.BYTES * axes, "sizes"));
    var shape = ImmutableIntArray.builder(axes);
    long total = 1;
    for (int axis = 0; axis < axes; axis++) {
      int size = sizes.getInt();
      if (size < 1 || total > MAX_BYTES / size) {
        throw in.fault(
            (long) Integer.BYTES * (1 + axis),
            "sizes of at least 1 and less than 2 GiB of data in all",
            "axis %d of size %d".formatted(axis, size));
      }
      total *= size;
      shape.add(size);
    }
    ImmutableIntArray built = shape.build();
    byte[] bytes = in.read((int) total, "data of shape " + built);
    in.expectEnd("data of shape " + built);
    return new Idx(built, bytes);
  }

  /**
   * The sizes of the axes.
   *
   * @return as many sizes as were asked for, each at least 1
   */
  public ImmutableIntArray shape() {
    return shape;
  }

  /**
   * The data, not copied.
   *
   * @return unsigned bytes, the last axis contiguous
   */
  public byte[] bytes() {
    return bytes;
  }
}
