package dev.tapewise.nn.data;

import com.google.common.collect.ImmutableList;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The folder that holds a data set's files, each of them plain or with {@code .gz} behind. */
final class DataFolder {
  private final Path folder;
  private final String dataSet;

  private DataFolder(Path folder, String dataSet) {
    this.folder = folder;
    this.dataSet = dataSet;
  }

  /** Looks for {@code firstFile} in the given folder and then in its usual subfolders. */
  static DataFolder find(
      Path given, String dataSet, ImmutableList<String> subfolders, String firstFile)
      throws IOException {
    List<Path> candidates = new ArrayList<>();
    candidates.add(given);
    for (String subfolder : subfolders) {
      candidates.add(given.resolve(subfolder));
    }
    for (Path candidate : candidates) {
      if (Files.exists(candidate.resolve(firstFile))
          || Files.exists(candidate.resolve(firstFile + ".gz"))) {
        return new DataFolder(candidate, dataSet);
      }
    }
    throw missing(dataSet, firstFile, candidates);
  }

  /** The path of a file, the plain one if both exist. */
  Path file(String name) throws IOException {
    Path plain = folder.resolve(name);
    if (Files.exists(plain)) {
      return plain;
    }
    Path zipped = folder.resolve(name + ".gz");
    if (Files.exists(zipped)) {
      return zipped;
    }
    throw missing(dataSet, name, List.of(folder));
  }

  private static FileNotFoundException missing(String dataSet, String file, List<Path> folders) {
    return new FileNotFoundException(
        "%s: no %s and no %s.gz in %s. Give the folder that holds the data set's files."
            .formatted(dataSet, file, file, folders));
  }
}
