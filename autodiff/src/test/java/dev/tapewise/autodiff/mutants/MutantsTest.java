package dev.tapewise.autodiff.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plants mistakes in kernels and ops, one at a time, and looks whether the properties of ops find
 * them, else the other tests. Of each family the same ones are planted every time, until there are
 * enough of them or its time is over. Run by {@code -Pmutants}; what survives must stand in {@code
 * survivors.txt} with its reason.
 */
@EnabledIfSystemProperty(named = "tapewise.mutants", matches = "[0-9]+")
final class MutantsTest {
  private static final int PER_FAMILY = Integer.getInteger("tapewise.mutants", 0);
  private static final long MINUTES = Long.getLong("tapewise.mutants.minutes", 6);
  private static final String FAMILIES = System.getProperty("tapewise.mutants.family", "");
  private static final String ONLY = System.getProperty("tapewise.mutants.only", "");
  private static final Path REPORT =
      Path.of(System.getProperty("tapewise.mutants.report", "target/mutants.md"));

  @TempDir private Path folder;

  @Test
  void everyMistakeIsFoundOrExplained() throws Exception {
    Map<String, String> explained = explained();
    List<String> open = new ArrayList<>();
    StringBuilder report = new StringBuilder();
    for (Family family : Family.all()) {
      List<Mutation> mutations = family.mutations(ONLY);
      if (!family.name().contains(FAMILIES) || mutations.isEmpty()) {
        continue;
      }
      nothingFailsWithoutAMistake(family, mutations);
      Findings findings = plant(family, mutations);
      open.addAll(findings.open(explained));
      Files.writeString(REPORT, report.append(findings.details(explained)));
      if (System.getProperty("tapewise.writeDocs") != null) {
        MutantsPage.write(family, findings.row(explained));
      }
    }
    assertThat(open).as("survivors that survivors.txt does not explain").isEmpty();
  }

  private void nothingFailsWithoutAMistake(Family family, List<Mutation> mutations)
      throws Exception {
    try (MutantTrial trial = MutantTrial.ofNone(folder)) {
      for (boolean vectors : new boolean[] {false, true}) {
        if (mutations.stream().anyMatch(m -> Family.isVectorKernel(m.file()) == vectors)) {
          MutantTrial.useVectors(vectors);
          assertThat(trial.property(family.specs(), false)).as("%s", family).isEmpty();
          List<String> tests = family.tests(vectors);
          assertThat(trial.test(tests)).as("%s fail", tests).isFalse();
        }
      }
    }
  }

  private Findings plant(Family family, List<Mutation> mutations) throws Exception {
    Findings findings = new Findings(family, mutations.size());
    long end = System.nanoTime() + MINUTES * 60_000_000_000L;
    for (Mutation mutation : mutations) {
      if (findings.planted() == PER_FAMILY || System.nanoTime() > end) {
        break;
      }
      try (MutantTrial trial = MutantTrial.of(mutation, folder)) {
        if (!trial.compiles()) {
          continue;
        }
        String[] failure = trial.property(family.specs(), findings.wantsExample());
        if (failure.length > 0) {
          findings.addByProperty(mutation, failure);
        } else if (trial.test(family.tests(Family.isVectorKernel(mutation.file())))) {
          findings.addByTest();
        } else {
          findings.addSurvivor(mutation);
        }
      }
    }
    return findings;
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
}
