package dev.tapewise.bench.peers;

import com.google.common.collect.ImmutableList;
import dev.tapewise.nn.model.MobileNetV2;
import dev.tapewise.nn.model.MobileNetV3;
import dev.tapewise.nn.model.Model;
import dev.tapewise.nn.model.Models;
import java.util.List;

/**
 * A training step that all sides run.
 *
 * @param name what the command line calls it
 * @param model the network, see {@link Models}
 * @param batch images per step
 * @param size rows and columns of an image
 */
record StepCase(String name, String model, int batch, int size) {
  private static final ImmutableList<StepCase> ALL =
      ImmutableList.of(
          new StepCase("v2-cifar", "mobilenet_v2-cifar", 128, 32),
          new StepCase("v2-96", "mobilenet_v2", 32, 96),
          new StepCase("v2-224", "mobilenet_v2", 16, 224),
          new StepCase("v1-cifar", "mobilenet_v1-cifar", 128, 32),
          new StepCase("v3-small", "mobilenet_v3_small", 32, 224),
          new StepCase("v2-single", "mobilenet_v2", 1, 224));

  static ImmutableList<StepCase> all() {
    return ALL;
  }

  /**
   * A step by name.
   *
   * @throws IllegalArgumentException if there is no such step
   */
  static StepCase named(String name) {
    List<String> names = ALL.stream().map(StepCase::name).toList();
    int at = names.indexOf(name);
    if (at < 0) {
      throw new IllegalArgumentException(
          "there is no step \"%s\". Choose from %s".formatted(name, String.join(", ", names)));
    }
    return ALL.get(at);
  }

  /** The network, without dropout: its random numbers are each library's own. */
  Model network() {
    return switch (model) {
      case "mobilenet_v2" -> MobileNetV2.imageNet(1000, 1, 0).at(size, size);
      case "mobilenet_v3_small" -> MobileNetV3.small(1000, 1, 0).at(size, size);
      default -> Models.byName(model, 10, 1, size);
    };
  }

  /** What makes {@code ./tapewise step} play it. */
  List<String> options() {
    List<String> same = List.of("--model=" + model, "--batch=" + batch, "--size=" + size);
    return model.endsWith("-cifar")
        ? same
        : ImmutableList.<String>builder().addAll(same).add("--dropout=0").build();
  }

  String title() {
    return "%s, %d × %d²".formatted(model, batch, size);
  }
}
