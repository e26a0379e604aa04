package dev.tapewise.nn.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapewise.autodiff.Arena;
import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.core.Workers;
import dev.tapewise.nn.loss.CrossEntropy;
import dev.tapewise.nn.optim.Sgd;
import dev.tapewise.nn.train.TrainingStep;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the arenas of whole networks leave unused. */
final class PlannedMemoryTest {
  private static final int BATCH = 8;
  private static final double MOST_UNUSED = 1.01;
  private static final Pattern ARENA =
      Pattern.compile("arena ([0-9.]+) MB of which ([0-9.]+) MB live at once");

  @ParameterizedTest
  @MethodSource("dev.tapewise.nn.model.Models#names")
  void anArenaIsHardlyLargerThanWhatLivesAtOnce(String name) {
    Model model = Models.byName(name, 10, 0.5f, name.endsWith("-cifar") ? 32 : 96);
    for (UnaryOperator<CompileOptions> options :
        List.<UnaryOperator<CompileOptions>>of(o -> o, CompileOptions::checkpoint)) {
      try (Workers workers = new Workers(1)) {
        TrainingStep step =
            TrainingStep.compile(
                model,
                CrossEntropy.withSmoothing(0),
                Sgd.withMomentum(0.9f),
                BATCH,
                workers,
                new Arena(),
                options);
        Matcher sizes = ARENA.matcher(step.program().describe());
        assertThat(sizes.find()).isTrue();
        assertThat(Double.parseDouble(sizes.group(1)))
            .as(sizes.group())
            .isBetween(
                Double.parseDouble(sizes.group(2)),
                MOST_UNUSED * Double.parseDouble(sizes.group(2)));
      }
    }
  }
}
