package dev.tapewise.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ScratchTest {
  private final Scratch scratch = new Scratch();

  @Test
  void buffersStartOnLinesAndAreGivenBackTogether() {
    scratch.reserve(40, 7);
    int first = scratch.take(5);
    int mark = scratch.mark();
    int intMark = scratch.intMark();
    assertThat(scratch.take(20)).isEqualTo(first + 16);
    assertThat(scratch.takeInts(7)).isZero();
    scratch.release(mark, intMark);
    assertThat(scratch.take(24)).isEqualTo(first + 16);
    assertThat(scratch.takeInts(1)).isZero();
  }

  @Test
  void noMoreIsGivenThanWasReservedEvenWhereThereIsRoom() {
    scratch.reserve(40, 7);
    scratch.reserve(20, 3);
    scratch.take(17);
    assertThat(scratch.capacity()).isGreaterThanOrEqualTo(40);
    assertThatThrownBy(() -> scratch.take(9))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("scratch of 40 floats cannot give 9 with 32 taken");
    assertThatThrownBy(() -> scratch.takeInts(8))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("scratch of 7 ints cannot give 8 with 0 taken");
    assertThatThrownBy(() -> scratch.reserve(50, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("scratch cannot grow while 32 floats are taken");
  }
}
