package dev.tapewise.autodiff;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads the reference values: safetensors files and their index, from the test resources. */
final class ReferenceTensors {
  private final ByteBuffer data;
  private final JsonObject header;

  private ReferenceTensors(ByteBuffer data, JsonObject header) {
    this.data = data;
    this.header = header;
  }

  static ReferenceTensors open(String file) {
    ByteBuffer all = ByteBuffer.wrap(bytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int length = Math.toIntExact(all.getLong(0));
    String json = new String(all.array(), 8, length, StandardCharsets.UTF_8);
    return new ReferenceTensors(
        all.slice(8 + length, all.capacity() - 8 - length).order(ByteOrder.LITTLE_ENDIAN),
        JsonParser.parseString(json).getAsJsonObject());
  }

  static JsonObject index() {
    return JsonParser.parseString(new String(bytes("cases.json"), StandardCharsets.UTF_8))
        .getAsJsonObject();
  }

  private static byte[] bytes(String file) {
    try (InputStream in = ReferenceTensors.class.getResourceAsStream("/reference/" + file)) {
      if (in == null) {
        throw new IllegalStateException("test resource /reference/" + file + " is missing");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean has(String name) {
    return header.has(name);
  }

  /** The values of an F32 or I32 tensor. */
  float[] floats(String name) {
    JsonObject entry = header.getAsJsonObject(name);
    if (entry == null) {
      throw new IllegalArgumentException("no tensor " + name);
    }
    int from = entry.getAsJsonArray("data_offsets").get(0).getAsInt();
    int to = entry.getAsJsonArray("data_offsets").get(1).getAsInt();
    boolean ints = entry.get("dtype").getAsString().equals("I32");
    float[] out = new float[(to - from) / 4];
    for (int i = 0; i < out.length; i++) {
      int at = from + 4 * i;
      out[i] = ints ? data.getInt(at) : data.getFloat(at);
    }
    return out;
  }

  int[] shape(String name) {
    int i = 0;
    var axes = header.getAsJsonObject(name).getAsJsonArray("shape");
    int[] out = new int[axes.size()];
    for (JsonElement e : axes) {
      out[i++] = e.getAsInt();
    }
    return out;
  }

  /** {@code [out, in, kh, kw]} to {@code [kh, kw, in, out]}. */
  static float[] fromOihw(float[] w, int[] s) {
    float[] r = new float[w.length];
    int taps = s[2] * s[3];
    for (int o = 0; o < s[0]; o++) {
      for (int i = 0; i < s[1]; i++) {
        for (int t = 0; t < taps; t++) {
          r[(t * s[1] + i) * s[0] + o] = w[(o * s[1] + i) * taps + t];
        }
      }
    }
    return r;
  }
}
