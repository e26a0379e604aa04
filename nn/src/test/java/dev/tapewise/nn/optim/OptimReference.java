package dev.tapewise.nn.optim;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Trajectories of PyTorch's optimizers and rates of its schedulers, in double precision. */
public final class OptimReference {
  private OptimReference() {}

  /** The whole file. */
  public static JsonObject read() {
    try (InputStream in =
        Objects.requireNonNull(OptimReference.class.getResourceAsStream("reference.json"))) {
      return JsonParser.parseReader(new InputStreamReader(in, StandardCharsets.UTF_8))
          .getAsJsonObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The schedule of a name. */
  public static JsonObject schedule(String name) {
    for (JsonElement schedule : read().getAsJsonArray("schedules")) {
      if (schedule.getAsJsonObject().get("name").getAsString().equals(name)) {
        return schedule.getAsJsonObject();
      }
    }
    throw new IllegalArgumentException(name);
  }

  /** The optimizers. */
  static List<JsonObject> optimizers() {
    List<JsonObject> all = new ArrayList<>();
    for (JsonElement optimizer :
        read().getAsJsonObject("trajectories").getAsJsonArray("optimizers")) {
      all.add(optimizer.getAsJsonObject());
    }
    return all;
  }

  /** An array of numbers. */
  public static double[] numbers(JsonArray array) {
    double[] numbers = new double[array.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = array.get(i).getAsDouble();
    }
    return numbers;
  }
}
