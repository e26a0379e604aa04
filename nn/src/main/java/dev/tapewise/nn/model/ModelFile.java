package dev.tapewise.nn.model;

import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableDoubleArray;
import dev.tapewise.nn.data.Normalisation;
import dev.tapewise.nn.io.MalformedFileException;
import dev.tapewise.nn.io.SafetensorsFile;
import dev.tapewise.nn.io.StateDict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A model as a file: its tensors, and its normalisation as two strings of the file's metadata. */
final class ModelFile {
  /** Numbers per channel, with commas between them. */
  static final String MEAN = "tapewise.mean";

  /** Likewise. */
  static final String DEVIATION = "tapewise.deviation";

  /** Where a safetensors header starts, and with it the metadata. */
  private static final int HEADER = 8;

  private ModelFile() {}

  static void save(Model model, Path path) throws IOException {
    Normalisation scale = model.normalisation();
    StateDict.save(
        model.parameters(),
        scale == null
            ? ImmutableMap.of()
            : ImmutableMap.of(MEAN, text(scale.mean()), DEVIATION, text(scale.deviation())),
        path);
  }

  static void load(Model model, Path path) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      Normalisation scale = normalisation(model, file.metadata(), path);
      StateDict.load(model.parameters(), model.name(), file);
      if (scale != null) {
        model.normalisation(scale);
      }
    }
  }

  private static @Nullable Normalisation normalisation(
      Model model, ImmutableMap<String, String> metadata, Path path) throws MalformedFileException {
    String mean = metadata.get(MEAN);
    String deviation = metadata.get(DEVIATION);
    if (mean == null && deviation == null) {
      return null;
    }
    try {
      Normalisation scale = new Normalisation(numbers(mean), numbers(deviation));
      ImageInput.checkChannels(model, scale);
      return scale;
    } catch (IllegalArgumentException e) {
      throw new MalformedFileException(
          path.toString(),
          HEADER,
          "numbers for each channel under %s and %s".formatted(MEAN, DEVIATION),
          "%s and %s (%s)".formatted(mean, deviation, e.getMessage()),
          "Save the model again, or remove both from the file's metadata.");
    }
  }

  private static String text(ImmutableDoubleArray numbers) {
    return numbers.stream().mapToObj(Double::toString).collect(Collectors.joining(","));
  }

  private static ImmutableDoubleArray numbers(@Nullable String text) {
    ImmutableDoubleArray.Builder numbers = ImmutableDoubleArray.builder();
    for (String number : text == null ? new String[0] : text.split(",", -1)) {
      numbers.add(Double.parseDouble(number));
    }
    return numbers.build();
  }
}
