package dev.tapewise.core.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PoolAxisTest {

  private static List<Integer> starts(PoolAxis axis) {
    List<Integer> starts = new ArrayList<>();
    for (int o = 0; o < axis.windows(); o++) {
      starts.add(axis.first(o));
    }
    return starts;
  }

  @Test
  void ceilModeAddsTheWindowThatReachesTheEnd() {
    assertThat(PoolAxis.windows(6, 3, 2, 1, 0, 0, false).windows()).isEqualTo(2);
    PoolAxis up = PoolAxis.windows(6, 3, 2, 1, 0, 0, true);
    assertThat(up.windows()).isEqualTo(3);
    assertThat(up.end(2)).isEqualTo(6);
    assertThat(up.padded(2)).isEqualTo(2);
  }

  @Test
  void ceilModeDropsAWindowThatWouldStartBehindTheImage() {
    // 4 elements with 1 on both sides and a stride of 3: the third window would start at 5
    assertThat(PoolAxis.windows(4, 2, 3, 1, 1, 1, true).windows()).isEqualTo(2);
    assertThat(PoolAxis.windows(4, 2, 3, 1, 0, 1, true).windows()).isEqualTo(2);
  }

  @Test
  void thePaddingOfAWindowEndsWithThePadding() {
    PoolAxis axis = PoolAxis.windows(6, 3, 2, 1, 1, 1, true);
    assertThat(axis.windows()).isEqualTo(4);
    assertThat(List.of(axis.padded(0), axis.padded(2), axis.padded(3))).containsExactly(3, 3, 2);
  }

  @Test
  void adaptiveBinsFollowTheRuleOfFloorAndCeil() {
    PoolAxis axis = PoolAxis.adaptive(7, 3);
    assertThat(starts(axis)).containsExactly(0, 2, 4);
    assertThat(List.of(axis.end(0), axis.end(1), axis.end(2))).containsExactly(3, 5, 7);
    assertThat(starts(PoolAxis.adaptive(2, 5))).containsExactly(0, 0, 0, 1, 1);
    assertThat(PoolAxis.adaptive(1 << 20, 4096).end(4095)).isEqualTo(1 << 20);
  }

  @Test
  void textsCarryTheValues() {
    assertThatThrownBy(() -> PoolAxis.windows(4, 2, 0, 1, 0, 0, false))
        .hasMessage(
            "window, stride and dilation must be at least 1: window 2, stride 0, dilation 1");
    assertThatThrownBy(() -> PoolAxis.windows(4, 2, 1, 1, 2, 0, false))
        .hasMessage("padding must be smaller than the window of 2: 2 before, 0 after");
    assertThatThrownBy(() -> PoolAxis.windows(4, 2, 1, 1, 0, -1, false))
        .hasMessage("padding must not be negative: 0 before, -1 after");
    assertThatThrownBy(() -> PoolAxis.windows(1, 3, 1, 1, 1, 0, false))
        .hasMessage("a window of 3 does not fit into 1, padded by 1 and 0");
    assertThatThrownBy(() -> PoolAxis.windows(0, 1, 1, 1, 0, 0, false))
        .hasMessage("a pool needs an image, got an axis of 0");
    assertThatThrownBy(() -> PoolAxis.windows(1, 2, 1, 2, 1, 1, false))
        .hasMessage(
            "window 0 of 2, dilated by 2, holds only padding of 1 elements padded by 1 and 1");
    assertThatThrownBy(() -> PoolAxis.adaptive(4, 0))
        .hasMessage("an adaptive pool needs sizes of at least 1, got 4 to 0");
    assertThatThrownBy(() -> PoolWindows.of(5, 2).over(4, 4, 1))
        .hasMessage("rows: a window of 5 does not fit into 4, padded by 0 and 0");
    assertThatThrownBy(() -> PoolWindows.of(2, 5).over(4, 4, 1))
        .hasMessage("columns: a window of 5 does not fit into 4, padded by 0 and 0");
    assertThatThrownBy(() -> PoolWindows.of(2).over(4, 4, 0))
        .hasMessage("a pool needs channels, got 0");
    assertThat(PoolAxis.windows(6, 3, 2, 2, 1, 0, true))
        .hasToString("6 in windows of 3 every 2, padded by 1 and 0, dilated by 2, ceil mode");
    assertThat(PoolAxis.adaptive(6, 4)).hasToString("6 to 4");
  }

  @Test
  void windowsKeepTheirOptionsApart() {
    PoolWindows w =
        PoolWindows.of(3, 2)
            .withStride(2, 1)
            .withDilation(1, 2)
            .withPadding(Padding.of(1, 0, 2, 1))
            .withCeilMode();
    assertThat(w).isEqualTo(new PoolWindows(3, 2, 2, 1, 1, 2, Padding.of(1, 0, 2, 1), true));
    PoolGeometry g = w.over(6, 7, 4);
    assertThat(g.rows()).hasToString("6 in windows of 3 every 2, padded by 1 and 0, ceil mode");
    assertThat(g.columns())
        .hasToString("7 in windows of 2 every 1, padded by 2 and 1, dilated by 2, ceil mode");
    assertThat(g.dilated()).isTrue();
  }

  /** Windows that hold an element lie between the two that the axis names, whatever the options. */
  @Property
  void everyWindowIsFoundFromItsElements(
      @ForAll @IntRange(min = 1, max = 12) int size,
      @ForAll @IntRange(min = 1, max = 5) int window,
      @ForAll @IntRange(min = 1, max = 4) int stride,
      @ForAll @IntRange(min = 1, max = 3) int dilation,
      @ForAll @IntRange(min = 0, max = 4) int before,
      @ForAll @IntRange(min = 0, max = 4) int after,
      @ForAll boolean ceilMode) {
    PoolAxis axis;
    try {
      axis = PoolAxis.windows(size, window, stride, dilation, before, after, ceilMode);
    } catch (IllegalArgumentException e) {
      Assume.that(false);
      return;
    }
    for (int o = 0; o < axis.windows(); o++) {
      int taps = 0;
      for (int k = 0; k < window; k++) {
        int element = o * stride - before + k * dilation;
        if (element >= 0 && element < size) {
          taps++;
          assertThat((element - axis.first(o)) % dilation).isZero();
          assertThat(element).isBetween(axis.first(o), axis.end(o) - 1);
          assertThat(o).isBetween(axis.firstWindow(element), axis.endWindow(element) - 1);
        }
      }
      assertThat(Math.ceilDiv(axis.end(o) - axis.first(o), dilation)).isEqualTo(taps);
    }
    assertThat((axis.windows() - 1) * stride - before).isLessThan(size);
  }
}
