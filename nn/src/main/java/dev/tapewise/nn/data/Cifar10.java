package dev.tapewise.nn.data;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * CIFAR-10 in its binary version: RGB images of 32 x 32 in ten classes, 50,000 to train on and
 * 10,000 to test. A record is a label byte, then 1,024 bytes each of red, green and blue.
 *
 * @see <a href="https://www.cs.toronto.edu/~kriz/cifar.html">Krizhevsky 2009</a>
 */
public final class Cifar10 {
  /** The ten classes in label order. */
  public static final ImmutableList<String> CLASS_NAMES =
      ImmutableList.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  private static final int SIDE = 32;
  private static final int PLANE = SIDE * SIDE;
  private static final int CHANNELS = 3;
  private static final int IMAGE = CHANNELS * PLANE;
  private static final int RECORD = 1 + IMAGE;
  private static final int MAX_RECORDS = 10_000;
  private static final ImmutableList<String> SUBFOLDERS =
      ImmutableList.of("cifar10", "cifar-10-batches-bin");
  private static final ImmutableList<String> TRAIN_FILES =
      ImmutableList.of(
          "data_batch_1.bin",
          "data_batch_2.bin",
          "data_batch_3.bin",
          "data_batch_4.bin",
          "data_batch_5.bin");
  private static final ImmutableList<String> TEST_FILES = ImmutableList.of("test_batch.bin");

  private final InMemoryImages train;
  private final InMemoryImages test;

  private Cifar10(InMemoryImages train, InMemoryImages test) {
    this.train = train;
    this.test = test;
  }

  /**
   * Reads {@code data_batch_1.bin} to {@code data_batch_5.bin} and {@code test_batch.bin}, plain or
   * with {@code .gz}, each of 1 to 10,000 whole records.
   *
   * @param folder the folder that holds them, or holds it as {@code cifar10} or {@code
   *     cifar-10-batches-bin}
   * @return both parts, in memory (about 190 MB)
   * @throws dev.tapewise.nn.io.MalformedFileException if a file is damaged
   * @throws IOException if a file is missing or cannot be read
   */
  public static Cifar10 open(Path folder) throws IOException {
    DataFolder found = DataFolder.find(folder, "CIFAR-10", SUBFOLDERS, TRAIN_FILES.getFirst());
    return new Cifar10(part(found, TRAIN_FILES), part(found, TEST_FILES));
  }

  private static InMemoryImages part(DataFolder folder, ImmutableList<String> names)
      throws IOException {
    List<Path> files = new ArrayList<>();
    int room = 0;
    for (String name : names) {
      Path file = folder.file(name);
      files.add(file);
      room += roomFor(file);
    }
    byte[] pixels = new byte[room * IMAGE];
    int[] labels = new int[room];
    int count = 0;
    for (Path file : files) {
      try (DataStream in = DataStream.open(file)) {
        count += readRecords(in, pixels, labels, count);
      }
    }
    return new InMemoryImages(
        SIDE, SIDE, CHANNELS, CLASS_NAMES, trimmed(pixels, count), trimmed(labels, count));
  }

  /** An upper limit for the records in a file, exact if it is plain. */
  private static int roomFor(Path file) throws IOException {
    if (file.toString().endsWith(".gz")) {
      return MAX_RECORDS;
    }
    return (int) Math.min(MAX_RECORDS, Files.size(file) / RECORD);
  }

  /** Reads a file's records to index {@code first} and onwards and returns how many there were. */
  private static int readRecords(DataStream in, byte[] pixels, int[] labels, int first)
      throws IOException {
    int count = 0;
    while (true) {
      long start = in.position();
      byte[] planar = in.readUpTo(RECORD);
      if (planar.length == 0 && count > 0) {
        return count;
      }
      if (planar.length < RECORD) {
        throw in.fault(
            start, "record %d of 3,073 bytes".formatted(count), planar.length + " bytes");
      }
      if (count == MAX_RECORDS || first + count == labels.length) {
        throw in.fault(start, "the end of the file after %d records".formatted(count), "more");
      }
      int label = Byte.toUnsignedInt(planar[0]);
      if (label >= CLASS_NAMES.size()) {
        throw in.fault(start, "a label from 0 to 9", Integer.toString(label));
      }
      labels[first + count] = label;
      interleave(planar, pixels, (first + count) * IMAGE);
      count++;
    }
  }

  /** From {@code [3, 32, 32]} behind the label byte to {@code [32, 32, 3]}. */
  private static void interleave(byte[] planar, byte[] out, int offset) {
    for (int pixel = 0; pixel < PLANE; pixel++) {
      for (int channel = 0; channel < CHANNELS; channel++) {
        out[offset + pixel * CHANNELS + channel] = planar[1 + channel * PLANE + pixel];
      }
    }
  }

  private static byte[] trimmed(byte[] pixels, int count) {
    return pixels.length == count * IMAGE ? pixels : Arrays.copyOf(pixels, count * IMAGE);
  }

  private static int[] trimmed(int[] labels, int count) {
    return labels.length == count ? labels : Arrays.copyOf(labels, count);
  }

  /**
   * The images to train on.
   *
   * @return {@code [50000, 32, 32, 3]}
   */
  public ImageDataset train() {
    return train;
  }

  /**
   * The images to test on.
   *
   * @return {@code [10000, 32, 32, 3]}
   */
  public ImageDataset test() {
    return test;
  }
}
