package dev.tapewise.autodiff.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapewise.core.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Failures shrink to cases that a person reads. */
final class OpCaseTest {
  private static final OpSpecs.Spec SPEC =
      new OpSpecs.Spec(Clamp.class, "drawn", true, OpCaseTest::draw);

  private static OpSample draw(Draw d) {
    int rows = d.between(1, 9);
    int channels = d.channels();
    boolean wide = d.flag();
    return new OpSample(
        "rows %d channels %d wide %b".formatted(rows, channels, wide),
        List.of(d.batched(Shape.of(rows, channels))),
        (tape, v) -> v.get(0),
        v -> v[0]);
  }

  @Test
  void shrinkingEndsAtTheSmallestCaseThatStillFails() {
    for (long seed = 0; seed < 50; seed++) {
      OpCase worst = OpCase.any(SPEC, seed);
      if (!fails(worst)) {
        continue;
      }
      boolean smaller = true;
      while (smaller) {
        smaller = false;
        for (OpCase next : worst.simpler()) {
          if (fails(next)) {
            worst = next;
            smaller = true;
            break;
          }
        }
      }
      assertThat(worst.sample()).hasToString("rows 3 channels 5 wide false");
      assertThat(worst.line())
          .isEqualTo("new OpProof(OpCase.of(\"drawn\", %dL, 2, 4)).holds();".formatted(seed));
    }
  }

  private static boolean fails(OpCase drawn) {
    Shape s = drawn.sample().inputs().get(0).shape();
    return s.axis(0) >= 3 && s.axis(1) >= 5;
  }

  @Test
  void aReplayedCaseHasTheSameValues() {
    for (OpSpecs.Spec spec : OpSpecs.all()) {
      OpCase drawn = OpCase.any(spec, 5);
      String line = drawn.line();
      String[] list = line.substring(line.indexOf("5L") + 2, line.indexOf("))")).split(", ", -1);
      int[] choices = new int[list.length - 1];
      for (int i = 0; i < choices.length; i++) {
        choices[i] = Integer.parseInt(list[i + 1]);
      }
      OpCase again = OpCase.of(spec.name(), 5, choices);
      assertThat(again.line()).isEqualTo(line);
      for (int i = 0; i < drawn.sample().inputs().size(); i++) {
        assertThat(again.sample().inputs().get(i).values())
            .isEqualTo(drawn.sample().inputs().get(i).values());
      }
    }
  }

  @Test
  void anUnknownNameSaysSo() {
    assertThatThrownBy(() -> OpCase.of("nonsense", 1))
        .hasMessage("no op is named \"nonsense\" in OpSpecs");
  }
}
