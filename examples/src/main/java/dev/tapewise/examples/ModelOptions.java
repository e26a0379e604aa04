package dev.tapewise.examples;

import dev.tapewise.nn.model.Model;
import dev.tapewise.nn.model.Models;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which network. */
final class ModelOptions {
  @Option(
      names = "--model",
      paramLabel = "NAME",
      description =
          "mobilenet_v1, mobilenet_v2, mobilenet_v3_small, mobilenet_v3_large, mobilenet_v1-cifar"
              + " or mobilenet_v2-cifar (the latter two for small images)")
  private @Nullable String model;

  @Option(
      names = "--width",
      paramLabel = "FACTOR",
      description = "multiplies the network's channels")
  private @Nullable Float width;

  String name(String otherwise) {
    return model == null ? otherwise : model;
  }

  float width(float otherwise) {
    return width == null ? otherwise : width;
  }

  /** The network for a data set, by its recipe where nothing was asked for. */
  Model model(Recipe recipe, DataOptions.Parts data) {
    boolean recipesOwn = name(recipe.model()).equals(recipe.model());
    return Models.byName(
        name(recipe.model()),
        data.train().classes(),
        width(recipesOwn ? recipe.width() : 1),
        data.train().height());
  }
}
