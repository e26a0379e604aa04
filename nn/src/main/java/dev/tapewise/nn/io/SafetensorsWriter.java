package dev.tapewise.nn.io;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.gson.stream.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes safetensors files, whole or not at all (see {@link AtomicFile}). The same tensors give the
 * same bytes: tensors and metadata stand in the given order, and the header is padded with spaces
 * so that the data starts at a multiple of 8.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public final class SafetensorsWriter {
  private static final int ALIGNMENT = 8;

  private SafetensorsWriter() {}

  /**
   * Writes a file.
   *
   * @param path the file, created or replaced
   * @param tensors in the order in which they are to stand, each name once
   * @param metadata strings for {@code __metadata__}, which is left out if there are none
   * @throws IllegalArgumentException if a name occurs twice, a string is not valid Unicode, or the
   *     header grows beyond {@link SafetensorsFile#MAX_HEADER_BYTES}
   * @throws IOException if the file could not be written; an old one is then still there
   */
  public static void write(Path path, List<TensorValues> tensors, Map<String, String> metadata)
      throws IOException {
    byte[] header = header(tensors, metadata);
    AtomicFile.write(
        path,
        out -> {
          out.write(header);
          for (TensorValues tensor : tensors) {
            tensor.writeTo(out);
          }
        });
  }

  /** Whether a string can be encoded: it has no unpaired surrogates. */
  static boolean isText(String string) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(string);
  }

  private static byte[] header(List<TensorValues> tensors, Map<String, String> metadata)
      throws IOException {
    var text = new ByteArrayOutputStream();
    text.writeBytes(new byte[Long.BYTES]);
    try (var json = new JsonWriter(new OutputStreamWriter(text, StandardCharsets.UTF_8))) {
      json.beginObject();
      writeMetadata(json, metadata);
      Set<String> names = new HashSet<>();
      long at = 0;
      for (TensorValues tensor : tensors) {
        checkArgument(
            names.add(tensor.name()), "tensor name %s occurs twice: rename one", tensor.name());
        writeEntry(json, tensor, at);
        at += tensor.bytes();
      }
      json.endObject();
    }
    while (text.size() % ALIGNMENT != 0) {
      text.write(' ');
    }
    int length = text.size() - Long.BYTES;
    checkArgument(
        length <= SafetensorsFile.MAX_HEADER_BYTES
            && tensors.size() <= SafetensorsHeader.MAX_TENSORS,
        "a header of %s bytes for %s tensors is too long: at most 100 MB and 1,000,000 tensors",
        length,
        tensors.size());
    byte[] header = text.toByteArray();
    ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
    return header;
  }

  private static void writeMetadata(JsonWriter json, Map<String, String> metadata)
      throws IOException {
    if (metadata.isEmpty()) {
      return;
    }
    json.name(SafetensorsHeader.METADATA).beginObject();
    for (Map.Entry<String, String> entry : metadata.entrySet()) {
      checkArgument(
          isText(entry.getKey()) && isText(entry.getValue()),
          "metadata %s is not valid Unicode: remove unpaired surrogates",
          entry.getKey());
      json.name(entry.getKey()).value(entry.getValue());
    }
    json.endObject();
  }

  private static void writeEntry(JsonWriter json, TensorValues tensor, long at) throws IOException {
    json.name(tensor.name()).beginObject();
    json.name("dtype").value(tensor.dtype().name());
    json.name("shape").beginArray();
    for (int axis = 0; axis < tensor.shape().length(); axis++) {
      json.value(tensor.shape().get(axis));
    }
    json.endArray();
    json.name("data_offsets").beginArray().value(at).value(at + tensor.bytes()).endArray();
    json.endObject();
  }
}
