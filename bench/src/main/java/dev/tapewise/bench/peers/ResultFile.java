package dev.tapewise.bench.peers;

import dev.tapewise.nn.io.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Where results go; earlier ones are never written over. */
final class ResultFile {
  private static final Path FOLDER = Path.of("bench", "results");

  private ResultFile() {}

  /** Today's file, such as {@code bench/results/2026-11-24-peers.md}. */
  static Path today(String what) {
    return FOLDER.resolve(LocalDate.now(ZoneOffset.UTC) + "-" + what + ".md");
  }

  /** The file itself where there is none yet, or the first free name with a number behind it. */
  static Path free(Path file) {
    String name = String.valueOf(file.getFileName());
    String stem = name.endsWith(".md") ? name.substring(0, name.length() - 3) : name;
    Path free = file;
    for (int i = 2; Files.exists(free); i++) {
      free = file.resolveSibling(stem + "-" + i + ".md");
    }
    return free;
  }

  static void write(Path file, String text) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(bytes));
  }
}
