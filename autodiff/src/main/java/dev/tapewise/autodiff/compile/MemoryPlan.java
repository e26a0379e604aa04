package dev.tapewise.autodiff.compile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Lays buffers out in one arena: the largest first, each into the smallest gap that holds it among
 * the buffers that live at the same time (best fit over intervals).
 */
final class MemoryPlan {
  private MemoryPlan() {}

  /** Places every buffer; returns the floats of the arena. */
  static long place(List<Buffer> buffers) {
    List<Buffer> order = new ArrayList<>(buffers);
    order.sort(Comparator.comparingLong(Buffer::floats).reversed());
    List<Buffer> placed = new ArrayList<>(); // by offset
    long size = 0;
    for (Buffer buffer : order) {
      long at = gap(buffer, placed);
      buffer.place(at);
      size = Math.max(size, at + buffer.floats());
      int i = placed.size();
      while (i > 0 && placed.get(i - 1).offset() > at) {
        i--;
      }
      placed.add(i, buffer);
    }
    return size;
  }

  private static long gap(Buffer buffer, List<Buffer> placed) {
    long end = 0;
    long best = -1;
    long bestSize = Long.MAX_VALUE;
    for (Buffer other : placed) {
      if (!other.overlaps(buffer)) {
        continue;
      }
      long size = other.offset() - end;
      if (size >= buffer.floats() && size < bestSize) {
        best = end;
        bestSize = size;
      }
      end = Math.max(end, other.offset() + other.floats());
    }
    return best >= 0 ? best : end;
  }
}
