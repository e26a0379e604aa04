package dev.tapewise.core;

import dev.tapewise.core.segment.HeldArray;

/**
 * One large float storage on the heap. Tensors lie in it at {@link #base()} plus multiples of 16
 * floats, so each starts on a 64-byte line where the line of the base is known.
 *
 * <p>Objects move, so a line can only be promised where every place that the array may get has the
 * same line offset: under G1 an array larger than half a region starts at a region and stays there;
 * with {@code -XX:ObjectAlignmentInBytes=64} every object starts on a line. The base then skips the
 * floats between the array's header and the next line. Without a promise it is 0, which costs up to
 * a third of the speed of kernels bound by memory.
 */
public final class Slab {
  private static final int LINE = 64;
  private static final int HEADER = headerBytes();
  private static final int OBJECT_ALIGNMENT = intOption("ObjectAlignmentInBytes", 8);
  private static final int G1_REGION =
      "true".equals(Machine.vmOption("UseG1GC")) ? intOption("G1HeapRegionSize", 0) : 0;
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

  private final HeldArray<float[]> array;
  private final int base;
  private final long size;
  private final boolean lineAligned;

  private Slab(HeldArray<float[]> array, int base, long size, boolean lineAligned) {
    this.array = array;
    this.base = base;
    this.size = size;
    this.lineAligned = lineAligned;
  }

  /**
   * A slab of {@code floats} zeros.
   *
   * @throws IllegalArgumentException if one array cannot hold it
   * @throws OutOfMemoryError if the heap cannot; the text says what would help
   */
  public static Slab allocate(long floats) {
    int skip = HEADER == 0 ? 0 : (LINE - HEADER) / Float.BYTES;
    if (floats < 0 || floats > MAX_ARRAY - skip) {
      throw new IllegalArgumentException(
          "a slab holds 0 to %d floats, not %d. Use several slabs"
              .formatted(MAX_ARRAY - skip, floats));
    }
    boolean aligned = startsOnLine(floats + skip, HEADER, OBJECT_ALIGNMENT, G1_REGION);
    int base = aligned ? skip : 0;
    try {
      return new Slab(HeldArray.of(new float[(int) floats + base]), base, floats, aligned);
    } catch (OutOfMemoryError e) {
      OutOfMemoryError clearer =
          new OutOfMemoryError(
              "a slab of %s does not fit into the heap of at most %s. Raise -Xmx by that much"
                  .formatted(
                      Machine.mebibytes(floats * Float.BYTES),
                      Machine.mebibytes(Machine.maxHeap())));
      clearer.initCause(e);
      throw clearer;
    }
  }

  /**
   * The fewest floats that {@link #allocate} puts on a line where a longer slab would be: 0 where
   * every slab is or none can be.
   */
  static int fewestAligned() {
    return startsOnLine(0, HEADER, OBJECT_ALIGNMENT, 0) || HEADER == 0
        ? 0
        : G1_REGION / 2 / Float.BYTES;
  }

  /** The array that holds the slab; it is a little longer. */
  public float[] array() {
    return array.array();
  }

  /** Where the slab's first float lies in {@link #array()}. */
  public int base() {
    return base;
  }

  /** The number of floats. */
  public long size() {
    return size;
  }

  /** Whether the base is on a 64-byte line wherever the collector moves the array. */
  public boolean lineAligned() {
    return lineAligned;
  }

  /** What is promised about lines, for a report. */
  static String describeAlignment() {
    if (startsOnLine(0, HEADER, OBJECT_ALIGNMENT, 0)) {
      return "all slabs on 64-byte lines";
    }
    if (HEADER != 0 && G1_REGION > 0) {
      return "slabs over %d KiB on 64-byte lines".formatted(G1_REGION / 2048);
    }
    return "slabs not on 64-byte lines (use G1, or -XX:ObjectAlignmentInBytes=64)";
  }

  /**
   * Whether an array of {@code floats} starts on a line for good, so that its header's end is
   * known.
   */
  static boolean startsOnLine(long floats, int header, int objectAlignment, int g1Region) {
    if (header == 0) {
      return false;
    }
    // G1 calls an object humongous when it is larger than half a region.
    return objectAlignment % LINE == 0
        || (g1Region > 0 && header + floats * Float.BYTES > g1Region / 2);
  }

  /** Bytes before the first float of an array; 0 if unknown. */
  private static int headerBytes() {
    if ("true".equals(Machine.vmOption("UseCompactObjectHeaders"))) {
      return 12;
    }
    String compressed = Machine.vmOption("UseCompressedClassPointers");
    return compressed == null ? 0 : compressed.equals("true") ? 16 : 20;
  }

  private static int intOption(String name, int otherwise) {
    String value = Machine.vmOption(name);
    return value == null ? otherwise : Integer.parseInt(value);
  }
}
