package dev.tapewise.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SlabTest {

  @Test
  void aSlabHoldsItsFloatsBehindTheBase() {
    for (long floats : new long[] {0, 1, 1000, 3 << 20}) {
      Slab slab = Slab.allocate(floats);
      assertThat(slab.size()).isEqualTo(floats);
      assertThat((long) slab.array().length).isGreaterThanOrEqualTo(slab.base() + floats);
      if (!slab.lineAligned()) {
        assertThat(slab.base()).isZero();
      }
    }
  }

  @Test
  void g1PromisesLinesForArraysOverHalfARegion() {
    int region = 1 << 20;
    int half = region / 2 / Float.BYTES;
    assertThat(Slab.startsOnLine(half - 4, 16, 8, region)).isFalse();
    assertThat(Slab.startsOnLine(half - 3, 16, 8, region)).isTrue();
    assertThat(Slab.startsOnLine(half - 3, 12, 8, region)).isFalse();
    assertThat(Slab.startsOnLine(1 << 29, 16, 8, 32 << 20)).isTrue();
  }

  @Test
  void alignedObjectsPromiseLinesForEveryArray() {
    assertThat(Slab.startsOnLine(0, 16, 64, 0)).isTrue();
    assertThat(Slab.startsOnLine(0, 16, 32, 0)).isFalse();
    assertThat(Slab.startsOnLine(0, 16, 128, 0)).isTrue();
  }

  @Test
  void nothingIsPromisedWhereTheHeaderIsUnknown() {
    assertThat(Slab.startsOnLine(1 << 29, 0, 64, 1 << 20)).isFalse();
  }

  @Test
  void aSlabThatNoArrayHoldsIsRefused() {
    assertThatThrownBy(() -> Slab.allocate(1L << 31))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2147483648")
        .hasMessageEndingWith("Use several slabs");
    assertThatThrownBy(() -> Slab.allocate(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aSlabThatTheHeapCannotHoldSaysWhatWouldHelp() {
    long floats = Integer.MAX_VALUE - 64;
    if (floats * Float.BYTES > Machine.maxHeap()) {
      assertThatThrownBy(() -> Slab.allocate(floats))
          .isInstanceOf(OutOfMemoryError.class)
          .hasMessageContaining("8191 MiB")
          .hasMessageContaining("-Xmx");
    }
  }
}
