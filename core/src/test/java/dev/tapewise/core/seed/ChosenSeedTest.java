package dev.tapewise.core.seed;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AddLifecycleHook;

@AddLifecycleHook(ChosenSeedTest.Chosen.class)
final class ChosenSeedTest {

  static final class Chosen extends ChosenSeed {
    Chosen() {
      super("some text");
    }

    /** Before the one of this run. */
    @Override
    public int aroundPropertyProximity() {
      return super.aroundPropertyProximity() - 1;
    }
  }

  @Property(tries = 1, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void aPropertyDrawsTheSameForTheSameText(@ForAll long drawn) {
    assertThat(drawn).isEqualTo(-8421115250951327446L);
  }

  @Property(tries = 1, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void anotherPropertyDrawsSomethingElse(@ForAll long drawn) {
    assertThat(drawn).isEqualTo(-8);
  }

  @Property(tries = 1, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF, seed = "42")
  void aSeedOfItsOwnStays(@ForAll long drawn) {
    assertThat(drawn).isEqualTo(-11304);
  }
}
