package dev.tapewise.bench.peers;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Steps as a Markdown table, a row per side.
 *
 * @param gflops what multiply-adds in registers reach
 */
record StepTable(double gflops) {
  /** Where PyTorch at its best is among the sides: behind those of Tapewise. */
  static final int BEST = 2;

  private static final int USUAL = 3;

  /** What it says, and its head. */
  String head(int rounds) {
    return """

    ## Training steps

    Forward, cross entropy, backward, SGD with momentum 0.9 and weight decay on all parameters, without dropout, from the \
    same weights on the same images. PyTorch: eager, float32, activations in place, fused SGD. Every measurement is a \
    process of its own: 5 s of warm-up (at least 3 steps; Tapewise goes on until its steps allocate nothing), then the \
    median step; sides alternate, %d round%s. Values are medians, with their range; ratios are of medians, with the range \
    round by round. Peak RSS is the whole process's, a JVM included on both sides. The share of the peak counts 6 \
    operations per multiply-add of the forward pass. Where a first loss is marked as another step, that PyTorch computes \
    something else than Tapewise and the other PyTorch: its times, and the ratios to it, are for what they are worth.

    | step | side | images/s | ÷ PyTorch, channels_last | ÷ PyTorch, NCHW | peak RSS, MB | ÷ PyTorch, channels_last | ÷ PyTorch, NCHW | of FMA peak | bytes per step | first loss |
    |---|---|---|---|---|---|---|---|---|---|---|
    """
        .formatted(rounds, rounds == 1 ? "" : "s");
  }

  /** A step's rows. */
  String rows(StepCase step, List<StepRounds.Result> results) {
    double expected = results.getFirst().all("first_loss").getFirst();
    double multiplyAdds = results.getFirst().all("mmacs_per_image").getFirst() * 1e6;
    StringBuilder rows = new StringBuilder();
    for (StepRounds.Result result : results) {
      boolean torch = results.indexOf(result) >= BEST;
      List<Double> images = result.all("images_per_second");
      List<Double> memory = result.all("peak_rss_mb");
      rows.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %s | %s | %s | %s | %s | %s | %.0f %% | %s | %s |%n",
              step.title(),
              result.side().title(),
              Spread.of(images).text(1),
              ratio(images, results.get(BEST).all("images_per_second")),
              ratio(images, results.get(USUAL).all("images_per_second")),
              Spread.of(memory).text(0),
              ratio(memory, results.get(BEST).all("peak_rss_mb")),
              ratio(memory, results.get(USUAL).all("peak_rss_mb")),
              100 * 6 * multiplyAdds * Spread.of(images).median() / (1e9 * gflops),
              torch ? "" : bytes(result.all("bytes_per_step")),
              loss(result.all("first_loss").getFirst(), expected)));
    }
    return rows.toString();
  }

  private static String loss(double loss, double expected) {
    String form = StepRounds.sameLoss(loss, expected) ? "%.6f" : "**%.6f: another step**";
    return String.format(Locale.ROOT, form, loss);
  }

  private static String ratio(List<Double> values, List<Double> others) {
    return values.equals(others) ? "1" : Spread.ratio(values, others).text(2);
  }

  /** Every round's, where they are not the same. */
  private static String bytes(List<Double> values) {
    return values.stream()
        .distinct()
        .map(value -> String.format(Locale.ROOT, "%.0f", value))
        .collect(Collectors.joining(", "));
  }
}
