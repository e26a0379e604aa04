package dev.tapewise.examples;

import com.google.common.collect.ImmutableList;
import dev.tapewise.nn.data.Augmentation;
import dev.tapewise.nn.data.Normalisation;

/**
 * What training on a data set looks like unless the command line says otherwise.
 *
 * @param dataset the data set's name on the command line
 * @param model the network
 * @param width its width multiplier
 * @param epochs passes over the data
 * @param batch images per step
 * @param learningRate the highest rate
 * @param weightDecay on weights
 * @param smoothing of labels
 * @param augmentation how images are varied
 * @param normalisation how pixels are scaled
 */
record Recipe(
    String dataset,
    String model,
    float width,
    int epochs,
    int batch,
    float learningRate,
    float weightDecay,
    float smoothing,
    Augmentation augmentation,
    Normalisation normalisation) {

  /** The part of Fashion-MNIST that is shipped with the library. */
  static final Recipe EMBEDDED =
      new Recipe(
          "fashion-mnist-12k",
          "mobilenet_v1-cifar",
          0.25f,
          8,
          32,
          0.05f,
          5e-4f,
          0,
          Augmentation.none().withHorizontalFlip(),
          Normalisation.FASHION_MNIST);

  private static final Recipe FASHION_MNIST =
      new Recipe(
          "fashion-mnist",
          "mobilenet_v1-cifar",
          0.5f,
          10,
          64,
          0.05f,
          5e-4f,
          0,
          Augmentation.padCrop(1).withHorizontalFlip(),
          Normalisation.FASHION_MNIST);

  private static final Recipe CIFAR10 =
      new Recipe(
          "cifar10",
          "mobilenet_v2-cifar",
          1,
          30,
          64,
          0.05f,
          5e-4f,
          0,
          Augmentation.padCrop(4).withHorizontalFlip(),
          Normalisation.CIFAR10);

  private static final ImmutableList<Recipe> ALL =
      ImmutableList.of(EMBEDDED, FASHION_MNIST, CIFAR10);

  /**
   * The recipe of a data set.
   *
   * @throws IllegalArgumentException if there is no such data set
   */
  static Recipe of(String dataset) {
    for (Recipe recipe : ALL) {
      if (recipe.dataset().equals(dataset)) {
        return recipe;
      }
    }
    throw new IllegalArgumentException(
        "there is no data set \"%s\". Choose from %s"
            .formatted(dataset, String.join(", ", ALL.stream().map(Recipe::dataset).toList())));
  }
}
