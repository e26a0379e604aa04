package dev.tapewise.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import java.awt.Color;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;

/** A profile made by hand: sums, rates and where its dots stand. */
final class StepProfileTest {
  private static final MachineRates RATES = new MachineRates(100, 20);
  private static final StepProfile PROFILE =
      new StepProfile(
          ImmutableList.of(
              new Cost("a", "pointwise conv2d", Cost.Pass.FORWARD, 2, 50_000_000, 10_000_000),
              new Cost("b", "pointwise conv2d", Cost.Pass.FORWARD, 2, 10_000_000, 10_000_000),
              new Cost("b", "pointwise conv2d", Cost.Pass.BACKWARD, 5, 20_000_000, 10_000_000),
              new Cost("", "optimizer", Cost.Pass.UPDATE, 1, 0, 8_000_000)));

  @Test
  void costsOfAKindAddUpAndTheDearestComesFirst() {
    assertThat(PROFILE.millis()).isEqualTo(10);
    Cost forward = PROFILE.byKind().get(1);
    assertThat(PROFILE.byKind().get(0).pass()).isEqualTo(Cost.Pass.BACKWARD);
    assertThat(forward.millis()).isEqualTo(4);
    assertThat(forward.gflops()).isCloseTo(30, within(1e-9));
    assertThat(forward.gigabytesPerSecond()).isCloseTo(5, within(1e-9));
  }

  @Test
  void theTableSetsRatesBesideTheMachines() {
    assertThat(ProfileTable.of(PROFILE, RATES).lines())
        .contains(
            "pointwise conv2d         forward        4.00    40%      30.0      30%    5.00     "
                + " 25%",
            "optimizer                update         1.00    10%                       8.00     "
                + " 40%");
  }

  @Test
  void theLargestDotOfAColourStandsAtItsRateAndIntensity() {
    BufferedImage image = RooflinePicture.draw("title", "subtitle", PROFILE, RATES);
    LogAxes axes =
        new LogAxes(
            new java.awt.Rectangle(24 + 60, 64 + 40, 1400 - 3 * 24 - 300 - 80, 860 - 64 - 24 - 92),
            0.14,
            14,
            2,
            190);
    int at = image.getRGB((int) axes.x(10), (int) axes.y(50));
    assertThat(new Color(at).getBlue()).isGreaterThan(new Color(at).getRed() + 80);
  }
}
