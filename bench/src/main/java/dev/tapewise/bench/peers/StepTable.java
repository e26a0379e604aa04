package dev.tapewise.bench.peers;

import com.google.gson.JsonObject;
import dev.tapewise.examples.MachineRates;
import java.util.List;
import java.util.Locale;

/** Results of steps as a Markdown table, a row per step and setting of PyTorch. */
final class StepTable {
  private static final String HEADER =
      """
      | step | PyTorch | Tapewise, images/s | PyTorch, images/s | ratio | peak RSS, MB: Tapewise | PyTorch | ratio | Tapewise, bytes per step | of FMA peak | first loss |
      |---|---|---|---|---|---|---|---|---|---|---|
      """;

  private StepTable() {}

  /** How to read it. */
  static String notes(int rounds, boolean checkpoint) {
    return """
    Forward, cross entropy, backward, SGD with momentum 0.9 and weight decay, without dropout, from the same weights on \
    the same images; %s. Every measurement is a process of its own, warm before it counts, by its median step; sides \
    alternate over %d round%s. Numbers are medians with their range, ratios Tapewise ÷ PyTorch: of medians, with the range \
    over rounds. A setting says PyTorch's layout and allocator; eager, float32, fused SGD, activations in place. Peak RSS \
    is the process's, JVM included on both sides. The share of the FMA peak counts 6 operations per multiply-add of the \
    forward pass.
    """
        .formatted(
            checkpoint ? "Tapewise with checkpointed blocks" : "Tapewise keeps all activations",
            rounds,
            rounds == 1 ? "" : "s");
  }

  static String of(List<StepRounds.Result> results, MachineRates rates) {
    StringBuilder table = new StringBuilder(HEADER);
    for (StepRounds.Result result : results) {
      for (int i = 0; i < result.settings().size(); i++) {
        table.append(row(result, i, rates)).append('\n');
      }
    }
    return table.toString();
  }

  private static String row(StepRounds.Result result, int setting, MachineRates rates) {
    List<JsonObject> ours = result.tapewise();
    List<JsonObject> theirs = result.torch().get(setting);
    List<Double> images = all(ours, "images_per_second");
    List<Double> torchImages = all(theirs, "images_per_second");
    List<Double> memory = all(ours, "peak_rss_mb");
    List<Double> torchMemory = all(theirs, "peak_rss_mb");
    double multiplyAdds = 1e6 * ours.getFirst().get("mmacs_per_image").getAsDouble();
    double share = 6 * multiplyAdds * Spread.of(images).median() / (1e9 * rates.gflops());
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s | %s | **%s** | %s | %s | **%s** | %s | %.0f %% | %.6f and %.6f |",
        result.step().title(),
        result.settings().get(setting).title(),
        Spread.of(images).text(1),
        Spread.of(torchImages).text(1),
        Spread.ratio(images, torchImages).text(2),
        Spread.of(memory).text(0),
        Spread.of(torchMemory).text(0),
        Spread.ratio(memory, torchMemory).text(2),
        bytes(all(ours, "bytes_per_step")),
        100 * share,
        ours.getFirst().get("first_loss").getAsDouble(),
        theirs.getFirst().get("first_loss").getAsDouble());
  }

  private static List<Double> all(List<JsonObject> rounds, String field) {
    return rounds.stream().map(round -> round.get(field).getAsDouble()).toList();
  }

  /** Every round's, where they are not all 0. */
  private static String bytes(List<Double> values) {
    return values.stream().allMatch(value -> value == 0)
        ? "0"
        : String.join(
            ", ", values.stream().map(v -> String.format(Locale.ROOT, "%.0f", v)).toList());
  }
}
