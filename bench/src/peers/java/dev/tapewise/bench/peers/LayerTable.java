package dev.tapewise.bench.peers;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;

/**
 * Times of single layers as a Markdown table; sums count a layer as often as the network has it.
 */
final class LayerTable {
  /** The field that says how the sides' numbers differ, of a layer that is not timed for it. */
  static final String DIFFERENCE = "difference";

  private LayerTable() {}

  /** What it says. */
  static String head(String name) {
    return """

    ## Convolutions of %s

    Both sides in one process, pass by pass in turns, by their median call; ratio: PyTorch's time ÷ Tapewise's; all: the \
    three passes together. From memory, each call takes other tensors, of which there are more than three caches full. \
    In cache, both sides play again on the same tensors, with so small a batch that input and output fill a quarter of \
    the last-level cache at most; times are then multiplied up to the whole batch. Both sides are warm before they are \
    timed, and gave the same results; a layer whose results differ is marked, and is in no sum of its table. Sums take \
    each layer as often as the network has it.
    """
        .formatted(name);
  }

  /** The rows of both conditions, with sums by kind. */
  static String of(List<JsonObject> layers, String torch) {
    StringBuilder table = new StringBuilder();
    for (String place : new String[] {"from memory", "in cache"}) {
      table.append("\n### Data %s; %s\n\n".formatted(place, torch));
      List<JsonObject> placed =
          layers.stream().filter(l -> text(l, "place").equals(place)).toList();
      rows(table, placed);
    }
    return table.toString();
  }

  private static void rows(StringBuilder table, List<JsonObject> layers) {
    table.append("| layer | times |");
    for (Pass pass : Pass.values()) {
      table.append(" %s, ms: Tapewise | PyTorch | ratio |".formatted(pass.title()));
    }
    table.append(" all, ms: Tapewise | PyTorch | ratio |\n");
    table.append("|---|---|").append("---|---|---|".repeat(Pass.values().length + 1)).append('\n');
    for (JsonObject layer : layers) {
      if (differs(layer)) {
        table.append(
            "| %s | %d | **the sides differ: %s** |"
                .formatted(text(layer, "layer"), count(layer), text(layer, DIFFERENCE)));
        table.append(" |".repeat(3 * Pass.values().length + 2)).append('\n');
      } else {
        row(table, text(layer, "layer"), List.of(layer), _ -> 1);
      }
    }
    for (String kind : new String[] {"depthwise", "pointwise"}) {
      List<JsonObject> some =
          layers.stream()
              .filter(l -> text(l, "kind").equals(kind))
              .filter(l -> !differs(l))
              .toList();
      if (some.size() > 1) {
        row(table, "**all " + kind + " layers**", some, LayerTable::count);
      }
    }
  }

  private static void row(
      StringBuilder table, String title, List<JsonObject> layers, ToIntFunction<JsonObject> times) {
    int count = layers.stream().mapToInt(LayerTable::count).sum();
    table.append("| %s | %d |".formatted(title, count));
    double allOurs = 0;
    double allTheirs = 0;
    for (Pass pass : Pass.values()) {
      double ours = 0;
      double theirs = 0;
      for (JsonObject layer : layers) {
        ours += times.applyAsInt(layer) * layer.get("tapewise_" + pass.title()).getAsDouble();
        theirs += times.applyAsInt(layer) * layer.get("torch_" + pass.title()).getAsDouble();
      }
      cells(table, ours, theirs);
      allOurs += ours;
      allTheirs += theirs;
    }
    cells(table, allOurs, allTheirs);
    table.append('\n');
  }

  private static void cells(StringBuilder table, double ours, double theirs) {
    table.append(
        String.format(Locale.ROOT, " %.3f | %.3f | **%.2f** |", ours, theirs, theirs / ours));
  }

  private static boolean differs(JsonObject layer) {
    return layer.has(DIFFERENCE);
  }

  private static int count(JsonObject layer) {
    return layer.get("count").getAsInt();
  }

  private static String text(JsonObject layer, String field) {
    return layer.get(field).getAsString();
  }
}
