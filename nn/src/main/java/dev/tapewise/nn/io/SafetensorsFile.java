package dev.tapewise.nn.io;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A safetensors file open for reading: a u64 little-endian header length, a JSON header from names
 * to {@code dtype}, {@code shape} and {@code data_offsets}, then raw little-endian data.
 *
 * <p>Opening reads and checks the whole header, so that a file that opens is consistent; values are
 * read when asked for, through a buffer of 64 KiB. A header may have at most 100 MB and a million
 * tensors. The file stays open until {@link #close}. For use by one thread.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public final class SafetensorsFile implements Closeable {
  /** The longest header that is read, in bytes; the format's own limit. */
  public static final long MAX_HEADER_BYTES = 100_000_000;

  private static final int BUFFER_BYTES = 1 << 16;
  private static final String CURE = "Write the file again, or fetch a fresh copy.";

  private final String file;
  // Not a FileChannel: an interrupt closes that in the middle of a read, and a trainer that is
  // asked to stop still wants to read its best weights.
  private final RandomAccessFile in;
  private final long dataStart;
  private final ImmutableMap<String, TensorEntry> entries;
  private final ImmutableMap<String, String> metadata;
  private final byte[] bytes = new byte[BUFFER_BYTES];
  private final ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);

  private SafetensorsFile(
      String file, RandomAccessFile in, long dataStart, SafetensorsHeader header) {
    this.file = file;
    this.in = in;
    this.dataStart = dataStart;
    this.entries = header.entries();
    this.metadata = header.metadata();
  }

  /**
   * Opens a file and checks its header.
   *
   * @param path the file
   * @return the open file, to be closed
   * @throws MalformedFileException if it is not a consistent safetensors file
   * @throws IOException if it cannot be read
   */
  public static SafetensorsFile open(Path path) throws IOException {
    String file = path.toString();
    var in = new RandomAccessFile(path.toFile(), "r");
    try {
      long headerBytes = headerLength(file, in);
      long dataStart = SafetensorsHeader.START + headerBytes;
      var text = new HeaderBytes(in, headerBytes);
      var header = SafetensorsHeader.read(file, text, headerBytes, in.length() - dataStart);
      return new SafetensorsFile(file, in, dataStart, header);
    } catch (Throwable e) {
      in.close();
      throw e;
    }
  }

  private static long headerLength(String file, RandomAccessFile in) throws IOException {
    long available = in.length() - SafetensorsHeader.START;
    if (available < 0) {
      throw new MalformedFileException(
          file, 0, "8 bytes of header length", in.length() + " bytes in all", CURE);
    }
    long length = Long.reverseBytes(in.readLong());
    long most = Math.min(available, MAX_HEADER_BYTES);
    if (length < 0 || length > most) {
      throw new MalformedFileException(
          file,
          0,
          "a header length of at most " + most + " bytes (the file's rest, or 100 MB)",
          Long.toUnsignedString(length),
          "Check that this is a safetensors file. " + CURE);
    }
    return length;
  }

  /** The file's path, for errors. */
  String name() {
    return file;
  }

  /**
   * The names of all tensors.
   *
   * @return names in the order of the header
   */
  public ImmutableList<String> names() {
    return entries.keySet().asList();
  }

  /**
   * The descriptions of all tensors.
   *
   * @return entries in the order of the header
   */
  public ImmutableList<TensorEntry> entries() {
    return entries.values().asList();
  }

  /**
   * The strings under {@code __metadata__}.
   *
   * @return keys and values in the order of the header; empty if there are none
   */
  public ImmutableMap<String, String> metadata() {
    return metadata;
  }

  /**
   * Whether there is a tensor of that name.
   *
   * @param name a name
   * @return true if {@link #entry} would find it
   */
  public boolean contains(String name) {
    return entries.containsKey(name);
  }

  /**
   * The description of one tensor.
   *
   * @param name its name
   * @return its entry
   * @throws MalformedFileException if the file has no such tensor
   */
  public TensorEntry entry(String name) throws MalformedFileException {
    @Nullable TensorEntry entry = entries.get(name);
    if (entry == null) {
      throw new MalformedFileException(
          file,
          SafetensorsHeader.START,
          "a tensor " + SafetensorsHeader.quote(name),
          entries.size() + " tensors of other names",
          "Check that the file belongs to this model.");
    }
    return entry;
  }

  /**
   * Reads all values of a tensor as floats: F32 as they are, F16 and BF16 exactly, F64 rounded.
   *
   * @param name the tensor
   * @param out receives the values in the file's order
   * @param offset where in {@code out} the first value goes
   * @throws MalformedFileException if the file has no such tensor, it is of another type, or the
   *     file became shorter since it was opened
   * @throws IndexOutOfBoundsException if {@code out} has too little room
   * @throws IOException if the file cannot be read
   */
  public void readFloats(String name, float[] out, int offset) throws IOException {
    TensorEntry entry = entry(name);
    DType dtype = entry.dtype();
    switch (dtype) {
      case F32, F16, BF16, F64 -> {}
      default -> throw wrongType(entry, "F32, F16, BF16 or F64");
    }
    checkRoom(entry, out.length, offset);
    long at = entry.begin();
    int to = offset;
    while (at < entry.end()) {
      int count = fill(at, entry) / dtype.bytes();
      decode(dtype, count, out, to);
      to += count;
      at += (long) count * dtype.bytes();
    }
  }

  /**
   * Reads all values of a tensor as ints: I32 as they are, I64 if they fit.
   *
   * @param name the tensor
   * @param out receives the values in the file's order
   * @param offset where in {@code out} the first value goes
   * @throws MalformedFileException if the file has no such tensor, it is of another type, a value
   *     does not fit, or the file became shorter since it was opened
   * @throws IndexOutOfBoundsException if {@code out} has too little room
   * @throws IOException if the file cannot be read
   */
  public void readInts(String name, int[] out, int offset) throws IOException {
    TensorEntry entry = entry(name);
    DType dtype = entry.dtype();
    if (dtype != DType.I32 && dtype != DType.I64) {
      throw wrongType(entry, "I32 or I64");
    }
    checkRoom(entry, out.length, offset);
    long at = entry.begin();
    int to = offset;
    while (at < entry.end()) {
      int count = fill(at, entry) / dtype.bytes();
      for (int i = 0; i < count; i++) {
        long value = dtype == DType.I32 ? buffer.getInt(i * 4) : buffer.getLong(i * 8);
        if (value != (int) value) {
          throw new MalformedFileException(
              file,
              dataStart + at + (long) i * dtype.bytes(),
              "a value of tensor " + SafetensorsHeader.quote(name) + " within 32 bits",
              Long.toString(value),
              "Store smaller values.");
        }
        out[to + i] = (int) value;
      }
      to += count;
      at += (long) count * dtype.bytes();
    }
  }

  private void decode(DType dtype, int count, float[] out, int to) {
    switch (dtype) {
      case F32 -> buffer.clear().asFloatBuffer().get(out, to, count);
      case F64 -> {
        for (int i = 0; i < count; i++) {
          out[to + i] = (float) buffer.getDouble(i * 8);
        }
      }
      case F16 -> {
        for (int i = 0; i < count; i++) {
          out[to + i] = Float.float16ToFloat(buffer.getShort(i * 2));
        }
      }
      default -> { // BF16
        for (int i = 0; i < count; i++) {
          out[to + i] = Float.intBitsToFloat(buffer.getShort(i * 2) << 16);
        }
      }
    }
  }

  /**
   * Fills the buffer from data offset {@code at} and returns the bytes: a whole buffer, or the
   * rest.
   */
  private int fill(long at, TensorEntry entry) throws IOException {
    int wanted = (int) Math.min(BUFFER_BYTES, entry.end() - at);
    in.seek(dataStart + at);
    int done = 0;
    while (done < wanted) {
      int got = in.read(bytes, done, wanted - done);
      if (got < 0) {
        throw new MalformedFileException(
            file,
            dataStart + at + done,
            "data of tensor " + SafetensorsHeader.quote(entry.name()),
            "the end of the file, which was longer when it was opened",
            "Do not write to a file that is being read.");
      }
      done += got;
    }
    return wanted;
  }

  private static void checkRoom(TensorEntry entry, int length, int offset) {
    if (offset < 0 || entry.elements() > (long) length - offset) {
      throw new IndexOutOfBoundsException(
          "tensor %s has %d values, but the array has room for %d from index %d"
              .formatted(
                  SafetensorsHeader.quote(entry.name()),
                  entry.elements(),
                  length - offset,
                  offset));
    }
  }

  private MalformedFileException wrongType(TensorEntry entry, String expected) {
    return new MalformedFileException(
        file,
        dataStart + entry.begin(),
        "tensor " + SafetensorsHeader.quote(entry.name()) + " of type " + expected,
        entry.dtype().name(),
        "Convert it when the file is written.");
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /** The bytes of the header and no more. */
  private static final class HeaderBytes extends InputStream {
    private final RandomAccessFile in;
    private long left;

    HeaderBytes(RandomAccessFile in, long left) {
      this.in = in;
      this.left = left;
    }

    @Override
    public int read() throws IOException {
      if (left == 0) {
        return -1;
      }
      left--;
      return in.read();
    }

    @Override
    public int read(byte[] out, int offset, int length) throws IOException {
      if (left == 0) {
        return length == 0 ? 0 : -1;
      }
      int got = in.read(out, offset, (int) Math.min(left, length));
      left -= Math.max(got, 0);
      return got;
    }
  }
}
