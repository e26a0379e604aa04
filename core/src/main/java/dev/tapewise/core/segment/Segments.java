package dev.tapewise.core.segment;

import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The segments of arrays, for calls of native code. C2 makes a segment cost nothing where it sees
 * it end, which it does not promise: in one of some hundred processes the calls of a warm step
 * allocated 10 MB. Here nothing depends on it. Threads find a segment without a lock.
 *
 * <p>Arrays are found by identity, in a table of weak references with open addressing: who owns an
 * array keeps a {@link HeldArray} of it, and both may be collected together.
 */
public final class Segments {
  private static final int FEWEST = 64;

  private static volatile Table table = new Table(FEWEST);

  private Segments() {}

  /** The segment of an array; a new one if no {@link HeldArray} of it is kept. */
  public static MemorySegment of(float[] array) {
    MemorySegment held = table.find(array);
    return held == null ? MemorySegment.ofArray(array) : held;
  }

  /** The segment of an array; a new one if no {@link HeldArray} of it is kept. */
  public static MemorySegment of(int[] array) {
    MemorySegment held = table.find(array);
    return held == null ? MemorySegment.ofArray(array) : held;
  }

  static synchronized <T> HeldArray<T> hold(HeldArray<T> held) {
    if (table.isFull()) {
      table = table.withoutCollected();
    }
    table.add(new Slot(held));
    return held;
  }

  /** A place of the table, which stays taken when what it held is collected. */
  private static final class Slot extends WeakReference<HeldArray<?>> {
    final int hash;

    Slot(HeldArray<?> held) {
      super(held);
      hash = System.identityHashCode(held.array());
    }
  }

  /** Slots where the hash of their array says or behind it; a power of two, at most half taken. */
  private static final class Table {
    private final AtomicReferenceArray<@Nullable Slot> slots;
    private final int mask;
    private int taken;

    Table(int size) {
      slots = new AtomicReferenceArray<>(size);
      mask = size - 1;
    }

    @SuppressWarnings("ReferenceEquality") // the very same array
    @Nullable MemorySegment find(Object array) {
      int at = System.identityHashCode(array) & mask;
      for (Slot slot = slots.get(at); slot != null; slot = slots.get(at)) {
        HeldArray<?> held = slot.get();
        if (held != null && held.array() == array) {
          return held.segment();
        }
        at = (at + 1) & mask;
      }
      return null;
    }

    boolean isFull() {
      return 2 * taken == slots.length();
    }

    void add(Slot slot) {
      int at = slot.hash & mask;
      while (slots.get(at) != null) {
        at = (at + 1) & mask;
      }
      slots.set(at, slot);
      taken++;
    }

    /** A table with room for as many again as are left of this one, at least. */
    Table withoutCollected() {
      List<Slot> left = new ArrayList<>();
      for (int i = 0; i <= mask; i++) {
        Slot slot = slots.get(i);
        if (slot != null && !slot.refersTo(null)) {
          left.add(slot);
        }
      }
      Table cleared = new Table(Math.max(FEWEST, Integer.highestOneBit(8 * left.size())));
      left.forEach(cleared::add);
      return cleared;
    }
  }
}
