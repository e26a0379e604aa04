package dev.tapewise.autodiff.mutants;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What became of the mistakes that were planted in a family. */
final class Findings {
  private static final int EXAMPLES = 2;

  private final Family family;
  private final int possible;
  private final List<String> examples = new ArrayList<>();
  private final List<Mutation> survivors = new ArrayList<>();
  private int byProperties;
  private int byTests;

  Findings(Family family, int possible) {
    this.family = family;
    this.possible = possible;
  }

  /** Whether the next failure is to be shrunk. */
  boolean wantsExample() {
    return examples.size() < EXAMPLES;
  }

  void addByProperty(Mutation mutation, String[] failure) {
    byProperties++;
    if (wantsExample()) {
      examples.add("- %s\n  - %s\n".formatted(mutation, String.join("\n  - ", failure)));
    }
  }

  void addByTest() {
    byTests++;
  }

  void addSurvivor(Mutation mutation) {
    survivors.add(mutation);
  }

  int planted() {
    return byProperties + byTests + survivors.size();
  }

  /** The survivors that nobody has explained. */
  List<String> open(Map<String, String> explained) {
    return survivors.stream().map(Mutation::key).filter(k -> !explained.containsKey(k)).toList();
  }

  /** A row of the page: only a mistake that changes a result can be found. */
  String row(Map<String, String> explained) {
    int same = survivors.size() - open(explained).size();
    return String.format(
        Locale.ROOT,
        "| %s | %d | %d | %d | %d | %d | %d | %.1f %% |",
        family.name(),
        possible,
        planted(),
        byProperties,
        byTests,
        same,
        survivors.size() - same,
        100.0 * (byProperties + byTests) / Math.max(1, planted() - same));
  }

  /** What a person looks through. */
  String details(Map<String, String> explained) {
    return "# %s\n\n%s\n\n## Survivors without an explanation\n\n%s\n\n## As it was printed\n\n%s\n"
        .formatted(
            family.name(),
            row(explained),
            String.join("\n", open(explained)),
            String.join("\n", examples));
  }
}
