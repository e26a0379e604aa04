package dev.tapewise.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.primitives.ImmutableLongArray;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SafetensorsWriterTest {
  private static final ImmutableLongArray TWO = ImmutableLongArray.of(2);

  @TempDir private Path folder;

  @Test
  void theBytesAreThoseOfTheFormat() throws IOException {
    Path path = folder.resolve("a.safetensors");
    SafetensorsWriter.write(
        path,
        List.of(TensorValues.floats("w", TWO, new float[] {9, 1, -2}, 1)),
        Map.of("by", "me"));
    byte[] bytes = Files.readAllBytes(path);
    String header =
        "{\"__metadata__\":{\"by\":\"me\"},"
            + "\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
    int length = bytes[0];
    assertThat(length % 8).isZero();
    assertThat(new String(bytes, 8, length, StandardCharsets.UTF_8).stripTrailing())
        .isEqualTo(header);
    assertThat(bytes).startsWith(length, 0, 0, 0, 0, 0, 0, 0);
    assertThat(bytes).endsWith(0, 0, (byte) 0x80, 0x3F, 0, 0, 0, (byte) 0xC0);
    assertThat(bytes).hasSize(8 + length + 8);
  }

  @Test
  void aFileIsReplacedAndNothingStaysBesideIt() throws IOException {
    Path path = folder.resolve("a.safetensors");
    SafetensorsWriter.write(path, List.of(), Map.of());
    SafetensorsWriter.write(path, List.of(TensorValues.ints("i", TWO, new int[2], 0)), Map.of());
    try (var file = SafetensorsFile.open(path)) {
      assertThat(file.names()).containsExactly("i");
    }
    assertThat(filesIn(folder)).containsExactly("a.safetensors");
  }

  @Test
  void aFailedWriteLeavesTheOldFileAndNothingBeside() throws IOException {
    Path path = folder.resolve("a.bin");
    Files.writeString(path, "old");
    assertThatThrownBy(() ->
            AtomicFile.write(
                path,
                out -> {
                  out.write(new byte[100_000]);
                  throw new IOException("disk full");
                }))
        .hasMessage("disk full");
    assertThat(path).hasContent("old");
    assertThat(filesIn(folder)).containsExactly("a.bin");
  }

  @Test
  void anInterruptedThreadStillWritesAndReads() throws IOException {
    Path path = folder.resolve("a.safetensors");
    Thread.currentThread().interrupt();
    try {
      SafetensorsWriter.write(
          path, List.of(TensorValues.floats("w", TWO, new float[] {1, 2}, 0)), Map.of());
      float[] out = new float[2];
      try (var file = SafetensorsFile.open(path)) {
        file.readFloats("w", out, 0);
      }
      assertThat(out).containsExactly(1, 2);
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void aSymbolicLinkStaysALink() throws IOException {
    Path target = folder.resolve("target.bin");
    Files.writeString(target, "old");
    Path link = Files.createSymbolicLink(folder.resolve("link.bin"), target);
    AtomicFile.write(link, out -> out.write('n'));
    assertThat(link).isSymbolicLink();
    assertThat(target).hasContent("n");
  }

  @Test
  void tensorsThatCannotBeWrittenAreNamedBeforeAnythingIsTouched() {
    Path path = folder.resolve("a.safetensors");
    var w = TensorValues.floats("w", TWO, new float[2], 0);
    assertThatThrownBy(() -> SafetensorsWriter.write(path, List.of(w, w), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name w occurs twice");
    assertThat(path).doesNotExist();
    assertThatThrownBy(() -> TensorValues.floats("w", TWO, new float[2], 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs 2 values from index 1, but the array has 2");
    assertThatThrownBy(
            () -> TensorValues.ints("w", ImmutableLongArray.of(1 << 20, 1 << 20), new int[0], 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("less than 2^31");
    assertThatThrownBy(() -> TensorValues.floats("__metadata__", TWO, new float[2], 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot be called __metadata__");
    assertThatThrownBy(() -> TensorValues.floats("\ud800", TWO, new float[2], 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("valid Unicode");
  }

  private static List<String> filesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
