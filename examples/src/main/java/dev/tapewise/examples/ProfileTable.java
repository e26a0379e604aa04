package dev.tapewise.examples;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A profile as text: what ops cost by kind, then layer by layer. */
final class ProfileTable {
  /** Layers below this share of the step are told together. */
  private static final double SMALL = 0.001;

  private final StepProfile profile;
  private final MachineRates rates;
  private final double total;
  private final StringBuilder text = new StringBuilder();

  private ProfileTable(StepProfile profile, MachineRates rates) {
    this.profile = profile;
    this.rates = rates;
    this.total = profile.millis();
  }

  static String of(StepProfile profile, MachineRates rates) {
    ProfileTable table = new ProfileTable(profile, rates);
    table.kinds();
    table.text.append(System.lineSeparator());
    table.layers();
    return table.text.toString();
  }

  private void kinds() {
    int[] row = {-24, -9, 9, 6, 9, 8, 7, 8};
    line(row, "kind", "pass", "ms", "share", "GFLOP/s", "of peak", "GB/s", "of copy");
    for (Cost cost : profile.byKind()) {
      line(
          row,
          cost.kind(),
          cost.pass().toString(),
          number(cost.millis()),
          percent(cost.millis() / total),
          gflops(cost),
          cost.multiplyAdds() == 0 ? "" : percent(cost.gflops() / rates.gflops()),
          gigabytes(cost),
          cost.bytes() == 0 ? "" : percent(cost.gigabytesPerSecond() / rates.gigabytesPerSecond()));
    }
  }

  private void layers() {
    Map<String, List<Cost>> layers = new LinkedHashMap<>();
    double small = 0;
    int smallCount = 0;
    int width = "layer".length();
    for (Cost cost : profile.costs()) {
      String name = cost.layer().isEmpty() ? cost.kind() : cost.layer() + " " + cost.kind();
      layers.computeIfAbsent(name, _ -> new ArrayList<>()).add(cost);
      width = Math.max(width, name.length());
    }
    int[] row = {-width, 12, 9, 7, 13, 9, 7, 6};
    line(row, "layer", "forward ms", "GFLOP/s", "GB/s", "backward ms", "GFLOP/s", "GB/s", "share");
    for (Map.Entry<String, List<Cost>> layer : layers.entrySet()) {
      double millis = layer.getValue().stream().mapToDouble(Cost::millis).sum();
      if (millis < SMALL * total) {
        small += millis;
        smallCount++;
        continue;
      }
      List<String> cells = new ArrayList<>(List.of(layer.getKey()));
      cells.addAll(cells(layer.getValue(), Cost.Pass.FORWARD));
      cells.addAll(cells(layer.getValue(), Cost.Pass.BACKWARD));
      cells.add(percent(millis / total));
      line(row, cells.toArray(String[]::new));
    }
    String others = smallCount + " others below " + percent(SMALL);
    line(row, others, "", "", "", "", "", "", percent(small / total));
  }

  /** A pass; an update stands where a backward pass would. */
  private static List<String> cells(List<Cost> costs, Cost.Pass pass) {
    for (Cost cost : costs) {
      if (cost.pass() == pass || (pass == Cost.Pass.BACKWARD && cost.pass() == Cost.Pass.UPDATE)) {
        return List.of(number(cost.millis()), gflops(cost), gigabytes(cost));
      }
    }
    return List.of("", "", "");
  }

  /** A row; columns of negative width stand at their left. */
  private void line(int[] widths, String... cells) {
    StringBuilder row = new StringBuilder();
    for (int i = 0; i < cells.length; i++) {
      String space = " ".repeat(Math.max(0, Math.abs(widths[i]) - cells[i].length()));
      row.append(i == 0 ? "" : " ");
      row.append(widths[i] < 0 ? cells[i] + space : space + cells[i]);
    }
    text.append(row.toString().stripTrailing()).append(System.lineSeparator());
  }

  private static String gflops(Cost cost) {
    return cost.multiplyAdds() == 0 ? "" : number(cost.gflops());
  }

  private static String gigabytes(Cost cost) {
    return cost.bytes() == 0 ? "" : number(cost.gigabytesPerSecond());
  }

  /** Three digits or more. */
  private static String number(double value) {
    int digits = value < 10 ? 2 : value < 100 ? 1 : 0;
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, share < 0.1 ? "%.1f%%" : "%.0f%%", 100 * share);
  }
}
