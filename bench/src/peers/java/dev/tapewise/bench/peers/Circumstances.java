package dev.tapewise.bench.peers;

import dev.tapewise.core.Machine;
import dev.tapewise.examples.MachineRates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** On what and with what was measured, for the head of a table. */
final class Circumstances {
  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");
  private static final Path CACHE = Path.of("/sys/devices/system/cpu/cpu0/cache/index3/size");
  private static final long USUAL_CACHE = 32L << 20;

  private Circumstances() {}

  /** When, on what and with what. */
  static String text(MachineRates rates, int threads, String torch) {
    return String.format(
        Locale.ROOT,
        """
        # Tapewise beside PyTorch, %d thread%s, %tF %<tR UTC

        %s, %d cores, %s, %d MiB of last-level cache; %s %s; JDK %s (%s).
        %.0f GFLOP/s of multiply-adds in registers, %.1f GB/s copying 64 MiB (read and written).
        Tapewise at commit %s, %d-bit vectors. PyTorch %s.
        """,
        threads,
        threads == 1 ? "" : "s",
        ZonedDateTime.now(ZoneOffset.UTC),
        cpuInfo("model name"),
        Machine.cores(),
        instructions(),
        cacheBytes() >> 20,
        System.getProperty("os.name"),
        System.getProperty("os.version"),
        System.getProperty("java.version"),
        System.getProperty("java.vendor"),
        rates.gflops(),
        rates.gigabytesPerSecond(),
        commit(),
        Machine.vectorBits(),
        torch);
  }

  /** Bytes of the last-level cache; a guess where the system does not tell. */
  static long cacheBytes() {
    try {
      String size = Files.readString(CACHE).strip();
      return Long.parseLong(size.replace("K", "")) << 10;
    } catch (IOException | NumberFormatException unknown) {
      return USUAL_CACHE;
    }
  }

  private static String instructions() {
    List<String> flags = List.of(cpuInfo("flags").split(" ", -1));
    return flags.contains("avx512f") ? "AVX-512" : flags.contains("avx2") ? "AVX2" : "no AVX2";
  }

  private static String cpuInfo(String field) {
    try {
      for (String line : Files.readAllLines(PROCESSOR)) {
        if (line.startsWith(field)) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
    } catch (IOException notLinux) {
      return "unknown";
    }
    return "unknown";
  }

  /** The commit of the checkout, "+" where files were changed since. */
  private static String commit() {
    try {
      Process git = new ProcessBuilder("git", "describe", "--always", "--dirty=+").start();
      String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return git.waitFor(10, TimeUnit.SECONDS) && !said.isEmpty() ? said : "unknown";
    } catch (IOException noGit) {
      return "unknown";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "unknown";
    }
  }
}
