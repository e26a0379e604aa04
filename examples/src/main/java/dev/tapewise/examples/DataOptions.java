package dev.tapewise.examples;

import dev.tapewise.nn.data.Cifar10;
import dev.tapewise.nn.data.FashionMnist;
import dev.tapewise.nn.data.ImageDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which data set, and where it lies. */
final class DataOptions {
  private static final String VARIABLE = "TAPEWISE_DATA";

  @Option(
      names = "--dataset",
      paramLabel = "NAME",
      description =
          "fashion-mnist-12k (comes with the program; the default), fashion-mnist or cifar10")
  private String dataset = Recipe.EMBEDDED.dataset();

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description =
          "the folder with the data set's files, or its parent (default: the environment's "
              + VARIABLE
              + ")")
  private @Nullable Path data;

  /**
   * Images to train on and to test on.
   *
   * @param train for training
   * @param test for testing
   */
  record Parts(ImageDataset train, ImageDataset test) {}

  /** The recipe of the chosen data set. */
  Recipe recipe() {
    return Recipe.of(dataset);
  }

  /**
   * Checks that a folder was named where one is needed.
   *
   * @return the recipe of the chosen data set
   * @throws IllegalArgumentException if not
   */
  Recipe checked() {
    Recipe recipe = recipe();
    if (!recipe.equals(Recipe.EMBEDDED) && data == null && named().isBlank()) {
      throw new IllegalArgumentException(
          ("where is %s? Give the folder with its files, or that folder's parent, with --data or in"
                  + " %s")
              .formatted(dataset, VARIABLE));
    }
    return recipe;
  }

  private static String named() {
    String value = System.getenv(VARIABLE);
    return value == null ? "" : value;
  }

  /** Reads both parts; call {@link #checked} first. */
  Parts open() throws IOException {
    return switch (recipe().dataset()) {
      case "fashion-mnist" -> parts(FashionMnist.open(folder()));
      case "cifar10" -> {
        Cifar10 found = Cifar10.open(folder());
        yield new Parts(found.train(), found.test());
      }
      default -> parts(FashionMnist.embedded());
    };
  }

  private static Parts parts(FashionMnist found) {
    return new Parts(found.train(), found.test());
  }

  private Path folder() throws IOException {
    Path folder = data == null ? Path.of(named()) : data;
    if (!Files.isDirectory(folder)) {
      throw new NoSuchFileException(
          "%s (from %s). %s needs the folder with its files, or that folder's parent"
              .formatted(folder, data == null ? VARIABLE : "--data", dataset));
    }
    return folder;
  }
}
