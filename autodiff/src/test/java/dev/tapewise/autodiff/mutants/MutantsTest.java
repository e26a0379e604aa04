package dev.tapewise.autodiff.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plants mistakes in the scalar twins, in what both twins share, and in the ops, one at a time, and
 * looks whether the properties of ops find them, else the other tests. Run by {@code -Pmutants};
 * what survives must stand in {@code survivors.txt} with its reason.
 */
@EnabledIfSystemProperty(named = "tapewise.mutants", matches = "[0-9]+")
final class MutantsTest {
  private static final List<Path> FOLDERS =
      List.of(
          Path.of("../core/src/main/java/dev/tapewise/core/kernel/scalar"),
          Path.of("../core/src/main/java/dev/tapewise/core/kernel"),
          Path.of("src/main/java/dev/tapewise/autodiff/op"));

  private static final int PER_FILE = Integer.getInteger("tapewise.mutants", 0);
  private static final String ONLY = System.getProperty("tapewise.mutants.only", "");

  private static final String REPORT =
      System.getProperty("tapewise.mutants.report", "target/mutants.md");

  @TempDir private Path folder;

  private final Map<String, int[]> counts = new TreeMap<>();
  private final List<String> examples = new ArrayList<>();
  private final List<Mutation> survivors = new ArrayList<>();

  @Test
  void everyMistakeIsFoundOrExplained() throws Exception {
    Map<String, Set<String>> ops = MutantTrial.classesOfEachOp(folder);
    Map<String, Set<String>> tests = MutantTrial.classesOfEachTest(folder);
    for (Path source : sources()) {
      plant(source, ops, tests);
      Files.writeString(Path.of(REPORT), report());
    }
    Map<String, String> explained = explained();
    List<String> open = new ArrayList<>();
    for (Mutation survivor : survivors) {
      if (!explained.containsKey(survivor.key())) {
        open.add(survivor.key());
      }
    }
    assertThat(open).as("survivors that survivors.txt does not explain").isEmpty();
  }

  private static List<Path> sources() throws IOException {
    List<Path> all = new ArrayList<>();
    for (Path folder : FOLDERS) {
      try (Stream<Path> files = Files.list(folder)) {
        files
            .filter(f -> f.toString().endsWith(".java"))
            .filter(f -> f.toString().contains(ONLY))
            .sorted()
            .forEach(all::add);
      }
    }
    return all;
  }

  private static List<String> reaching(Map<String, Set<String>> reach, String type) {
    return reach.entrySet().stream()
        .filter(e -> e.getValue().contains(type))
        .map(Map.Entry::getKey)
        .toList();
  }

  private void plant(
      Path file, Map<String, Set<String>> opsReach, Map<String, Set<String>> testsReach)
      throws Exception {
    String source = Files.readString(file);
    String type = MutantTrial.typeOf(file, source);
    List<String> ops = reaching(opsReach, type);
    List<String> tests = reaching(testsReach, type);
    if (ops.isEmpty()) {
      return; // no op reaches it
    }
    int[] count = counts.computeIfAbsent(file.getFileName().toString(), f -> new int[4]);
    int planted = 0;
    for (Mutation mutation : Mutation.of(file, source)) {
      if (planted == PER_FILE) {
        break;
      }
      try (MutantTrial trial = MutantTrial.of(mutation, source, folder)) {
        if (!trial.compiles()) {
          continue;
        }
        planted++;
        count[0]++;
        String[] failure = trial.property(ops, count[1] < 2);
        if (failure.length > 0) {
          if (count[1]++ < 2) {
            examples.add(mutation + "\n  " + String.join("\n  ", failure));
          }
        } else if (trial.test(tests)) {
          count[2]++;
        } else {
          count[3]++;
          survivors.add(mutation);
        }
      }
    }
  }

  private static Map<String, String> explained() throws IOException {
    Map<String, String> reasons = new TreeMap<>();
    String reason = "";
    for (String line : Files.readAllLines(Path.of("src/test/resources/mutants/survivors.txt"))) {
      if (line.startsWith("# ")) {
        reason = line.substring(2);
      } else if (!line.isBlank()) {
        assertThat(reason).as("a reason stands above %s", line).isNotEmpty();
        reasons.put(line.strip(), reason);
      }
    }
    return reasons;
  }

  private String report() {
    int[] sum = new int[4];
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, int[]> e : counts.entrySet()) {
      int[] c = e.getValue();
      for (int i = 0; i < 4; i++) {
        sum[i] += c[i];
      }
      text.append("| %s | %d | %d | %d | %d |\n".formatted(e.getKey(), c[0], c[1], c[2], c[3]));
    }
    double rate = 100.0 * (sum[1] + sum[2]) / Math.max(1, sum[0]);
    String head =
        String.format(
            Locale.ROOT,
            "# Mutants%n%n%d planted, %d found by properties, %d by other tests, %d survived: %.1f"
                + " %% found%n%n| file | planted | by properties | by other tests | survived |%n"
                + "|---|---|---|---|---|%n",
            sum[0],
            sum[1],
            sum[2],
            sum[3],
            rate);
    StringBuilder tail = new StringBuilder("\n## Survivors\n\n");
    for (Mutation survivor : survivors) {
      tail.append(survivor.key()).append('\n');
    }
    tail.append("\n## What was found, as it was printed\n\n");
    for (String example : examples) {
      tail.append(example).append('\n');
    }
    return head + text + tail;
  }
}
