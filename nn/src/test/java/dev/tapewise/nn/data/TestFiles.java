package dev.tapewise.nn.data;

import com.google.common.collect.ImmutableList;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Small synthetic data, the same on every run. */
final class TestFiles {
  private TestFiles() {}

  /** An IDX file whose values are {@code value % modulus} of their position. */
  static byte[] idx(int modulus, int... shape) {
    int total = 1;
    for (int size : shape) {
      total *= size;
    }
    var file = ByteBuffer.allocate(4 + 4 * shape.length + total);
    file.putInt(0x0800 + shape.length);
    for (int size : shape) {
      file.putInt(size);
    }
    for (int i = 0; i < total; i++) {
      file.put((byte) (i % modulus));
    }
    return file.array();
  }

  static byte[] gzip(byte[] content) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
    }
    return out.toByteArray();
  }

  /** Random images whose labels are {@code index % 3}. */
  static InMemoryImages images(int size, int height, int width, int channels) {
    byte[] pixels = new byte[size * height * width * channels];
    new Random(7).nextBytes(pixels);
    int[] labels = new int[size];
    for (int i = 0; i < size; i++) {
      labels[i] = i % 3;
    }
    return new InMemoryImages(
        height, width, channels, ImmutableList.of("a", "b", "c"), pixels, labels);
  }
}
