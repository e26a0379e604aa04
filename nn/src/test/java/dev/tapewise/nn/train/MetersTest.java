package dev.tapewise.nn.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class MetersTest {

  @Test
  void averageWeighsByCount() {
    Average average = new Average();
    assertThat(average.mean()).isNaN();
    average.add(1, 3);
    average.add(5, 1);
    assertThat(average.mean()).isEqualTo(2);
    average.reset();
    assertThat(average.mean()).isNaN();
  }

  @Test
  void accuracyTakesTheFirstOfEqualLogitsAndNoRowWithNan() {
    Accuracy accuracy = new Accuracy();
    float[] logits = {
      9, 1, 2, 3, // class 2 after the offset
      5, 5, 0, // first of equal ones
      Float.NaN, 1, 0, // no class
      -3, -2, -1
    };
    float[] labels = {2, 0, 1, 0};
    assertThat(accuracy.add(logits, 1, labels, 0, 4, 3)).isEqualTo(2);
    assertThat(accuracy.value()).isEqualTo(0.5);
    assertThat(accuracy.images()).isEqualTo(4);
  }

  @Test
  void aRunIsWarmAfterAHundredQuietSteps() {
    WarmAllocation allocation = new WarmAllocation(1000);
    allocation.step(5_000_000);
    for (int i = 0; i < WarmAllocation.QUIET_STEPS; i++) {
      allocation.step(0);
    }
    assertThat(allocation.warmSteps()).isZero();
    assertThat(allocation.bytesPerStep()).isEqualTo(-1);
    allocation.step(0);
    allocation.step(50);
    assertThat(allocation.warmSteps()).isEqualTo(2);
    assertThat(allocation.bytesPerStep()).isEqualTo(25);
  }

  @Test
  void aRunIsWarmAfterHalfItsStepsAtTheLatest() {
    WarmAllocation allocation = new WarmAllocation(10);
    for (int i = 0; i < 10; i++) {
      allocation.step(100);
    }
    assertThat(allocation.warmSteps()).isEqualTo(5);
    assertThat(allocation.bytesPerStep()).isEqualTo(100);
  }

  @Test
  void unknownBytesStayUnknown() {
    WarmAllocation allocation = new WarmAllocation(2);
    allocation.step(0);
    allocation.step(-1);
    assertThat(allocation.bytesPerStep()).isEqualTo(-1);
  }
}
