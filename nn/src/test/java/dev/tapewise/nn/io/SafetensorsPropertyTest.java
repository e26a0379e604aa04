package dev.tapewise.nn.io;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.ImmutableLongArray;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Round trips, and that random damage is either noticed or harmless. */
final class SafetensorsPropertyTest {
  private static Path folder = Path.of("");
  private static byte[] sample = new byte[0];

  @BeforeContainer
  static void makeFolder() throws IOException {
    folder = Files.createTempDirectory("safetensors");
    sample = sample();
  }

  @AfterContainer
  static void removeFolder() throws IOException {
    Files.deleteIfExists(folder.resolve("t.safetensors"));
    Files.delete(folder);
  }

  @Property
  void whatIsWrittenIsReadBackBitForBit(
      @ForAll @Size(max = 6) List<@From("name") String> names,
      @ForAll @Size(max = 3) Map<@From("name") String, @From("name") String> metadata,
      @ForAll long seed)
      throws IOException {
    Path path = folder.resolve("t.safetensors");
    var random = new Random(seed);
    Map<String, float[]> floats = new LinkedHashMap<>();
    Map<String, int[]> ints = new LinkedHashMap<>();
    List<TensorValues> tensors = new ArrayList<>();
    for (String name : names.stream().distinct().toList()) {
      // Some are longer than the 64 KiB buffers of reader and writer.
      var shape = ImmutableLongArray.of(random.nextInt(4), random.nextInt(200), random.nextInt(60));
      int elements = (int) (shape.get(0) * shape.get(1) * shape.get(2));
      int offset = random.nextInt(3);
      int[] bits = random.ints(offset + elements).toArray();
      if (random.nextBoolean()) {
        ints.put(name, Arrays.copyOfRange(bits, offset, offset + elements));
        tensors.add(TensorValues.ints(name, shape, bits, offset));
      } else {
        float[] values = new float[bits.length];
        for (int i = 0; i < bits.length; i++) {
          values[i] = Float.intBitsToFloat(bits[i]);
        }
        floats.put(name, Arrays.copyOfRange(values, offset, offset + elements));
        tensors.add(TensorValues.floats(name, shape, values, offset));
      }
    }
    SafetensorsWriter.write(path, tensors, metadata);
    try (var file = SafetensorsFile.open(path)) {
      assertThat(file.names()).isEqualTo(tensors.stream().map(TensorValues::name).toList());
      assertThat(file.metadata()).isEqualTo(metadata);
      for (TensorValues tensor : tensors) {
        TensorEntry entry = file.entry(tensor.name());
        assertThat(entry.shape()).isEqualTo(tensor.shape());
        int elements = (int) entry.elements();
        if (entry.dtype() == DType.F32) {
          float[] out = new float[elements + 1];
          file.readFloats(entry.name(), out, 1);
          float[] expected = floats.getOrDefault(entry.name(), new float[0]);
          assertThat(rawBits(Arrays.copyOfRange(out, 1, elements + 1)))
              .isEqualTo(rawBits(expected));
        } else {
          int[] out = new int[elements + 1];
          file.readInts(entry.name(), out, 1);
          assertThat(Arrays.copyOfRange(out, 1, elements + 1)).isEqualTo(ints.get(entry.name()));
        }
      }
    }
  }

  @Property(tries = 3000)
  void randomDamageIsNoticedOrHarmless(
      @ForAll @IntRange(min = 1, max = 4) int changes, @ForAll long seed) throws IOException {
    byte[] bytes = sample;
    var random = new Random(seed);
    for (int i = 0; i < changes; i++) {
      bytes = damaged(bytes, random);
    }
    Path path = folder.resolve("t.safetensors");
    Files.write(path, bytes);
    try (var file = SafetensorsFile.open(path)) {
      long data = 0;
      for (TensorEntry entry : file.entries()) {
        data += entry.end() - entry.begin();
        readAll(file, entry);
      }
      assertThat(data).isLessThanOrEqualTo(bytes.length);
    } catch (MalformedFileException e) {
      assertThat(e).hasMessageStartingWith(path + ", offset ");
      assertThat(e.offset()).isBetween(0L, (long) bytes.length);
    }
  }

  private static void readAll(SafetensorsFile file, TensorEntry entry) throws IOException {
    int elements = Math.toIntExact(entry.elements());
    if (entry.dtype() == DType.I32 || entry.dtype() == DType.I64) {
      file.readInts(entry.name(), new int[elements], 0);
    } else {
      file.readFloats(entry.name(), new float[elements], 0);
    }
  }

  /** One byte changed, a stretch removed, doubled, or the end cut off; mostly in the header. */
  private static byte[] damaged(byte[] bytes, Random random) {
    if (bytes.length == 0) {
      return bytes;
    }
    int within = random.nextInt(4) == 0 ? bytes.length : Math.min(bytes.length, 250);
    int at = random.nextInt(within);
    byte[] changed = bytes.clone();
    switch (random.nextInt(6)) {
      case 0 -> changed[at] = (byte) random.nextInt();
      case 1 -> changed[at] = (byte) "{}[]\":,0123456789-.eE\\ ".charAt(random.nextInt(23));
      case 2 -> changed[at] ^= (byte) (1 << random.nextInt(8));
      case 3 -> changed = Arrays.copyOf(bytes, at);
      case 4 -> {
        int end = Math.min(bytes.length, at + 1 + random.nextInt(8));
        changed = Arrays.copyOf(bytes, bytes.length - (end - at));
        System.arraycopy(bytes, end, changed, at, bytes.length - end);
      }
      default -> {
        int length = Math.min(1 + random.nextInt(80), bytes.length - at);
        changed = Arrays.copyOf(bytes, bytes.length + length);
        System.arraycopy(bytes, at, changed, at + length, bytes.length - at);
      }
    }
    return changed;
  }

  private static byte[] sample() throws IOException {
    Path path = folder.resolve("t.safetensors");
    SafetensorsWriter.write(
        path,
        List.of(
            TensorValues.floats("conv.weight", ImmutableLongArray.of(2, 3), new float[6], 0),
            TensorValues.ints("step", ImmutableLongArray.of(), new int[1], 0),
            TensorValues.floats("\u00fc", ImmutableLongArray.of(0, 5), new float[0], 0)),
        Map.of("format", "pt"));
    return Files.readAllBytes(path);
  }

  @Provide
  static Arbitrary<String> name() {
    return Arbitraries.strings()
        .ofMaxLength(12)
        .filter(s -> StandardCharsets.UTF_8.newEncoder().canEncode(s) && !s.equals("__metadata__"));
  }

  private static int[] rawBits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }
}
