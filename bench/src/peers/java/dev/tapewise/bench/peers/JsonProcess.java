package dev.tapewise.bench.peers;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A process that prints lines of JSON. */
final class JsonProcess {
  private JsonProcess() {}

  /**
   * Runs a command to its end.
   *
   * @return the lines of its output that are JSON objects
   * @throws IOException if it fails or has none, with what it said
   */
  static List<JsonObject> run(List<String> command, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path said = Files.createTempFile("peers", ".log");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectError(said.toFile())
              .redirectInput(new File("/dev/null"));
      builder.environment().putAll(environment);
      Process process = builder.start();
      List<JsonObject> objects = new ArrayList<>();
      try (var out = process.inputReader()) {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
          if (line.startsWith("{")) {
            objects.add(JsonParser.parseString(line).getAsJsonObject());
          }
        }
      }
      int code = process.waitFor();
      if (code != 0 || objects.isEmpty()) {
        throw new IOException(
            "%s%nended with %d and said:%n%s"
                .formatted(String.join(" ", command), code, Files.readString(said).strip()));
      }
      return objects;
    } finally {
      Files.deleteIfExists(said);
    }
  }
}
