package dev.tapewise.autodiff.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/ops.md is what the registry gives. */
final class OpsPageTest {
  private static final Path PAGE = Path.of("..", "docs", "ops.md");
  private static final Pattern FIGURE = Pattern.compile("\\d\\.\\de[-+]\\d\\d|exact");
  private static final String STALE =
      "docs/ops.md is stale: an op, an option or an error has changed. Write it again with"
          + " mvn -q -Dtapewise.quick test -pl autodiff -am -Dtest=OpsPageTest"
          + " -Dtapewise.writeDocs and commit it";

  @Test
  void thePageIsFresh() throws IOException {
    String fresh = OpsPage.text();
    if (System.getProperty("tapewise.writeDocs") != null) {
      Files.writeString(PAGE, fresh);
    }
    String page = Files.readString(PAGE);
    assertThat(FIGURE.matcher(page).replaceAll("#"))
        .as(STALE)
        .isEqualTo(FIGURE.matcher(fresh).replaceAll("#"));
    List<Double> written = figures(page);
    List<Double> measured = figures(fresh);
    for (int i = 0; i < written.size(); i++) {
      // the definitions call Math.exp and the like, whose last bit depends on the platform
      double room = 0.1 * Math.max(written.get(i), measured.get(i)) + 1e-9;
      assertThat(written.get(i)).as(STALE).isCloseTo(measured.get(i), offset(room));
    }
  }

  private static List<Double> figures(String page) {
    return FIGURE
        .matcher(page)
        .results()
        .map(MatchResult::group)
        .map(figure -> figure.equals("exact") ? 0.0 : Double.parseDouble(figure))
        .toList();
  }
}
