package dev.tapewise.autodiff.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The page docs/mutants.md: a row for each family, written by the runs of {@link MutantsTest}. */
final class MutantsPage {
  private static final Path PAGE = Path.of("..", "docs", "mutants.md");
  private static final String HEAD =
      """
      # Planted mistakes: who finds them

      A test that cannot fail proves nothing, so mistakes are planted in the kernels and ops, one at a time: a wrong sign, a
      missing factor or divisor, one row more or less, the first dropped, a minimum for a maximum, a condition turned round.
      Then the properties of [all ops](ops.md) are tried on a few small cases, and where they all hold, the other tests of the
      family run. Mistakes in scalar twins, in what both twins share and in ops are tried on the scalar twins, those in vector
      kernels at the machine's vector width. A mutant that does not end within three minutes counts as found.

      *Possible* are all mistakes that fit the text of a family's files; *planted* is a fixed sample of those that compile. *No
      change* are survivors that give the same results, listed with their reasons in
      [survivors.txt](../autodiff/src/test/resources/mutants/survivors.txt). Any other survivor fails the run, until a test
      finds it. *Found* is the share of mistakes that change a result.

      Written by the run itself, one family or all:

      ```sh
      mvn -Dtapewise.quick test -Pmutants -Dtapewise.writeDocs -Dtapewise.mutants.family=pools
      ```

      | family | possible | planted | by properties | by other tests | no change | survived | found |
      |---|---|---|---|---|---|---|---|
      """;

  private MutantsPage() {}

  static void write(Family family, String row) throws IOException {
    List<String> old = Files.exists(PAGE) ? Files.readAllLines(PAGE) : List.of();
    String rows =
        Family.all().stream()
            .map(f -> f.equals(family) ? row : rowOf(f, old))
            .filter(r -> !r.isEmpty())
            .collect(Collectors.joining("\n"));
    Files.writeString(PAGE, HEAD + rows + "\n");
  }

  private static String rowOf(Family family, List<String> page) {
    return page.stream()
        .filter(line -> line.startsWith("| " + family.name() + " |"))
        .findFirst()
        .orElse("");
  }
}
