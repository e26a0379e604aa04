package dev.tapewise.bench.peers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How PyTorch runs.
 *
 * @param title its name in tables
 * @param layout {@code nhwc} (channels_last) or {@code nchw}
 * @param allocator the library that replaces glibc's allocator, or null
 * @param vectorBits 256 to hold it to 256-bit vectors
 */
record TorchSetting(
    String title, String layout, @Nullable Path allocator, int threads, int vectorBits) {
  private static final String NATIVES = "tapewise.peers.natives";

  private static final int VECTOR_BITS = 256;

  /** Kept pages and huge pages; without them every step faults hundreds of thousands of pages. */
  private static final String JEMALLOC =
      "oversize_threshold:0,dirty_decay_ms:-1,muzzy_decay_ms:-1,thp:always";

  TorchSetting {
    if (vectorBits != 0 && vectorBits != VECTOR_BITS) {
      throw new IllegalArgumentException(
          "--vector-bits %d: PyTorch can be held to 256-bit vectors only. Choose 256, or leave it away"
              .formatted(vectorBits));
    }
    if (allocator != null && !Files.isRegularFile(allocator)) {
      throw new IllegalArgumentException(
          "--allocator: there is no library %s. Debian's package libjemalloc2 has libjemalloc.so.2"
              .formatted(allocator));
    }
  }

  /** PyTorch at its best, as far as there is an allocator. */
  static TorchSetting best(@Nullable Path allocator, int threads, int vectorBits) {
    String library = allocator == null ? "glibc" : String.valueOf(allocator.getFileName());
    return new TorchSetting(
        "PyTorch, channels_last, " + library, "nhwc", allocator, threads, vectorBits);
  }

  /** PyTorch as it comes. */
  static TorchSetting usual(int threads, int vectorBits) {
    return new TorchSetting("PyTorch, NCHW, glibc", "nchw", null, threads, vectorBits);
  }

  /**
   * What starts a program of this package with PyTorch.
   *
   * @param jvm options of the JVM
   */
  List<String> command(Class<?> program, List<String> jvm) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-modules=jdk.incubator.vector");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-XX:+DisplayVMOutputToStderr"); // where PyTorch crashed belongs to what it said
    command.addAll(jvm);
    if (vectorBits > 0) {
      command.add("-Dtapewise.vectorBits=" + vectorBits);
    }
    // PyTorch's own natives, not the preset's; memory is let go of by scopes, within no limit
    command.add("-Dorg.bytedeco.javacpp.pathsFirst=true");
    command.add("-Djava.library.path=" + System.getProperty(NATIVES));
    command.add("-Dorg.bytedeco.javacpp.nopointergc=true");
    command.add("-Dorg.bytedeco.javacpp.maxbytes=0");
    command.add("-Dorg.bytedeco.javacpp.maxphysicalbytes=0");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(program.getName());
    command.add("--layout=" + layout);
    command.add("--threads=" + threads);
    return command;
  }

  /** What must be in the environment before libtorch is loaded. */
  Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    if (allocator != null) {
      environment.put("LD_PRELOAD", allocator.toAbsolutePath().toString());
      environment.put("MALLOC_CONF", JEMALLOC);
    }
    if (vectorBits > 0) {
      environment.put("ATEN_CPU_CAPABILITY", "avx2");
      environment.put("ONEDNN_MAX_CPU_ISA", "AVX2");
    }
    return environment;
  }
}
