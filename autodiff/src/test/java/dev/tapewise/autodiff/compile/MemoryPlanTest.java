package dev.tapewise.autodiff.compile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class MemoryPlanTest {
  private static final int POSITIONS = 30;

  @Property
  void buffersOfOneTimeShareNothing(@ForAll("buffers") List<Buffer> buffers) {
    long size = MemoryPlan.place(buffers);
    for (int i = 0; i < buffers.size(); i++) {
      Buffer one = buffers.get(i);
      assertThat(one.offset()).isNotNegative();
      assertThat(one.offset() % 16).isEqualTo(0);
      for (Buffer other : buffers.subList(0, i)) {
        boolean together = one.from() <= other.to() && other.from() <= one.to();
        boolean apart = one.end() <= other.offset() || other.end() <= one.offset();
        assertThat(!together || apart).isTrue();
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
    assertThat(MemoryPlan.fewest(buffers)).isEqualTo(fullest);
  }

  @Property
  void placesDependOnTheBuffersAlone(@ForAll("buffers") List<Buffer> buffers) {
    List<Buffer> same =
        buffers.stream().map(b -> new Buffer("same", b.floats(), b.from(), b.to())).toList();
    MemoryPlan.place(buffers);
    MemoryPlan.place(same);
    assertThat(same.stream().map(Buffer::offset).toList())
        .isEqualTo(buffers.stream().map(Buffer::offset).toList());
  }

  /** Largest first, both ways to choose a gap need 8 or 9 where 7 live at once. */
  @Example
  void whatEndsOnTopIsPlacedFirst() {
    int[][] lives = {{3, 0, 2}, {3, 1, 6}, {1, 2, 5}, {2, 5, 11}, {3, 7, 10}};
    List<Buffer> buffers = new ArrayList<>();
    for (int[] life : lives) {
      buffers.add(new Buffer("value", 16L * life[0], life[1], life[2]));
    }
    assertThat(MemoryPlan.place(buffers)).isEqualTo(7 * 16);
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
