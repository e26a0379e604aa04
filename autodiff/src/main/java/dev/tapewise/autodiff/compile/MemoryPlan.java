package dev.tapewise.autodiff.compile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Lays buffers out in one arena: the largest first, each into the smallest gap that holds it among
 * the buffers that live at the same time. While the arena is larger than what lives at once, the
 * buffer on top gets its place before all others, which then get theirs again; and if that is not
 * enough, all over again with the lowest gap in place of the smallest.
 *
 * <p>The smallest arena is NP-hard to find (dynamic storage allocation: Garey and Johnson 1979,
 * problem SR2), so this tries for a bounded time.
 */
final class MemoryPlan {
  /**
   * How often the buffer on top is placed first, for either gap: the networks of the zoo need up to
   * 111.
   */
  private static final int REPAIRS = 120;

  /** Pairs of buffers to look at for either gap, so that a long tape compiles in seconds. */
  private static final long MOST_PAIRS = 100_000_000;

  private final List<Buffer> buffers;
  private final long[] offsets;
  private final long fewest;
  private long size = Long.MAX_VALUE;

  MemoryPlan(List<Buffer> buffers) {
    this.buffers = buffers;
    offsets = new long[buffers.size()];
    fewest = fewest(buffers);
  }

  /** Which of the gaps that hold a buffer is taken. */
  private enum Gap {
    SMALLEST,
    LOWEST
  }

  private static long fewest(List<Buffer> buffers) {
    long[] change = new long[2 + buffers.stream().mapToInt(Buffer::to).max().orElse(0)];
    for (Buffer buffer : buffers) {
      change[buffer.from()] += buffer.floats();
      change[buffer.to() + 1] -= buffer.floats();
    }
    long live = 0;
    long most = 0;
    for (long more : change) {
      live += more;
      most = Math.max(most, live);
    }
    return most;
  }

  /** The floats that live at once where these are most: no arena is smaller. */
  long fewest() {
    return fewest;
  }

  /** The floats of the arena; {@code Long.MAX_VALUE} until all buffers have their place. */
  long size() {
    return size;
  }

  /** Places every buffer. */
  void place() {
    if (buffers.isEmpty()) {
      size = 0;
      return;
    }
    for (Gap gap : Gap.values()) {
      search(gap);
    }
    for (int i = 0; i < offsets.length; i++) {
      buffers.get(i).place(offsets[i]);
    }
  }

  private void search(Gap gap) {
    List<Buffer> order = new ArrayList<>(buffers);
    order.sort(Comparator.comparingLong(Buffer::floats).reversed());
    long most = Math.min(REPAIRS, MOST_PAIRS / ((long) order.size() * order.size()));
    for (int repairs = 0; size > fewest && repairs <= most; repairs++) {
      Buffer top = placeInOrder(order, gap);
      order.remove(top);
      order.addFirst(top);
    }
  }

  /** Places all, keeps that if it is the best yet, and returns the buffer that ends last. */
  private Buffer placeInOrder(List<Buffer> order, Gap gap) {
    List<Buffer> placed = new ArrayList<>(); // by offset
    Buffer top = order.getFirst();
    for (Buffer buffer : order) {
      long at = find(gap, buffer, placed);
      buffer.place(at);
      int i = placed.size();
      while (i > 0 && placed.get(i - 1).offset() > at) {
        i--;
      }
      placed.add(i, buffer);
      top = buffer.end() > top.end() ? buffer : top;
    }
    if (top.end() < size) {
      size = top.end();
      Arrays.setAll(offsets, i -> buffers.get(i).offset());
    }
    return top;
  }

  private static long find(Gap gap, Buffer buffer, List<Buffer> placed) {
    long end = 0;
    long best = -1;
    long bestSize = Long.MAX_VALUE;
    for (Buffer other : placed) {
      if (!other.overlaps(buffer)) {
        continue;
      }
      long size = other.offset() - end;
      if (size >= buffer.floats() && size < bestSize) {
        if (gap == Gap.LOWEST) {
          return end;
        }
        best = end;
        bestSize = size;
      }
      end = Math.max(end, other.end());
    }
    return best >= 0 ? best : end;
  }
}
