package dev.tapewise.autodiff.compile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class MemoryPlanTest {
  private static final int POSITIONS = 30;

  @Property
  void buffersOfOneTimeShareNothing(@ForAll("buffers") List<Buffer> buffers) {
    long size = place(buffers);
    for (int i = 0; i < buffers.size(); i++) {
      Buffer one = buffers.get(i);
      assertThat(one.offset()).isNotNegative();
      assertThat(one.offset() % 16).isEqualTo(0);
      for (Buffer other : buffers.subList(0, i)) {
        boolean together = one.from() <= other.to() && other.from() <= one.to();
        boolean apart = one.end() <= other.offset() || other.end() <= one.offset();
        assertThat(!together || apart)
            .as("%d to %d beside %d to %d", one.offset(), one.end(), other.offset(), other.end())
            .isTrue();
      }
    }
    assertThat(size).isEqualTo(buffers.stream().mapToLong(Buffer::end).max().orElse(0));
  }

  @Property
  void fewestIsWhatLivesAtTheFullestPosition(@ForAll("buffers") List<Buffer> buffers) {
    long fullest =
        IntStream.range(0, POSITIONS)
            .mapToLong(position ->
                buffers.stream()
                    .filter(b -> b.from() <= position && position <= b.to())
                    .mapToLong(Buffer::floats)
                    .sum())
            .max()
            .orElse(0);
    assertThat(new MemoryPlan(buffers).fewest()).isEqualTo(fullest);
  }

  @Property
  void placesDependOnTheBuffersAlone(@ForAll("buffers") List<Buffer> buffers) {
    List<Buffer> same =
        buffers.stream().map(b -> new Buffer("same", b.floats(), b.from(), b.to())).toList();
    place(buffers);
    place(same);
    assertThat(same).extracting(Buffer::offset).isEqualTo(offsets(buffers));
    place(same);
    assertThat(same).extracting(Buffer::offset).as("once more").isEqualTo(offsets(buffers));
  }

  /** The arena's floats. */
  private static long place(List<Buffer> buffers) {
    MemoryPlan plan = new MemoryPlan(buffers);
    plan.place();
    return plan.size();
  }

  private static List<Long> offsets(List<Buffer> buffers) {
    return buffers.stream().map(Buffer::offset).toList();
  }

  /** Largest first they need 9, where 7 live at once. */
  @Example
  void whatEndsOnTopIsPlacedFirst() {
    assertThat(sizeOf(new int[][] {{3, 0, 2}, {3, 1, 6}, {1, 2, 5}, {2, 5, 11}, {3, 7, 10}}))
        .isEqualTo(7);
  }

  /** In the smallest gaps no repair finds the 9 that live at once. */
  @Example
  void lowestGapsAreTriedAsWell() {
    int[][] lives = {
      {3, 0, 2}, {2, 0, 10}, {2, 2, 4}, {2, 2, 8}, {1, 4, 10}, {2, 5, 8}, {2, 8, 10}, {3, 10, 11}
    };
    assertThat(sizeOf(lives)).isEqualTo(9);
  }

  /** The arena for buffers of a size, from a position to another. */
  private static long sizeOf(int[][] lives) {
    return place(Arrays.stream(lives).map(b -> new Buffer("any", 16L * b[0], b[1], b[2])).toList())
        / 16;
  }

  @Provide
  Arbitrary<List<Buffer>> buffers() {
    Arbitrary<Long> floats = Arbitraries.longs().between(0, 200);
    Arbitrary<Integer> position = Arbitraries.integers().between(0, POSITIONS - 1);
    return Combinators.combine(floats, position, position)
        .as((size, one, other) ->
            new Buffer("any", size, Math.min(one, other), Math.max(one, other)))
        .list()
        .ofMaxSize(25);
  }
}
