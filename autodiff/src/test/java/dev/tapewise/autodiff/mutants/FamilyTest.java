package dev.tapewise.autodiff.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapewise.autodiff.op.OpTrial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FamilyTest {

  @Test
  void everyFileInWhichAMistakeCanBePlantedHasAFamily() throws IOException {
    List<Path> without = new ArrayList<>();
    for (Path file : Family.sources()) {
      if (Family.all().stream().noneMatch(family -> family.has(file))
          && !Mutation.of(file, Files.readString(file)).isEmpty()) {
        without.add(file);
      }
    }
    assertThat(without).as("files that no line of Family names").isEmpty();
  }

  @Test
  void everyTestThatIsNamedExists() {
    for (Family family : Family.all()) {
      for (String test : family.tests(true)) {
        String file = test.replace('.', '/') + ".java";
        assertThat(List.of(Path.of("src/test/java", file), Path.of("../core/src/test/java", file)))
            .as(test)
            .anyMatch(Files::exists);
      }
    }
  }

  @Test
  void everySpecIsTriedForAFamily() {
    for (String name : OpTrial.names()) {
      assertThat(Family.all()).as(name).anyMatch(family -> name.matches(family.specs()));
    }
  }
}
