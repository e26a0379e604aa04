package dev.tapewise.bench.peers;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;

/** The layers of the origin as a Markdown table: forward, and forward with backward. */
final class OriginTable {
  private static final String HEADER =
      """
      | layer | PyTorch | passes | Tapewise, ms | PyTorch, ms | ratio | Tapewise, bytes per call |
      |---|---|---|---|---|---|---|
      """;

  private OriginTable() {}

  static String header() {
    return HEADER;
  }

  /** Two rows for each layer. */
  static String rows(List<JsonObject> layers, TorchSetting setting) {
    StringBuilder rows = new StringBuilder();
    for (JsonObject layer : layers) {
      row(rows, layer, setting, "forward", "forward");
      row(rows, layer, setting, "forward + backward", "both");
    }
    return rows.toString();
  }

  private static void row(
      StringBuilder rows, JsonObject layer, TorchSetting setting, String passes, String field) {
    double ours = layer.get("tapewise_" + field).getAsDouble();
    double theirs = layer.get("torch_" + field).getAsDouble();
    rows.append(
        String.format(
            Locale.ROOT,
            "| %s | %s | %s | %.3f | %.3f | **%.2f** | %s |%n",
            layer.get("layer").getAsString(),
            setting.title(),
            passes,
            ours,
            theirs,
            theirs / ours,
            layer.get("bytes_" + field).getAsString()));
  }
}
