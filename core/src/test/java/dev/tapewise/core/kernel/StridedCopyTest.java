package dev.tapewise.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapewise.core.geometry.StridedBox;
import dev.tapewise.core.geometry.StridedBox.Axis;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Boxes drawn at random against one loop over their elements. */
class StridedCopyTest {
  private static final int[] SIZES = {1, 2, 3, 5, 16, 17, 40, 130};

  private final Random random = new Random(2);

  /** A drawn box and how large its tensors are. */
  private record Drawn(boolean batched, List<Axis> axes, int from, int to, int source, int target) {
    StridedBox box() {
      return new StridedBox(batched, axes, from, to);
    }
  }

  /** Axes in orders of their own in both tensors, with gaps, some mirrored or standing still. */
  private Drawn draw(boolean still) {
    boolean batched = random.nextBoolean();
    int rank = random.nextInt(1, 6) + (batched ? 1 : 0);
    int[] sizes = new int[rank];
    long elements = 1;
    for (int i = 0; i < rank; i++) {
      sizes[i] = SIZES[random.nextInt(SIZES.length)];
      while (elements * sizes[i] > 200_000) {
        sizes[i] = (sizes[i] + 1) / 2;
      }
      elements *= sizes[i];
    }
    int[] from = strides(sizes, batched);
    int[] to = strides(sizes, batched);
    int start = 0;
    int source = 1;
    int target = 1;
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      int kind = i == 0 && batched ? 0 : random.nextInt(5);
      source += (sizes[i] - 1) * from[i];
      if (kind == 1) {
        start += (sizes[i] - 1) * from[i];
        from[i] = -from[i];
      } else if (kind == 2) {
        from[i] = 0;
      } else if (kind == 3 && still) {
        to[i] = 0;
      }
      target += (sizes[i] - 1) * to[i];
      axes.add(new Axis(sizes[i], from[i], to[i]));
    }
    return new Drawn(batched, axes, start + 3, 5, source + 3, target + 5);
  }

  /** Strides of a tensor with its axes in any order but for the batch, and gaps here and there. */
  private int[] strides(int[] sizes, boolean batched) {
    List<Integer> order = new ArrayList<>();
    for (int i = batched ? 1 : 0; i < sizes.length; i++) {
      order.add(i);
    }
    if (random.nextBoolean()) {
      Collections.shuffle(order, random);
    }
    if (batched) {
      order.addFirst(0);
    }
    int[] strides = new int[sizes.length];
    int stride = 1;
    for (int axis : order.reversed()) {
      strides[axis] = stride;
      stride *= sizes[axis];
      stride += random.nextInt(4) == 0 ? 1 : 0;
    }
    return strides;
  }

  private interface Element {
    void move(int from, int to);
  }

  private static void each(Drawn d, int batch, int axis, int from, int to, Element element) {
    if (axis == d.axes().size()) {
      element.move(from, to);
      return;
    }
    Axis a = d.axes().get(axis);
    int size = axis == 0 && d.batched() ? batch : a.size();
    for (int i = 0; i < size; i++) {
      each(d, batch, axis + 1, from + i * a.from(), to + i * a.to(), element);
    }
  }

  private float[] integers(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(1, 17);
    }
    return values;
  }

  @Test
  void copiesAddsAndFillsWhatOneLoopWould() {
    for (int round = 0; round < 300; round++) {
      Drawn d = draw(false);
      StridedBox box = d.box();
      int batch = d.batched() ? random.nextInt(1, d.axes().get(0).size() + 1) : 1;
      float[] from = integers(d.source());
      float[] start = integers(d.target());
      float[] expected = start.clone();
      float[] added = start.clone();
      float[] filled = start.clone();
      each(
          d,
          batch,
          0,
          d.from(),
          d.to(),
          (f, t) -> {
            expected[t] = from[f];
            added[t] += from[f];
            filled[t] = 7;
          });
      float[] copy = start.clone();
      float[] add = start.clone();
      float[] fill = start.clone();
      for (int chunk = box.chunks(batch) - 1; chunk >= 0; chunk--) {
        StridedCopy.copy(copy, 0, from, 0, box, chunk, batch);
        StridedCopy.add(Kernels.preferred().elementwise(), add, 0, from, 0, box, chunk, batch);
        StridedCopy.fill(fill, 0, 7, box, chunk, batch);
      }
      assertThat(copy).as("copy of %s", box).isEqualTo(expected);
      assertThat(add).as("sum of %s", box).isEqualTo(added);
      assertThat(fill).as("fill of %s", box).isEqualTo(filled);
    }
  }

  /** Chunks come in any order and touch no element twice, so they may run at the same time. */
  @Test
  void whereTheTargetStandsStillElementsAreSummedInOneChunk() {
    for (int round = 0; round < 200; round++) {
      Drawn d = draw(true);
      StridedBox box = d.box();
      int batch = d.batched() ? d.axes().get(0).size() : 1;
      float[] from = integers(d.source());
      float[] expected = integers(d.target());
      float[] add = expected.clone();
      each(d, batch, 0, d.from(), d.to(), (f, t) -> expected[t] += from[f]);
      int[] chunkOf = new int[add.length];
      for (int chunk = box.chunks(batch) - 1; chunk >= 0; chunk--) {
        float[] before = add.clone();
        StridedCopy.add(Kernels.scalar().elementwise(), add, 0, from, 0, box, chunk, batch);
        for (int i = 0; i < add.length && add.length < 20_000; i++) {
          if (add[i] != before[i]) {
            assertThat(chunkOf[i]++).as("element %d of %s", i, box).isZero();
          }
        }
      }
      assertThat(add).as(box.toString()).isEqualTo(expected);
    }
  }

  @Test
  void aTransposedBoxMovesEverythingBack() {
    Drawn d =
        new Drawn(
            true,
            Arrays.asList(new Axis(3, 600, 700), new Axis(20, 30, 1), new Axis(30, 1, 20)),
            0,
            4,
            1800,
            2100);
    float[] from = integers(d.source());
    float[] to = new float[d.target()];
    float[] back = new float[d.source()];
    StridedBox transposed = d.box().transposed();
    for (int chunk = 0; chunk < d.box().chunks(3); chunk++) {
      StridedCopy.copy(to, 0, from, 0, d.box(), chunk, 3);
    }
    for (int chunk = 0; chunk < transposed.chunks(3); chunk++) {
      StridedCopy.copy(back, 0, to, 0, transposed, chunk, 3);
    }
    assertThat(back).isEqualTo(from);
  }
}
