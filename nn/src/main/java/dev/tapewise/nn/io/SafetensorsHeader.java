package dev.tapewise.nn.io;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableLongArray;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parses and checks a safetensors header as a stream of tokens. Nothing nests deeper than the
 * format asks for, so a hostile header costs memory in proportion to its own length only.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
final class SafetensorsHeader {
  static final String METADATA = "__metadata__";

  /** Where the JSON text starts: after its length. */
  static final int START = Long.BYTES;

  static final int MAX_TENSORS = 1_000_000;
  static final int MAX_RANK = 64;

  private static final int MAX_QUOTED = 64;
  private static final int MAX_DIGITS = 18;
  private static final String CURE = "Write the file again, or fetch a fresh copy.";

  private final String file;
  private final HeaderText text;
  private final JsonReader json;
  private final Map<String, TensorEntry> entries = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private boolean metadataSeen;

  private SafetensorsHeader(String file, InputStream in) {
    this.file = file;
    this.text = new HeaderText(in);
    this.json = new JsonReader(text);
    json.setStrictness(Strictness.STRICT);
  }

  /**
   * Reads the header from {@code in}, which must end with it, and checks that its tensors fill the
   * {@code dataBytes} that follow without gap or overlap.
   */
  static SafetensorsHeader read(String file, InputStream in, long headerBytes, long dataBytes)
      throws IOException {
    var header = new SafetensorsHeader(file, in);
    try {
      header.parse();
    } catch (MalformedJsonException | EOFException | CharacterCodingException e) {
      throw header.fault("a JSON header of " + headerBytes + " bytes in UTF-8", saidBy(e));
    }
    header.checkRanges(START + headerBytes, dataBytes);
    return header;
  }

  ImmutableMap<String, TensorEntry> entries() {
    return ImmutableMap.copyOf(entries);
  }

  ImmutableMap<String, String> metadata() {
    return ImmutableMap.copyOf(metadata);
  }

  private void parse() throws IOException {
    begin(JsonToken.BEGIN_OBJECT, "an object from tensor names to descriptions");
    json.beginObject();
    while (more(JsonToken.END_OBJECT)) {
      String name = json.nextName();
      if (name.equals(METADATA)) {
        parseMetadata();
      } else {
        if (entries.containsKey(name)) {
          throw fault("each tensor name once", quote(name) + " twice");
        }
        if (entries.size() == MAX_TENSORS) {
          throw fault("at most " + MAX_TENSORS + " tensors", "more");
        }
        entries.put(name, parseEntry(name));
      }
    }
    json.endObject();
    begin(JsonToken.END_DOCUMENT, "nothing but white space after the header's object");
  }

  private void parseMetadata() throws IOException {
    if (metadataSeen) {
      throw fault("one " + METADATA, "two");
    }
    metadataSeen = true;
    begin(JsonToken.BEGIN_OBJECT, METADATA + " as an object of strings");
    json.beginObject();
    while (more(JsonToken.END_OBJECT)) {
      String key = json.nextName();
      String value = string("a string for " + METADATA + "." + quote(key));
      if (metadata.putIfAbsent(key, value) != null) {
        throw fault("each key of " + METADATA + " once", quote(key) + " twice");
      }
    }
    json.endObject();
  }

  private TensorEntry parseEntry(String name) throws IOException {
    String of = " of tensor " + quote(name);
    begin(JsonToken.BEGIN_OBJECT, "an object with dtype, shape and data_offsets" + of);
    json.beginObject();
    @Nullable DType dtype = null;
    @Nullable ImmutableLongArray shape = null;
    @Nullable ImmutableLongArray offsets = null;
    while (more(JsonToken.END_OBJECT)) {
      String key = json.nextName();
      switch (key) {
        case "dtype" -> {
          once(dtype, key, of);
          dtype = dtype(of);
        }
        case "shape" -> {
          once(shape, key, of);
          shape = numbers("shape" + of, MAX_RANK);
        }
        case "data_offsets" -> {
          once(offsets, key, of);
          offsets = numbers("data_offsets" + of, 2);
        }
        default -> throw fault("only dtype, shape and data_offsets" + of, quote(key));
      }
    }
    json.endObject();
    if (dtype == null || shape == null || offsets == null) {
      throw fault("dtype, shape and data_offsets" + of, "an object that lacks one of them");
    }
    return entry(name, of, dtype, shape, offsets);
  }

  private TensorEntry entry(
      String name, String of, DType dtype, ImmutableLongArray shape, ImmutableLongArray offsets)
      throws MalformedFileException {
    if (offsets.length() != 2 || offsets.get(0) > offsets.get(1)) {
      throw fault("data_offsets" + of + " as [begin, end] with begin <= end", offsets.toString());
    }
    long bytes = dtype.bytes();
    try {
      for (int axis = 0; axis < shape.length(); axis++) {
        bytes = Math.multiplyExact(bytes, shape.get(axis));
      }
    } catch (ArithmeticException e) {
      throw fault("a shape" + of + " whose bytes can be counted in 63 bits", shape.toString());
    }
    long length = offsets.get(1) - offsets.get(0);
    if (length != bytes) {
      throw fault(
          "%d bytes%s for %s %s".formatted(bytes, of, dtype, shape),
          "data_offsets %s, %d bytes".formatted(offsets, length));
    }
    return new TensorEntry(name, dtype, shape, offsets.get(0), offsets.get(1));
  }

  /** The data must be covered exactly: the format allows neither holes nor shared bytes. */
  private void checkRanges(long dataStart, long dataBytes) throws MalformedFileException {
    List<TensorEntry> sorted = new ArrayList<>(entries.values());
    sorted.sort(Comparator.comparingLong(TensorEntry::begin).thenComparingLong(TensorEntry::end));
    long at = 0;
    for (TensorEntry entry : sorted) {
      if (entry.begin() != at) {
        throw new MalformedFileException(
            file,
            dataStart + Math.min(at, dataBytes),
            "a tensor that begins at data offset " + at + " (no holes, no overlap)",
            quote(entry.name()) + " at " + entry.begin(),
            CURE);
      }
      at = entry.end();
      if (at > dataBytes) {
        throw new MalformedFileException(
            file,
            dataStart + dataBytes,
            "data of tensor %s up to data offset %d".formatted(quote(entry.name()), at),
            "the end of the file after %d bytes of data".formatted(dataBytes),
            "The file was cut off, or its header is wrong. " + CURE);
      }
    }
    if (at != dataBytes) {
      throw new MalformedFileException(
          file,
          dataStart + at,
          "the end of the file after the last tensor",
          (dataBytes - at) + " more bytes",
          CURE);
    }
  }

  private DType dtype(String of) throws IOException {
    String found = string("a dtype" + of);
    for (DType dtype : DType.values()) {
      if (dtype.name().equals(found)) {
        return dtype;
      }
    }
    throw fault("a dtype" + of + " from " + ImmutableList.copyOf(DType.values()), quote(found));
  }

  private ImmutableLongArray numbers(String what, int limit) throws IOException {
    begin(JsonToken.BEGIN_ARRAY, what + " as an array of whole numbers");
    json.beginArray();
    var numbers = ImmutableLongArray.builder();
    int count = 0;
    while (more(JsonToken.END_ARRAY)) {
      if (count++ == limit) {
        throw fault(what + " with at most " + limit + " numbers", "more");
      }
      numbers.add(number(what));
    }
    json.endArray();
    return numbers.build();
  }

  private long number(String what) throws IOException {
    String expected = "whole numbers from 0 with at most " + MAX_DIGITS + " digits in " + what;
    begin(JsonToken.NUMBER, expected);
    String digits = json.nextString();
    boolean whole = digits.length() <= MAX_DIGITS;
    for (int i = 0; whole && i < digits.length(); i++) {
      whole = digits.charAt(i) >= '0' && digits.charAt(i) <= '9';
    }
    if (!whole) {
      throw fault(expected, shorten(digits));
    }
    return Long.parseLong(digits);
  }

  private String string(String expected) throws IOException {
    begin(JsonToken.STRING, expected);
    return json.nextString();
  }

  private void once(@Nullable Object earlier, String key, String of) throws IOException {
    if (earlier != null) {
      throw fault("one " + key + of, "two");
    }
  }

  /** Whether another element follows; inside an object gson then insists on a name. */
  private boolean more(JsonToken end) throws IOException {
    return json.peek() != end;
  }

  private void begin(JsonToken token, String expected) throws IOException {
    JsonToken found = json.peek();
    if (found != token) {
      throw fault(expected, "JSON " + found);
    }
  }

  private MalformedFileException fault(String expected, String found) {
    return new MalformedFileException(file, START + text.bytes(), expected, found, CURE);
  }

  private static String saidBy(IOException e) {
    String message = e.getMessage();
    return e.getClass().getSimpleName() + (message == null ? "" : ": " + shorten(message));
  }

  static String quote(String name) {
    return '"' + shorten(name) + '"';
  }

  /** What a hostile file says goes into messages on one line and in short. */
  private static String shorten(String said) {
    int length = Math.min(said.length(), MAX_QUOTED);
    var line = new StringBuilder(length + 3);
    for (int i = 0; i < length; i++) {
      char c = said.charAt(i);
      line.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
    }
    return length < said.length() ? line.append("...").toString() : line.toString();
  }
}
