package dev.tapewise.nn.io;

import java.io.IOException;

/**
 * A file does not hold what its format promises: it names the file, the byte offset, what was
 * expected there, what was found, and what to do about it.
 */
public final class MalformedFileException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final long offset;

  /**
   * Describes one fault.
   *
   * @param file the file, or what stands for it (a resource)
   * @param offset bytes before the fault; in the decompressed content when {@code file} says so
   * @param expected what the format asks for there, as a noun phrase
   * @param found what is there, as a noun phrase
   * @param cure what to do, as a sentence with its full stop
   */
  public MalformedFileException(
      String file, long offset, String expected, String found, String cure) {
    super(
        "%s, offset %d: expected %s, found %s. %s".formatted(file, offset, expected, found, cure));
    this.file = file;
    this.offset = offset;
  }

  /**
   * The damaged file.
   *
   * @return its path or resource name
   */
  public String file() {
    return file;
  }

  /**
   * Where the damage was noticed.
   *
   * @return bytes from the start of the (decompressed) file
   */
  public long offset() {
    return offset;
  }
}
