package dev.tapewise.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapewise.nn.io.MalformedFileException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

final class Cifar10Test {
  private static final int RECORD = 3073;

  @TempDir private Path folder;

  @BeforeEach
  void writeASmallSet() throws IOException {
    for (int file = 1; file <= 5; file++) {
      write("data_batch_" + file + ".bin", records(file, 2));
    }
    write("test_batch.bin.gz", TestFiles.gzip(records(6, 3)));
  }

  @Test
  void planesBecomeChannelsLast() throws IOException {
    Cifar10 data = Cifar10.open(folder);
    assertThat(data.train().size()).isEqualTo(10);
    assertThat(data.test().size()).isEqualTo(3);
    assertThat(data.train().classes()).isEqualTo(10);
    for (int index = 0; index < 10; index++) {
      int file = index / 2 + 1;
      byte[] record = Arrays.copyOfRange(records(file, 2), index % 2 * RECORD, RECORD * 2);
      assertThat(data.train().label(index)).isEqualTo(record[0]);
      byte[] image = new byte[3072];
      data.train().copyPixels(index, image, 0);
      for (int channel = 0; channel < 3; channel++) {
        for (int pixel = 0; pixel < 1024; pixel++) {
          assertThat(image[pixel * 3 + channel]).isEqualTo(record[1 + channel * 1024 + pixel]);
        }
      }
    }
    assertThat(data.test().label(2)).isEqualTo(8);
  }

  @Test
  void theParentFolderWillDo() throws IOException {
    for (String name : new String[] {"cifar10", "cifar-10-batches-bin"}) {
      Path parent = Files.createDirectory(folder.resolve("parent-of-" + name));
      Path inside = Files.createDirectory(parent.resolve(name));
      for (int file = 1; file <= 5; file++) {
        Files.write(inside.resolve("data_batch_" + file + ".bin"), records(file, 1));
      }
      Files.write(inside.resolve("test_batch.bin"), records(6, 1));
      assertThat(Cifar10.open(parent).train().size()).isEqualTo(5);
    }
  }

  @Test
  void missingFilesAreNamed() throws IOException {
    Files.delete(folder.resolve("data_batch_4.bin"));
    assertThatThrownBy(() -> Cifar10.open(folder))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("no data_batch_4.bin and no data_batch_4.bin.gz in [" + folder);
  }

  @Test
  void aFileThatEndsWithinARecordIsRejected() throws IOException {
    write("data_batch_3.bin", Arrays.copyOf(records(3, 2), RECORD + 100));
    assertDamaged("data_batch_3.bin", "offset 3073: expected record 1", "found 100 bytes");
  }

  @Test
  void anEmptyFileIsRejected() throws IOException {
    write("data_batch_2.bin", new byte[0]);
    assertDamaged("data_batch_2.bin", "offset 0: expected record 0", "found 0 bytes");
  }

  @Test
  void aLabelOutOfRangeIsRejected() throws IOException {
    byte[] records = records(5, 2);
    records[RECORD] = (byte) 200;
    write("data_batch_5.bin", records);
    assertDamaged("data_batch_5.bin", "offset 3073: expected a label from 0 to 9", "found 200");
  }

  @Test
  void moreThanTenThousandRecordsAreRejected() throws IOException {
    write("data_batch_1.bin", new byte[RECORD * 10_001]);
    assertDamaged("data_batch_1.bin", "offset 30730000: expected the end", "found more");
  }

  @Test
  void aTruncatedGzipFileIsRejected() throws IOException {
    byte[] whole = TestFiles.gzip(records(6, 3));
    write("test_batch.bin.gz", Arrays.copyOf(whole, whole.length - 20));
    assertDamaged("test_batch.bin.gz", "(decompressed), offset", "EOFException");
  }

  @Test
  @EnabledIfEnvironmentVariable(named = "TAPEWISE_DATA", matches = ".+")
  void theFullSetMeasuresLikeThePreset() throws IOException {
    Cifar10 data = Cifar10.open(Path.of(System.getenv("TAPEWISE_DATA")));
    assertThat(data.train().size()).isEqualTo(50_000);
    assertThat(data.test().size()).isEqualTo(10_000);
    Normalisation measured = Normalisation.measure(data.train());
    // A copy that went through JPEG differs in the third digit.
    for (int c = 0; c < 3; c++) {
      assertThat(measured.mean().get(c) - Normalisation.CIFAR10.mean().get(c))
          .isBetween(-2e-3, 2e-3);
      assertThat(measured.deviation().get(c) - Normalisation.CIFAR10.deviation().get(c))
          .isBetween(-4e-3, 4e-3);
    }
  }

  private void assertDamaged(String file, String expected, String found) {
    assertThatThrownBy(() -> Cifar10.open(folder))
        .isInstanceOf(MalformedFileException.class)
        .hasMessageStartingWith(folder.resolve(file).toString())
        .hasMessageContaining(expected)
        .hasMessageContaining(found);
  }

  private static byte[] records(int file, int count) {
    byte[] records = new byte[RECORD * count];
    for (int i = 0; i < records.length; i++) {
      records[i] = (byte) (i % RECORD == 0 ? i / RECORD + file : i * 31 + file);
    }
    return records;
  }

  private void write(String name, byte[] content) throws IOException {
    Files.write(folder.resolve(name), content);
  }
}
