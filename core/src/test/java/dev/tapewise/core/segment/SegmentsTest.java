package dev.tapewise.core.segment;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SegmentsTest {

  @Test
  void aHeldArrayHasOneSegment() {
    HeldArray<float[]> floats = HeldArray.of(new float[3]);
    HeldArray<int[]> ints = HeldArray.of(new int[5]);
    assertThat(Segments.of(floats.array()))
        .isSameAs(Segments.of(floats.array()))
        .isEqualTo(MemorySegment.ofArray(floats.array()));
    assertThat(Segments.of(ints.array()))
        .isSameAs(Segments.of(ints.array()))
        .isEqualTo(MemorySegment.ofArray(ints.array()));
  }

  @Test
  void anyOtherArrayHasASegmentToo() {
    float[] floats = new float[3];
    int[] ints = {};
    assertThat(Segments.of(floats)).isEqualTo(MemorySegment.ofArray(floats));
    assertThat(Segments.of(ints)).isEqualTo(MemorySegment.ofArray(ints));
  }

  @Test
  void whatIsKeptIsFoundAmongManyThatAreNot() {
    List<HeldArray<float[]>> kept = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      HeldArray<float[]> held = HeldArray.of(new float[1]);
      if (i % 20 == 0) {
        kept.add(held);
      }
    }
    System.gc();
    for (int i = 0; i < 20_000; i++) {
      HeldArray.of(new int[1]);
    }
    for (HeldArray<float[]> held : kept) {
      assertThat(Segments.of(held.array())).isSameAs(held.segment());
    }
  }

  @Test
  void theLastOfSeveralHoldersIsEnough() {
    float[] array = new float[1];
    WeakReference<HeldArray<float[]>> first = new WeakReference<>(HeldArray.of(array));
    HeldArray<float[]> second = HeldArray.of(array);
    awaitCollected(first);
    assertThat(Segments.of(array)).isSameAs(second.segment());
  }

  @Test
  void anArrayIsNotKeptForItsSegment() {
    WeakReference<float[]> array = new WeakReference<>(HeldArray.of(new float[1]).array());
    awaitCollected(array);
  }

  private static void awaitCollected(WeakReference<?> reference) {
    Instant end = Instant.now().plus(Duration.ofSeconds(20));
    while (!reference.refersTo(null) && Instant.now().isBefore(end)) {
      System.gc();
    }
    assertThat(reference.refersTo(null)).as("collected").isTrue();
  }
}
