package dev.tapewise.nn.data;

import dev.tapewise.nn.io.MalformedFileException;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** A stream that knows its file's name and how far it has been read, and names both in errors. */
final class DataStream implements Closeable {
  static final String CURE = "Fetch a fresh copy of the file.";

  private static final int BUFFER_BYTES = 1 << 16;

  private final InputStream in;
  private final String file;
  private long position;

  /** Reads {@code in}, which the caller closes or this does. */
  DataStream(InputStream in, String file) {
    this.in = in;
    this.file = file;
  }

  /** Opens a file; one whose name ends in {@code .gz} is decompressed and says so in errors. */
  static DataStream open(Path path) throws IOException {
    return decompressed(Files.newInputStream(path), path.toString());
  }

  /** Reads {@code raw}, decompressed if {@code name} ends in {@code .gz}. */
  static DataStream decompressed(InputStream raw, String name) throws IOException {
    var buffered = new BufferedInputStream(raw, BUFFER_BYTES);
    if (!name.endsWith(".gz")) {
      return new DataStream(buffered, name);
    }
    try {
      return new DataStream(new GZIPInputStream(buffered, BUFFER_BYTES), name + " (decompressed)");
    } catch (EOFException | ZipException e) {
      raw.close();
      throw new MalformedFileException(name, 0, "gzip data", said(e), CURE);
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  /** Reads up to {@code length} bytes; fewer only at the end. Memory grows with what is there. */
  byte[] readUpTo(int length) throws IOException {
    try {
      byte[] bytes = in.readNBytes(length);
      position += bytes.length;
      return bytes;
    } catch (EOFException | ZipException e) {
      throw fault(position, "sound gzip data in the next " + length + " bytes", said(e));
    }
  }

  /** Reads exactly {@code length} bytes of {@code what}. */
  byte[] read(int length, String what) throws IOException {
    long start = position;
    byte[] bytes = readUpTo(length);
    if (bytes.length < length) {
      throw fault(
          start, "%d bytes of %s".formatted(length, what), "only %d".formatted(bytes.length));
    }
    return bytes;
  }

  /** Insists on the end, which is also where gzip's checksum is compared. */
  void expectEnd(String after) throws IOException {
    if (readUpTo(1).length > 0) {
      throw fault(position - 1, "the end of the file after " + after, "more bytes");
    }
  }

  MalformedFileException fault(long offset, String expected, String found) {
    return new MalformedFileException(file, offset, expected, found, CURE);
  }

  long position() {
    return position;
  }

  private static String said(IOException e) {
    return e.getClass().getSimpleName() + ": " + e.getMessage();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
