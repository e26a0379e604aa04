package dev.tapewise.nn.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tapewise.nn.optim.OptimReference;
import org.junit.jupiter.api.Test;

final class ScheduleTest {
  private static final double ROUNDING = 1e-8;

  @Test
  void cosineIsPyTorchs() {
    compare("cosine", Cosine.from(0.1f), 50);
  }

  @Test
  void cosineWithALeastRateIsPyTorchs() {
    compare("cosine_short", Cosine.from(0.1f).to(0.001f), 20);
  }

  @Test
  void linearWarmUpThenCosineIsPyTorchs() {
    compare("warmup_then_cosine", Cosine.from(0.1f).withWarmUp(Span.steps(5)), 50);
  }

  private static void compare(String name, Schedule schedule, int steps) {
    double[] rates = OptimReference.numbers(OptimReference.schedule(name).getAsJsonArray("rates"));
    Horizon horizon = new Horizon(steps, 10);
    for (int step = 0; step < steps; step++) {
      assertThat((double) schedule.rate(step, horizon))
          .as("step %d", step)
          .isCloseTo(rates[step], within(ROUNDING));
    }
  }

  @Test
  void everyRateFollowsTheFormula() {
    Schedule schedule = Cosine.from(0.5f).to(0.01f).withWarmUp(Span.epochs(2));
    Horizon horizon = Horizon.ofEpochs(9, 101);
    for (int step = 0; step < 9 * 101; step++) {
      double wanted =
          step < 202
              ? 0.5 * (0.01 + 0.99 * step / 202)
              : 0.01f + (0.5 - 0.01f) * (1 + Math.cos(Math.PI * (step - 202) / 707)) / 2;
      assertThat((double) schedule.rate(step, horizon)).isCloseTo(wanted, within(3e-8));
    }
  }

  @Test
  void afterTheEndTheLeastRateStays() {
    Schedule schedule = Cosine.from(1).to(0.25f);
    assertThat(schedule.rate(10, new Horizon(10, 1))).isEqualTo(0.25f);
    assertThat(schedule.rate(1000, new Horizon(10, 1))).isEqualTo(0.25f);
  }

  @Test
  void aWarmUpBeyondTheEndOnlyRises() {
    Schedule schedule = Cosine.from(1).withWarmUp(Span.steps(100));
    Horizon horizon = new Horizon(10, 5);
    float before = -1;
    for (int step = 0; step < 10; step++) {
      float rate = schedule.rate(step, horizon);
      assertThat(rate).isGreaterThan(before);
      before = rate;
    }
  }

  @Test
  void constantIsConstant() {
    assertThat(Constant.of(0.3f).rate(77, new Horizon(100, 10))).isEqualTo(0.3f);
  }

  @Test
  void nonsenseIsRefusedWithItsValue() {
    assertThatThrownBy(() -> Cosine.from(Float.NaN)).hasMessageContaining("but is NaN");
    assertThatThrownBy(() -> Constant.of(-1)).hasMessageContaining("but is -1.0");
    assertThatThrownBy(() -> Span.steps(-2)).hasMessageContaining("steps but is -2");
    assertThatThrownBy(() -> new Horizon(0, 1)).hasMessageContaining("at least 1 step");
  }
}
