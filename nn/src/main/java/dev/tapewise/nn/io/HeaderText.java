package dev.tapewise.nn.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Decodes a header strictly as UTF-8 and knows how many bytes its reader has taken: it decodes one
 * character at a time, so that neither it nor the parser runs ahead of what has been understood.
 */
final class HeaderText extends Reader {
  private static final int BUFFER_BYTES = 1 << 13;

  private final InputStream in;
  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
  private final ByteBuffer undecoded = ByteBuffer.allocate(BUFFER_BYTES).limit(0);
  private final CharBuffer decoded = CharBuffer.allocate(2).limit(0);
  private long taken;
  private boolean atEnd;

  HeaderText(InputStream in) {
    this.in = in;
  }

  /** Bytes of the characters handed out so far; at a fault, those before it. */
  long bytes() {
    return taken - undecoded.remaining();
  }

  @Override
  public int read(char[] out, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!decoded.hasRemaining() && !decode()) {
      return -1;
    }
    out[offset] = decoded.get();
    return 1;
  }

  /** Decodes one character, or two if they are a pair; false at the end. */
  private boolean decode() throws IOException {
    decoded.clear().limit(1);
    while (true) {
      CoderResult result = decoder.decode(undecoded, decoded, atEnd);
      if (decoded.position() > 0) {
        decoded.flip();
        return true;
      }
      if (result.isError()) {
        result.throwException();
      } else if (result.isOverflow()) {
        decoded.limit(2);
      } else if (atEnd) {
        decoded.limit(0);
        return false;
      } else {
        refill();
      }
    }
  }

  private void refill() throws IOException {
    undecoded.compact();
    int got = in.read(undecoded.array(), undecoded.position(), undecoded.remaining());
    if (got < 0) {
      atEnd = true;
    } else {
      taken += got;
      undecoded.position(undecoded.position() + got);
    }
    undecoded.flip();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
