package dev.tapewise.core.kernel.assembled;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Where assembled code can run: Linux on x86-64, a processor with AVX2 and FMA and kernels on
 * 256-bit vectors, or one with AVX-512F and kernels on 512-bit vectors, and a JVM that grants
 * native access. {@code -Dtapewise.assembled=false} turns it off.
 */
final class Support {
  private static final String PROPERTY = "tapewise.assembled";
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final String FLAGS = "flags";

  /** What the processor must have, by the floats of a vector. */
  private static final Map<Integer, List<String>> NEEDED =
      Map.of(
          Avx2Assembler.LANES, List.of("avx2", "fma"), Avx512Assembler.LANES, List.of("avx512f"));

  private static final System.Logger LOG = System.getLogger(AssembledKernels.class.getName());

  private Support() {}

  /** Whether everything is given; says in one line if nothing but native access is missing. */
  static boolean given(int lanes) {
    if (!wanted() || !linuxOnX64() || !processorHas(lanes)) {
      return false;
    }
    Module module = Support.class.getModule();
    if (!module.isNativeAccessEnabled()) {
      LOG.log(
          System.Logger.Level.INFO,
          "All kernels run on the Vector API. For assembled kernels, which are faster, start"
              + " java with --enable-native-access="
              + (module.isNamed() ? module.getName() : "ALL-UNNAMED"));
      return false;
    }
    return true;
  }

  /** The kernels; empty, with one line, where the system refuses executable memory. */
  static Optional<AssembledKernels> orReport(Supplier<AssembledKernels> kernels) {
    try {
      return Optional.of(kernels.get());
    } catch (IllegalStateException | UnsupportedOperationException | LinkageError e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "All kernels run on the Vector API, since assembled code cannot be loaded: "
              + e.getMessage());
      return Optional.empty();
    }
  }

  private static boolean wanted() {
    String value = System.getProperty(PROPERTY, "true");
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new IllegalStateException(
              "-D%s=%s is neither true nor false".formatted(PROPERTY, value));
    };
  }

  private static boolean linuxOnX64() {
    return System.getProperty("os.name", "").equals("Linux")
        && System.getProperty("os.arch", "").equals("amd64");
  }

  /** Asks the kernel, which lists only what it also keeps across a switch of threads. */
  private static boolean processorHas(int lanes) {
    List<String> needed = NEEDED.get(lanes);
    if (needed == null) {
      return false;
    }
    try (Stream<String> lines = Files.lines(PROCESSORS, StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.startsWith(FLAGS))
          .findFirst()
          .map(line -> List.of(line.split("\\s+")).containsAll(needed))
          .orElse(false);
    } catch (IOException unreadable) {
      return false;
    }
  }
}
