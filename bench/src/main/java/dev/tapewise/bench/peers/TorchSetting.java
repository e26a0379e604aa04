package dev.tapewise.bench.peers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How PyTorch runs.
 *
 * @param layout {@code nhwc} (channels_last) or {@code nchw}
 * @param allocator the library that replaces glibc's allocator, or null
 */
record TorchSetting(String layout, @Nullable Path allocator) {
  private static final String GLIBC = "-glibc";

  /** Kept pages and huge pages; without them every step faults hundreds of thousands of pages. */
  private static final String JEMALLOC =
      "oversize_threshold:0,dirty_decay_ms:-1,muzzy_decay_ms:-1,thp:always,metadata_thp:auto";

  /**
   * A setting by name: {@code nhwc} or {@code nchw}, with {@code -glibc} behind it for glibc's
   * allocator in spite of {@code allocator}.
   *
   * @throws IllegalArgumentException for another name, or if the allocator is not there
   */
  static TorchSetting of(String name, @Nullable Path allocator) {
    boolean glibc = name.endsWith(GLIBC);
    String layout = glibc ? name.substring(0, name.length() - GLIBC.length()) : name;
    if (!layout.equals("nhwc") && !layout.equals("nchw")) {
      throw new IllegalArgumentException(
          "\"%s\" is not a format. Choose from nhwc, nchw, nhwc-glibc, nchw-glibc".formatted(name));
    }
    if (allocator != null && !Files.isRegularFile(allocator)) {
      throw new IllegalArgumentException(
          ("there is no allocator library %s. Debian's package libjemalloc2 has libjemalloc.so.2;"
                  + " without --allocator PyTorch runs with glibc's")
              .formatted(allocator));
    }
    return new TorchSetting(layout, glibc ? null : allocator);
  }

  /** What the process needs to have in its environment before libtorch is loaded. */
  Map<String, String> environment(int vectorBits) {
    Map<String, String> environment = new HashMap<>();
    Path library = allocator;
    if (library != null) {
      environment.put("LD_PRELOAD", library.toAbsolutePath().toString());
      environment.put("MALLOC_CONF", JEMALLOC);
    }
    if (vectorBits == 256) {
      environment.put("ATEN_CPU_CAPABILITY", "avx2");
      environment.put("ONEDNN_MAX_CPU_ISA", "AVX2");
    }
    return environment;
  }

  String title() {
    Path library = allocator;
    return layout.toUpperCase(Locale.ROOT)
        + ", "
        + (library == null ? "glibc" : String.valueOf(library.getFileName()));
  }
}
