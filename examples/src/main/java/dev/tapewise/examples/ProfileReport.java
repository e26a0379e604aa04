package dev.tapewise.examples;

import dev.tapewise.core.Machine;
import dev.tapewise.nn.model.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A profile for people: as text and as a picture.
 *
 * @param stepMillis what a step takes that is not timed task by task
 */
record ProfileReport(
    Model model,
    int batch,
    int threads,
    double stepMillis,
    StepProfile profile,
    MachineRates rates) {
  private static final String COUNTED =
      """
      GFLOP/s: 2 per multiply-add of convolutions and linear layers, in the backward pass once per gradient.
      GB/s: every tensor that a pass reads or writes, once, wherever it lies: what is in cache moves faster than a copy.
      """;

  private String title() {
    return String.format(
        Locale.ROOT,
        "%s: a training step on %d images of %d × %d, %d thread%s",
        model.name(),
        batch,
        model.height(),
        model.width(),
        threads,
        threads == 1 ? "" : "s");
  }

  private String times() {
    return String.format(
        Locale.ROOT, "%.1f ms task by task, %.1f ms in one go", profile.millis(), stepMillis);
  }

  private String machine() {
    return String.format(
        Locale.ROOT,
        "this machine: %.0f GFLOP/s of multiply-adds in registers (%s), %.1f GB/s copying 64 MiB,"
            + " read and written",
        rates.gflops(),
        Machine.vectorBits() == 0 ? "scalar" : Machine.vectorBits() + " bits",
        rates.gigabytesPerSecond());
  }

  String text() {
    return """
    %s
    %s
    %s

    %s
    %s\
    """
        .formatted(title(), times(), machine(), ProfileTable.of(profile, rates), COUNTED.strip());
  }

  /** Draws the roofline; makes the folder where it is missing. */
  void draw(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    RooflinePicture.write(file, title(), times() + "; " + machine(), profile, rates);
  }
}
