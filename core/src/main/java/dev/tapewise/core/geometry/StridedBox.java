package dev.tapewise.core.geometry;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A box of elements that lies in two tensors, with strides of its own in each: what a slice, a
 * permutation or one side of a padding moves from the one to the other.
 *
 * <p>It is walked in chunks that depend on shapes and the batch alone: rows of blocks, a block
 * being the three innermost axes, about in the order of the target. Axes that both tensors hold in
 * one piece are merged first. An axis along which the target stands still is walked innermost of
 * all: only {@code add} may meet one, and sums along it in order.
 */
public final class StridedBox {
  /** Elements of a chunk, about; no merged axis becomes longer. */
  private static final int CHUNK = 16 * 1024;

  /** The shortest run of floats that is worth a call. */
  private static final int RUN = 16;

  /**
   * An axis.
   *
   * @param size its number of entries, at least 1
   * @param from floats from one entry to the next in the source: negative runs back, 0 stands still
   * @param to floats from one entry to the next in the target
   */
  public record Axis(int size, int from, int to) {
    private Axis transposed() {
      return new Axis(size, to, from);
    }
  }

  private static final Axis SINGLE = new Axis(1, 0, 0);

  private final boolean batched;
  private final List<Axis> axes;
  private final int from;
  private final int to;
  private final Axis images;
  private final Axis[] outer;
  private final Axis[] still;
  private final Axis a;
  private final Axis b;
  private final Axis c;
  private final int rowsPerImage;
  private final int repeats;
  private final int parts;
  private final int rowsPerChunk;

  /**
   * A box.
   *
   * @param batched whether the first axis is the batch, of which as many are walked as are played
   * @param axes its axes, at least one
   * @param from where the box starts in the source
   * @param to where it starts in the target
   */
  public StridedBox(boolean batched, List<Axis> axes, int from, int to) {
    this.batched = batched;
    this.axes = List.copyOf(axes);
    this.from = from;
    this.to = to;
    this.images = batched ? axes.get(0) : SINGLE;
    List<Axis> walked = new ArrayList<>();
    List<Axis> kept = new ArrayList<>();
    for (Axis axis : axes.subList(batched ? 1 : 0, axes.size())) {
      if (axis.size() > 1) {
        (axis.to() == 0 ? kept : walked).add(axis);
      }
    }
    order(walked);
    while (walked.size() < 3) {
      walked.add(0, SINGLE);
    }
    int block = walked.size() - 3;
    this.a = walked.get(block);
    this.b = walked.get(block + 1);
    this.c = walked.get(block + 2);
    this.outer = walked.subList(0, block).toArray(new Axis[0]);
    this.still = kept.toArray(new Axis[0]);
    this.rowsPerImage = count(outer);
    this.repeats = count(still);
    long elements = (long) a.size() * b.size() * c.size() * repeats;
    this.parts = (int) Math.min(a.size() > 1 ? a.size() : b.size(), ceilDiv(elements, CHUNK));
    this.rowsPerChunk = (int) Math.max(1, CHUNK / elements);
  }

  /** By the target's strides, merged. */
  private static void order(List<Axis> walked) {
    walked.sort(Comparator.comparingInt(axis -> -Math.abs(axis.to())));
    for (int i = walked.size() - 1; i > 0; i--) {
      Axis inner = walked.get(i);
      Axis next = walked.get(i - 1);
      long size = (long) next.size() * inner.size();
      if (next.from() == inner.size() * inner.from()
          && next.to() == inner.size() * inner.to()
          && size <= CHUNK) {
        walked.set(i - 1, new Axis((int) size, inner.from(), inner.to()));
        walked.remove(i);
      }
    }
    if (walked.size() > 1) {
      chooseInner(walked, walked.size() - 1);
    }
  }

  /**
   * The innermost loop must be long, so a last axis of few entries makes room for the next one that
   * has many; and the axis that is contiguous in the source comes second to last, so that a
   * transposition uses every line it loads.
   */
  private static void chooseInner(List<Axis> walked, int last) {
    Axis inner = walked.get(last);
    for (int i = last - 1; i >= 0; i--) {
      Axis axis = walked.get(i);
      if (inner.size() < RUN && axis.size() >= RUN) {
        walked.add(walked.remove(i));
        return;
      }
      if (inner.size() >= RUN && Math.abs(inner.from()) != 1 && Math.abs(axis.from()) == 1) {
        walked.add(last - 1, walked.remove(i));
        return;
      }
    }
  }

  private static int count(Axis[] axes) {
    int n = 1;
    for (Axis axis : axes) {
      n = Math.multiplyExact(n, axis.size());
    }
    return n;
  }

  private static long ceilDiv(long n, int by) {
    return (n + by - 1) / by;
  }

  /** The same box with source and target exchanged. */
  public StridedBox transposed() {
    return new StridedBox(batched, axes.stream().map(Axis::transposed).toList(), to, from);
  }

  /** The number of chunks of a batch; chunks touch different elements of the target. */
  public int chunks(int batch) {
    int rows = rows(batch);
    return parts > 1 ? Math.multiplyExact(rows, parts) : Math.ceilDiv(rows, rowsPerChunk);
  }

  private int rows(int batch) {
    return batched ? Math.multiplyExact(batch, rowsPerImage) : rowsPerImage;
  }

  /** The first row of a chunk. */
  public int firstRow(int chunk) {
    return parts > 1 ? chunk / parts : chunk * rowsPerChunk;
  }

  /** The row behind the last of a chunk. */
  public int endRow(int chunk, int batch) {
    return parts > 1 ? chunk / parts + 1 : Math.min(rows(batch), (chunk + 1) * rowsPerChunk);
  }

  /** The first entry of {@link #a} in a chunk. */
  public int firstA(int chunk) {
    return a.size() > 1 ? part(a, chunk % parts) : 0;
  }

  /** The entry of {@link #a} behind the last of a chunk. */
  public int endA(int chunk) {
    return a.size() > 1 ? part(a, chunk % parts + 1) : 1;
  }

  /** The first entry of {@link #b} in a chunk. */
  public int firstB(int chunk) {
    return a.size() > 1 ? 0 : part(b, chunk % parts);
  }

  /** The entry of {@link #b} behind the last of a chunk. */
  public int endB(int chunk) {
    return a.size() > 1 ? b.size() : part(b, chunk % parts + 1);
  }

  private int part(Axis axis, int part) {
    return (int) ((long) axis.size() * part / parts);
  }

  /** Where a row starts in the source. */
  public int from(int row) {
    int rest = row % rowsPerImage;
    int at = from + row / rowsPerImage * images.from();
    for (int i = outer.length - 1; i >= 0; i--) {
      at += rest % outer[i].size() * outer[i].from();
      rest /= outer[i].size();
    }
    return at;
  }

  /** Where a row starts in the target. */
  public int to(int row) {
    int rest = row % rowsPerImage;
    int at = to + row / rowsPerImage * images.to();
    for (int i = outer.length - 1; i >= 0; i--) {
      at += rest % outer[i].size() * outer[i].to();
      rest /= outer[i].size();
    }
    return at;
  }

  /** How many elements of the source meet in one element of the target. */
  public int repeats() {
    return repeats;
  }

  /** How far the source moves for the repetition {@code repeat}. */
  public int repeat(int repeat) {
    int rest = repeat;
    int at = 0;
    for (int i = still.length - 1; i >= 0; i--) {
      at += rest % still[i].size() * still[i].from();
      rest /= still[i].size();
    }
    return at;
  }

  /**
   * Whether {@link #c} is a run of floats, long enough to be moved by one call, in both tensors.
   */
  public boolean hasRuns() {
    return c.from() == 1 && c.to() == 1 && c.size() >= RUN;
  }

  /** The outermost axis of a block. */
  public Axis a() {
    return a;
  }

  /** The axis of a block between {@link #a} and {@link #c}. */
  public Axis b() {
    return b;
  }

  /** The innermost axis of a block. */
  public Axis c() {
    return c;
  }

  @Override
  public String toString() {
    return "box of %s from %d to %d%s".formatted(axes, from, to, batched ? ", batched" : "");
  }
}
