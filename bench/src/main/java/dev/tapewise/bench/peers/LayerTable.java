package dev.tapewise.bench.peers;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;

/**
 * Times of single layers as a Markdown table; sums count a layer as often as the network has it.
 */
final class LayerTable {
  private LayerTable() {}

  /** How to read it. */
  static String notes() {
    return """
    Both sides in one process, pass by pass in turns, by their median call; ratio: PyTorch's time ÷ Tapewise's. From \
    memory, each call takes other tensors, of which there are more than three caches full. In cache, both sides play \
    again on the same tensors, with so small a batch that input and output fill a quarter of the last-level cache at \
    most; times are then multiplied up to the whole batch. Sums take each layer as often as the network has it. Results \
    of both sides were compared before they were timed.
    """;
  }

  /** The rows of one condition, with sums by kind. */
  static String of(List<JsonObject> layers) {
    StringBuilder table = new StringBuilder("| layer | times |");
    StringBuilder line = new StringBuilder("|---|---|");
    for (Pass pass : Pass.values()) {
      table.append(" %s, ms: Tapewise | PyTorch | ratio |".formatted(pass.title()));
      line.append("---|---|---|");
    }
    table.append('\n').append(line).append('\n');
    for (JsonObject layer : layers) {
      table.append("| ").append(layer.get("layer").getAsString());
      table.append(" | ").append(layer.get("count").getAsInt()).append(" |");
      for (Pass pass : Pass.values()) {
        cells(table, ours(layer, pass), theirs(layer, pass));
      }
      table.append('\n');
    }
    for (String kind : new String[] {"depthwise", "pointwise", "grouped"}) {
      sum(table, kind, layers.stream().filter(l -> kind.equals(kind(l))).toList());
    }
    return table.toString();
  }

  private static void sum(StringBuilder table, String kind, List<JsonObject> layers) {
    if (layers.size() < 2) {
      return;
    }
    int count = layers.stream().mapToInt(l -> l.get("count").getAsInt()).sum();
    table.append("| **all ").append(kind).append(" layers** | ").append(count).append(" |");
    for (Pass pass : Pass.values()) {
      double ours = 0;
      double theirs = 0;
      for (JsonObject layer : layers) {
        ours += layer.get("count").getAsInt() * ours(layer, pass);
        theirs += layer.get("count").getAsInt() * theirs(layer, pass);
      }
      cells(table, ours, theirs);
    }
    table.append('\n');
  }

  private static void cells(StringBuilder table, double ours, double theirs) {
    table.append(
        String.format(Locale.ROOT, " %.3f | %.3f | **%.2f** |", ours, theirs, theirs / ours));
  }

  private static String kind(JsonObject layer) {
    return layer.get("kind").getAsString();
  }

  private static double ours(JsonObject layer, Pass pass) {
    return layer.get("tapewise_" + pass.title()).getAsDouble();
  }

  private static double theirs(JsonObject layer, Pass pass) {
    return layer.get("torch_" + pass.title()).getAsDouble();
  }
}
