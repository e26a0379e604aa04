package dev.tapewise.nn.model;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The models by name, for command lines and files. */
public final class Models {
  private static final ImmutableList<String> NAMES =
      ImmutableList.of(
          "mobilenet_v1",
          "mobilenet_v2",
          "mobilenet_v3_small",
          "mobilenet_v3_large",
          "mobilenet_v1-cifar",
          "mobilenet_v2-cifar");

  private Models() {}

  /** All names. */
  public static ImmutableList<String> names() {
    return NAMES;
  }

  /**
   * A model for square images.
   *
   * @param width the width multiplier
   * @param size rows and columns of an image
   * @throws IllegalArgumentException for an unknown name, with the names that are near
   */
  public static Model byName(String name, int classes, float width, int size) {
    Model model =
        switch (name) {
          case "mobilenet_v1" -> MobileNetV1.imageNet(classes, width);
          case "mobilenet_v2" -> MobileNetV2.imageNet(classes, width);
          case "mobilenet_v3_small" -> MobileNetV3.small(classes, width);
          case "mobilenet_v3_large" -> MobileNetV3.large(classes, width);
          case "mobilenet_v1-cifar" -> MobileNetV1.cifar(classes, width);
          case "mobilenet_v2-cifar" -> MobileNetV2.cifar(classes, width);
          default -> throw unknown(name);
        };
    return model.height() == size ? model : model.at(size, size);
  }

  private static IllegalArgumentException unknown(String name) {
    List<String> near = near(name);
    return new IllegalArgumentException(
        "there is no model \"%s\". %sAll: %s"
            .formatted(
                name,
                near.isEmpty() ? "" : "Did you mean " + String.join(" or ", near) + "? ",
                String.join(", ", NAMES)));
  }

  /** The names within a third of the letters, nearest first. */
  private static List<String> near(String name) {
    String wanted = letters(name);
    List<String> near = new ArrayList<>();
    for (int limit = 0; limit <= Math.max(2, wanted.length() / 3); limit++) {
      for (String candidate : NAMES) {
        if (distance(wanted, letters(candidate)) == limit) {
          near.add(candidate);
        }
      }
    }
    return near.subList(0, Math.min(2, near.size()));
  }

  private static String letters(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
  }

  /** Levenshtein's distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
