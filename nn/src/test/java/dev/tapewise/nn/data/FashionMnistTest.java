package dev.tapewise.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapewise.nn.io.MalformedFileException;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Also tests {@link Idx}, {@link DataFolder} and {@link DataStream}, which it reads through. */
final class FashionMnistTest {
  private static final String TRAIN_IMAGES = "train-images-idx3-ubyte";
  private static final String TRAIN_LABELS = "train-labels-idx1-ubyte";
  private static final String TEST_IMAGES = "t10k-images-idx3-ubyte";
  private static final String TEST_LABELS = "t10k-labels-idx1-ubyte";

  @TempDir private Path folder;

  @BeforeEach
  void writeASmallSet() throws IOException {
    write(TRAIN_IMAGES, TestFiles.idx(251, 25, 28, 28));
    write(TRAIN_LABELS, TestFiles.idx(10, 25));
    write(TEST_IMAGES + ".gz", TestFiles.gzip(TestFiles.idx(13, 4, 28, 28)));
    write(TEST_LABELS + ".gz", TestFiles.gzip(TestFiles.idx(3, 4)));
  }

  @Test
  void plainAndZippedFilesAreRead() throws IOException {
    FashionMnist data = FashionMnist.open(folder);
    ImageDataset train = data.train();
    assertThat(train.size()).isEqualTo(25);
    assertThat(train.imageBytes()).isEqualTo(784);
    assertThat(train.channels()).isEqualTo(1);
    assertThat(train.classes()).isEqualTo(10);
    assertThat(train.label(23)).isEqualTo(3);
    float[] image = new float[785];
    train.copyPixels(24, image, 1);
    assertThat(image[1]).isEqualTo(24 * 784 % 251);
    assertThat(image[784]).isEqualTo((25 * 784 - 1) % 251);
    byte[] bytes = new byte[784];
    data.test().copyPixels(3, bytes, 0);
    assertThat(bytes[5]).isEqualTo((byte) ((3 * 784 + 5) % 13));
    assertThat(data.test().label(3)).isZero();
  }

  @Test
  void theParentFolderWillDo() throws IOException {
    Path inside = Files.createDirectory(folder.resolve("fashion-mnist"));
    for (String name :
        new String[] {TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES + ".gz", TEST_LABELS + ".gz"}) {
      Files.move(folder.resolve(name), inside.resolve(name));
    }
    assertThat(FashionMnist.open(folder).train().size()).isEqualTo(25);
  }

  @Test
  void missingFilesAreNamedWithWhereTheyWereLookedFor() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertThatThrownBy(() -> FashionMnist.open(empty))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("no train-images-idx3-ubyte and no train-images-idx3-ubyte.gz in [")
        .hasMessageContaining(empty.resolve("fashion-mnist").toString());
    Files.delete(folder.resolve(TEST_LABELS + ".gz"));
    assertThatThrownBy(() -> FashionMnist.open(folder))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("no t10k-labels-idx1-ubyte and no t10k-labels-idx1-ubyte.gz");
  }

  @Test
  void aWrongMagicNumberIsRejected() throws IOException {
    write(TRAIN_LABELS, TestFiles.idx(10, 5, 5));
    assertDamaged(TRAIN_LABELS, "offset 0: expected magic number 0x00000801", "found 0x00000802");
  }

  @Test
  void aShortFileIsRejected() throws IOException {
    write(TRAIN_IMAGES, Arrays.copyOf(TestFiles.idx(251, 25, 28, 28), 16 + 999));
    assertDamaged(TRAIN_IMAGES, "offset 16: expected 19600 bytes of data", "found only 999");
    write(TRAIN_IMAGES, new byte[3]);
    assertDamaged(TRAIN_IMAGES, "offset 0: expected 4 bytes of magic number", "found only 3");
    write(TRAIN_IMAGES, Arrays.copyOf(TestFiles.idx(251, 25, 28, 28), 15));
    assertDamaged(TRAIN_IMAGES, "offset 4: expected 12 bytes of sizes", "found only 11");
  }

  @Test
  void bytesBehindTheEndAreRejected() throws IOException {
    byte[] labels = TestFiles.idx(10, 25);
    write(TRAIN_LABELS, Arrays.copyOf(labels, labels.length + 1));
    assertDamaged(TRAIN_LABELS, "offset 33: expected the end of the file", "found more bytes");
  }

  @Test
  void sizesOutOfRangeAreRejectedBeforeMemoryIsTaken() throws IOException {
    byte[] images = TestFiles.idx(251, 25, 28, 28);
    images[4] = (byte) 0x80;
    write(TRAIN_IMAGES, images);
    assertDamaged(TRAIN_IMAGES, "offset 4: expected sizes of at least 1", "axis 0 of size -");
    images[4] = 0x7F;
    write(TRAIN_IMAGES, images);
    assertDamaged(TRAIN_IMAGES, "offset 8:", "axis 1 of size 28");
    write(TRAIN_IMAGES, TestFiles.idx(251, 0, 28, 28));
    assertDamaged(TRAIN_IMAGES, "offset 4:", "axis 0 of size 0");
  }

  @Test
  void imagesOfAnotherSizeAreRejected() throws IOException {
    write(TRAIN_IMAGES, TestFiles.idx(251, 25, 27, 28));
    assertDamaged(TRAIN_IMAGES, "offset 8: expected images of 28 x 28", "[25, 27, 28]");
  }

  @Test
  void labelsThatAreNotAsManyAsImagesAreRejected() throws IOException {
    write(TRAIN_LABELS, TestFiles.idx(10, 24));
    assertDamaged(TRAIN_LABELS, "offset 4: expected 25 labels", "found 24 labels");
  }

  @Test
  void aLabelOutOfRangeIsRejected() throws IOException {
    write(TRAIN_LABELS, TestFiles.idx(11, 25));
    assertDamaged(TRAIN_LABELS, "offset 18: expected a label from 0 to 9", "found 10");
  }

  @Test
  void aTruncatedGzipFileIsRejected() throws IOException {
    String file = TEST_IMAGES + ".gz";
    byte[] whole = TestFiles.gzip(TestFiles.idx(13, 4, 28, 28));
    for (int length : new int[] {0, 5, 12, whole.length / 2, whole.length - 8, whole.length - 1}) {
      write(file, Arrays.copyOf(whole, length));
      assertDamaged(file, "expected", "EOFException");
    }
  }

  @Test
  void aGzipFileWithAWrongChecksumIsRejected() throws IOException {
    String file = TEST_IMAGES + ".gz";
    byte[] whole = TestFiles.gzip(TestFiles.idx(13, 4, 28, 28));
    whole[whole.length - 6] ^= 1;
    write(file, whole);
    assertDamaged(file, " (decompressed), offset 3152", "ZipException");
  }

  @Test
  void plainContentUnderAGzipNameIsRejected() throws IOException {
    write(TEST_IMAGES + ".gz", TestFiles.idx(13, 4, 28, 28));
    assertDamaged(TEST_IMAGES + ".gz", "offset 0: expected gzip data", "Not in GZIP format");
  }

  @Test
  void anIdxStreamIsReadToItsEndAndLeftOpen() throws IOException {
    Idx idx = Idx.read(new ByteArrayInputStream(TestFiles.idx(200, 2, 3)), "here", 2);
    assertThat(idx.shape().asList()).containsExactly(2, 3);
    assertThat(idx.bytes()).containsExactly(0, 1, 2, 3, 4, 5);
  }

  @Test
  void theEmbeddedSetHasTwelveThousandImagesAndTheUsualStatistics() throws IOException {
    FashionMnist data = FashionMnist.embedded();
    assertThat(data.train().size()).isEqualTo(10_000);
    assertThat(data.test().size()).isEqualTo(2_000);
    int[] counts = new int[10];
    for (int i = 0; i < data.train().size(); i++) {
      counts[data.train().label(i)]++;
    }
    for (int count : counts) {
      assertThat(count).isBetween(900, 1100);
    }
    // Ankle boot, T-shirt, T-shirt begin the training set; boot, pullover, trousers the test set.
    assertThat(data.train().label(0)).isEqualTo(9);
    assertThat(data.train().label(1)).isZero();
    assertThat(data.test().label(1)).isEqualTo(2);
    Normalisation measured = Normalisation.measure(data.train());
    assertThat(measured.mean().get(0)).isBetween(0.28, 0.292);
    assertThat(measured.deviation().get(0)).isBetween(0.348, 0.358);
  }

  @Test
  @EnabledIfEnvironmentVariable(named = "TAPEWISE_DATA", matches = ".+")
  void thePresetIsWhatTheFullTrainingSetMeasures() throws IOException {
    FashionMnist data = FashionMnist.open(Path.of(System.getenv("TAPEWISE_DATA")));
    assertThat(data.train().size()).isEqualTo(60_000);
    assertThat(data.test().size()).isEqualTo(10_000);
    Normalisation measured = Normalisation.measure(data.train());
    Normalisation preset = Normalisation.FASHION_MNIST;
    assertThat(Math.abs(measured.mean().get(0) - preset.mean().get(0))).isLessThan(5.1e-5);
    assertThat(Math.abs(measured.deviation().get(0) - preset.deviation().get(0)))
        .isLessThan(5.1e-5);
  }

  private void assertDamaged(String file, String expected, String found) {
    assertThatThrownBy(() -> FashionMnist.open(folder))
        .isInstanceOf(MalformedFileException.class)
        .hasMessageStartingWith(folder.resolve(file).toString())
        .hasMessageContaining(expected)
        .hasMessageContaining(found);
  }

  private void write(String name, byte[] content) throws IOException {
    Files.write(folder.resolve(name), content);
  }
}
