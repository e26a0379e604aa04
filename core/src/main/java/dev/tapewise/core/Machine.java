package dev.tapewise.core;

import org.jspecify.annotations.Nullable;

/**
 * What is known of the machine and of this JVM: vector width, cores, memory, collector. Read once.
 *
 * <p>The vector width follows the CPU. {@code -Dtapewise.vectorBits=} 128, 256 or 512 forces one, 0
 * the scalar twins; results have the same bits at every width. A width that the CPU lacks is
 * refused, since Java would emulate it at a thousandth of the speed, unless {@code
 * -Dtapewise.allowSlowVectors=true} asks for just that.
 */
public final class Machine {
  private static final String WIDTH = "tapewise.vectorBits";
  private static final String SLOW = "tapewise.allowSlowVectors";
  private static final int UNUSABLE = -1;

  private static final int BITS;
  private static final String PROBLEM;

  static {
    int preferred = preferredBits();
    String forced = System.getProperty(WIDTH);
    int bits = UNUSABLE;
    String problem = "";
    try {
      bits = choose(forced, preferred, Boolean.getBoolean(SLOW));
    } catch (IllegalStateException e) {
      // Kept for vectorBits(): thrown here it would hide in an ExceptionInInitializerError.
      problem = String.valueOf(e.getMessage());
    }
    BITS = bits;
    PROBLEM = problem;
    if (forced == null && preferred < 0) {
      System.getLogger(Machine.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "The Vector API is not there, so the slow scalar kernels run."
                  + " Start java with --add-modules jdk.incubator.vector");
    }
  }

  private Machine() {}

  /**
   * The vector width that kernels use: 128, 256 or 512 bits, or 0 for the scalar twins.
   *
   * @throws IllegalStateException if a width was forced that is malformed or not there
   */
  public static int vectorBits() {
    if (BITS == UNUSABLE) {
      throw new IllegalStateException(PROBLEM);
    }
    return BITS;
  }

  /** The cores that this JVM may use. */
  public static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** Bytes of memory that the machine, or the container, has; -1 if unknown. */
  public static long physicalMemory() {
    try {
      return Management.physicalMemory();
    } catch (LinkageError noManagement) {
      return -1;
    }
  }

  /** Bytes that the heap may grow to. */
  public static long maxHeap() {
    return Runtime.getRuntime().maxMemory();
  }

  /** The garbage collector: G1, Parallel, Serial, Z, Shenandoah, Epsilon, or "unknown". */
  public static String collector() {
    for (String name : new String[] {"G1", "Parallel", "Serial", "Z", "Shenandoah", "Epsilon"}) {
      if ("true".equals(vmOption("Use" + name + "GC"))) {
        return name;
      }
    }
    return "unknown";
  }

  /** All of it in one line. */
  public static String describe() {
    String vectors =
        switch (BITS) {
          case UNUSABLE -> "no usable vector width";
          case 0 -> "scalar kernels";
          default -> BITS + "-bit vectors";
        };
    return vectors
        + ", "
        + cores()
        + " cores, "
        + (physicalMemory() < 0 ? "unknown" : mebibytes(physicalMemory()))
        + " memory, heap up to "
        + mebibytes(maxHeap())
        + ", "
        + collector()
        + " collector, "
        + Slab.describeAlignment();
  }

  /** The value of a VM option, or null if unknown. */
  static @Nullable String vmOption(String name) {
    try {
      return Management.vmOption(name);
    } catch (LinkageError noManagement) {
      return null;
    }
  }

  /** The width that a property asks for on a machine that prefers another (-1: no Vector API). */
  static int choose(@Nullable String forced, int preferred, boolean allowSlow) {
    if (forced == null) {
      return Math.max(preferred, 0);
    }
    int bits =
        switch (forced) {
          case "0" -> 0;
          case "128" -> 128;
          case "256" -> 256;
          case "512" -> 512;
          default ->
              throw new IllegalStateException(
                  "-D%s=%s is not a vector width. Choose 0 (scalar kernels), 128, 256 or 512"
                      .formatted(WIDTH, forced));
        };
    if (bits > 0 && preferred < 0) {
      throw new IllegalStateException(
          "-D%s=%s needs the Vector API. Start java with --add-modules jdk.incubator.vector"
              .formatted(WIDTH, forced));
    }
    if (bits > Math.max(preferred, 0) && !allowSlow) {
      throw new IllegalStateException(
          "-D%s=%s is wider than this machine's %d-bit vectors and would run at a thousandth of the"
                  .formatted(WIDTH, forced, preferred)
              + " speed. Choose at most "
              + preferred
              + ", or add -D"
              + SLOW
              + "=true");
    }
    return bits;
  }

  static String mebibytes(long bytes) {
    return (bytes >> 20) + " MiB";
  }

  /**
   * The width that the JVM prefers, 0 where it has no vectors of 128 bits or more, -1 without the
   * Vector API. Asked by reflection so that this class loads without the module.
   */
  private static int preferredBits() {
    try {
      Object species =
          Class.forName("jdk.incubator.vector.FloatVector").getField("SPECIES_PREFERRED").get(null);
      Object bits =
          Class.forName("jdk.incubator.vector.VectorSpecies")
              .getMethod("vectorBitSize")
              .invoke(species);
      int width = bits instanceof Integer value ? value : 0;
      return width >= 512 ? 512 : width >= 256 ? 256 : width >= 128 ? 128 : 0;
    } catch (ReflectiveOperationException | LinkageError noVectorApi) {
      return -1;
    }
  }
}
