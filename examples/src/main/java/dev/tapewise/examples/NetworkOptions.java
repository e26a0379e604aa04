package dev.tapewise.examples;

import dev.tapewise.nn.model.MobileNetV2;
import dev.tapewise.nn.model.MobileNetV3;
import dev.tapewise.nn.model.Model;
import dev.tapewise.nn.model.Models;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which network, for commands that read no images. */
final class NetworkOptions {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "NAME",
      description =
          "mobilenet_v1, mobilenet_v2, mobilenet_v3_small, mobilenet_v3_large, mobilenet_v1-cifar"
              + " or mobilenet_v2-cifar")
  private String model = "";

  @Option(
      names = "--width",
      paramLabel = "FACTOR",
      description = "multiplies the network's channels (default: ${DEFAULT-VALUE})")
  private float width = 1;

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      description = "rows and columns of an image (default: 224, or 32 for -cifar)")
  private @Nullable Integer size;

  @Option(
      names = "--classes",
      paramLabel = "N",
      description = "classes to tell apart (default: 1000, or 10 for -cifar)")
  private @Nullable Integer classes;

  /** The network. */
  Model model() {
    return model(null);
  }

  /** The network with another dropout than its own, unless null. */
  Model model(@Nullable Float dropout) {
    boolean small = model.endsWith("-cifar");
    int theClasses = classes == null ? small ? 10 : 1000 : classes;
    int theSize = size == null ? small ? 32 : 224 : size;
    Model own = Models.byName(model, theClasses, width, theSize);
    if (dropout == null) {
      return own;
    }
    Model with =
        switch (model) {
          case "mobilenet_v2" -> MobileNetV2.imageNet(theClasses, width, dropout);
          case "mobilenet_v3_small" -> MobileNetV3.small(theClasses, width, dropout);
          case "mobilenet_v3_large" -> MobileNetV3.large(theClasses, width, dropout);
          default ->
              throw new IllegalArgumentException(
                  ("%s has no dropout that --dropout could change: leave it away, or choose"
                          + " mobilenet_v2, mobilenet_v3_small or mobilenet_v3_large")
                      .formatted(model));
        };
    return with.at(theSize, theSize);
  }

  String name() {
    return model;
  }

  int size(Model built) {
    return built.height();
  }
}
