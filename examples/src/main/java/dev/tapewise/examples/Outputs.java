package dev.tapewise.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a training writes. Checked before it begins, so that hours of work do not end at a missing
 * folder.
 *
 * @param weights the safetensors file
 * @param picture the PNG
 * @param report the JSON file, or null
 */
record Outputs(Path weights, Path picture, @Nullable Path report) {
  private static final String WEIGHTS = ".safetensors";

  /** From {@code --out}, a file of weights or a folder, which is made, and {@code --report}. */
  static Outputs prepare(Path out, String name, @Nullable Path report) throws IOException {
    Path weights = out.toString().endsWith(WEIGHTS) ? out : out.resolve(name + WEIGHTS);
    String file = String.valueOf(weights.getFileName());
    String stem = file.substring(0, file.length() - WEIGHTS.length());
    Path folder = weights.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
      if (!Files.isWritable(folder)) {
        throw new IOException(
            "the folder " + folder + " cannot be written to. Choose another --out");
      }
    }
    if (report != null) {
      Path parent = report.toAbsolutePath().getParent();
      if (parent != null && !Files.isDirectory(parent)) {
        throw new NoSuchFileException(parent + ", where --report should go");
      }
    }
    return new Outputs(weights, weights.resolveSibling(stem + ".png"), report);
  }
}
