package dev.tapewise.nn.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.autodiff.compile.Compiler;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the arenas of whole networks leave unused. */
final class PlannedMemoryTest {
  private static final int BATCH = 128;
  private static final double MOST_UNUSED = 1.01;
  private static final Pattern ARENA =
      Pattern.compile("arena ([0-9.]+) MB of which ([0-9.]+) MB live at once");

  @ParameterizedTest
  @MethodSource("dev.tapewise.nn.model.Models#names")
  void anArenaIsHardlyLargerThanWhatLivesAtOnce(String name) {
    Model model = Models.byName(name, 10, 1, name.endsWith("-cifar") ? 32 : 96);
    Tape tape = model.tape(true);
    Var logits = model.logits(tape, tape.input("images", model.imageShape(BATCH)));
    CompileOptions options =
        CompileOptions.of(logits.crossEntropy(tape.labels("labels", BATCH), 0));
    for (CompileOptions way : List.of(options, options.checkpoint())) {
      Matcher sizes = ARENA.matcher(Compiler.plan(tape, way).describe());
      assertThat(sizes.find()).isTrue();
      double live = Double.parseDouble(sizes.group(2));
      assertThat(Double.parseDouble(sizes.group(1)))
          .as(sizes.group())
          .isBetween(live, MOST_UNUSED * live);
    }
  }
}
