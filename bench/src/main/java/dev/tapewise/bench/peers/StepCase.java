package dev.tapewise.bench.peers;

import com.google.common.collect.ImmutableList;
import dev.tapewise.nn.model.MobileNetV2;
import dev.tapewise.nn.model.Model;
import dev.tapewise.nn.model.Models;
import java.util.List;

/**
 * A training step that both sides run.
 *
 * @param name what the command line calls it
 * @param model the network, see {@link Models}
 * @param width multiplies its channels
 * @param batch images per step
 * @param size rows and columns of an image
 */
public record StepCase(String name, String model, float width, int batch, int size) {
  private static final String V3 = "mobilenet_v3_small";

  /** The steps that are compared where none is named. */
  static ImmutableList<StepCase> all() {
    boolean v3 = Models.names().contains(V3);
    return ImmutableList.of(
        new StepCase("v2-cifar", "mobilenet_v2-cifar", 1, 128, 32),
        new StepCase("v2-96", "mobilenet_v2", 1, 32, 96),
        new StepCase("v2-224", "mobilenet_v2", 1, 16, 224),
        new StepCase("v1-cifar", "mobilenet_v1-cifar", 1, 128, 32),
        v3
            ? new StepCase("v3-small", V3, 1, 32, 224)
            : new StepCase("v2-half", "mobilenet_v2", 0.5f, 32, 224),
        new StepCase("v2-single", "mobilenet_v2", 1, 1, 224));
  }

  /**
   * A step by name.
   *
   * @throws IllegalArgumentException if there is no such step
   */
  public static StepCase named(String name) {
    for (StepCase step : all()) {
      if (step.name().equals(name)) {
        return step;
      }
    }
    throw new IllegalArgumentException(
        "there is no step \"%s\". Choose from %s".formatted(name, String.join(", ", names())));
  }

  static List<String> names() {
    return all().stream().map(StepCase::name).toList();
  }

  /** The network, without dropout: its random numbers are each library's own. */
  public Model network() {
    return model.equals("mobilenet_v2")
        ? MobileNetV2.imageNet(classes(), width, 0).at(size, size)
        : Models.byName(model, classes(), width, size);
  }

  /** Whether the network has a dropout that must be turned off. */
  boolean hasDropout() {
    return model.equals("mobilenet_v2");
  }

  private int classes() {
    return model.endsWith("-cifar") ? 10 : 1000;
  }

  String title() {
    return "%s%s, %d × %d²".formatted(model, width == 1 ? "" : " ×" + width, batch, size);
  }
}
