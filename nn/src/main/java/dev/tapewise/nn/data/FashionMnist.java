package dev.tapewise.nn.data;

import com.google.common.collect.ImmutableList;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Fashion-MNIST: grey images of 28 x 28 in ten classes, 60,000 to train on and 10,000 to test.
 *
 * @see <a href="https://arxiv.org/abs/1708.07747">Xiao, Rasul, Vollgraf 2017</a>
 */
public final class FashionMnist {
  /** The ten classes in label order. */
  public static final ImmutableList<String> CLASS_NAMES =
      ImmutableList.of(
          "T-shirt/top",
          "Trouser",
          "Pullover",
          "Dress",
          "Coat",
          "Sandal",
          "Shirt",
          "Sneaker",
          "Bag",
          "Ankle boot");

  private static final int SIDE = 28;
  private static final int LABELS_START = 8;
  private static final String TRAIN = "train";
  private static final String TEST = "t10k";
  private static final String IMAGES = "-images-idx3-ubyte";
  private static final String LABELS = "-labels-idx1-ubyte";
  private static final ImmutableList<String> SUBFOLDERS =
      ImmutableList.of("fashion-mnist", "FashionMNIST/raw");
  private static final String EMBEDDED = "fashion-mnist-12k/";

  private final InMemoryImages train;
  private final InMemoryImages test;

  private FashionMnist(InMemoryImages train, InMemoryImages test) {
    this.train = train;
    this.test = test;
  }

  /**
   * Reads the four IDX files {@code train-images-idx3-ubyte}, {@code train-labels-idx1-ubyte},
   * {@code t10k-images-idx3-ubyte} and {@code t10k-labels-idx1-ubyte}, plain or with {@code .gz}.
   *
   * @param folder the folder that holds them, or holds it as {@code fashion-mnist} or {@code
   *     FashionMNIST/raw}
   * @return both parts, in memory
   * @throws dev.tapewise.nn.io.MalformedFileException if a file is damaged, or labels and images
   *     are not equally many
   * @throws IOException if a file is missing or cannot be read
   */
  public static FashionMnist open(Path folder) throws IOException {
    DataFolder found = DataFolder.find(folder, "Fashion-MNIST", SUBFOLDERS, TRAIN + IMAGES);
    return new FashionMnist(part(found, TRAIN), part(found, TEST));
  }

  /**
   * The part that comes with the library, so that examples run without a download: the first 10,000
   * training and the first 2,000 test images.
   *
   * @return both parts, in memory
   * @throws IOException if the resources are missing or damaged
   */
  public static FashionMnist embedded() throws IOException {
    return new FashionMnist(embedded(TRAIN), embedded(TEST));
  }

  private static InMemoryImages part(DataFolder folder, String name) throws IOException {
    try (DataStream images = DataStream.open(folder.file(name + IMAGES));
        DataStream labels = DataStream.open(folder.file(name + LABELS))) {
      return read(images, labels);
    }
  }

  private static InMemoryImages embedded(String name) throws IOException {
    try (DataStream images = resource(EMBEDDED + name + IMAGES + ".gz");
        DataStream labels = resource(EMBEDDED + name + LABELS + ".gz")) {
      return read(images, labels);
    }
  }

  private static DataStream resource(String name) throws IOException {
    @Nullable InputStream in = FashionMnist.class.getResourceAsStream(name);
    if (in == null) {
      throw new FileNotFoundException(
          "resource %s is not beside %s. Use the library's complete jar."
              .formatted(name, FashionMnist.class.getName()));
    }
    return DataStream.decompressed(in, name);
  }

  private static InMemoryImages read(DataStream imageStream, DataStream labelStream)
      throws IOException {
    Idx images = Idx.read(imageStream, 3);
    if (images.shape().get(1) != SIDE || images.shape().get(2) != SIDE) {
      throw imageStream.fault(8, "images of 28 x 28", "shape " + images.shape());
    }
    Idx labels = Idx.read(labelStream, 1);
    int count = images.shape().get(0);
    if (labels.shape().get(0) != count) {
      throw labelStream.fault(
          4, "%d labels, one for each image".formatted(count), labels.shape().get(0) + " labels");
    }
    int[] numbers = new int[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = Byte.toUnsignedInt(labels.bytes()[i]);
      if (numbers[i] >= CLASS_NAMES.size()) {
        throw labelStream.fault(LABELS_START + i, "a label from 0 to 9", "" + numbers[i]);
      }
    }
    return new InMemoryImages(SIDE, SIDE, 1, CLASS_NAMES, images.bytes(), numbers);
  }

  /**
   * The images to train on.
   *
   * @return {@code [60000, 28, 28, 1]}, or 10,000 of them if embedded
   */
  public ImageDataset train() {
    return train;
  }

  /**
   * The images to test on.
   *
   * @return {@code [10000, 28, 28, 1]}, or 2,000 of them if embedded
   */
  public ImageDataset test() {
    return test;
  }
}
