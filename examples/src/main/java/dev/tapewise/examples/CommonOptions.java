package dev.tapewise.examples;

import dev.tapewise.core.Machine;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options of every command. */
final class CommonOptions {
  @Option(
      names = "--vector-bits",
      paramLabel = "BITS",
      description =
          "vector width: 128, 256 or 512, or 0 for plain loops (default: what the machine prefers)."
              + " Results have the same bits at every width")
  private @Nullable String vectorBits;

  @Option(names = "--verbose", description = "also say where in the program an error happened")
  private boolean verbose;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this help and exit")
  @SuppressWarnings("UnusedVariable") // picocli sets it and acts on it
  private boolean help;

  boolean verbose() {
    return verbose;
  }

  /**
   * The width is chosen when the first kernel is loaded, so the JVM must know it from its start:
   * the launcher sees to that, and this checks that it did.
   */
  void checkVectorBits(CommandSpec spec) {
    String asked = vectorBits;
    if (asked != null && !asked.matches("0|128|256|512")) {
      throw new ParameterException(
          spec.commandLine(),
          "--vector-bits %s is not a vector width. Choose 0 (plain loops), 128, 256 or 512"
              .formatted(asked));
    }
    int used;
    try {
      used = Machine.vectorBits();
    } catch (IllegalStateException e) {
      throw new ParameterException(
          spec.commandLine(),
          (asked == null ? "" : "--vector-bits " + asked + ": ") + e.getMessage(),
          e);
    }
    if (asked != null && Integer.parseInt(asked) != used) {
      throw new ParameterException(
          spec.commandLine(),
          ("--vector-bits %s came too late: this JVM was started for %d bits."
                  + " Use the launcher ./tapewise, or start java with -Dtapewise.vectorBits=%s")
              .formatted(asked, used, asked));
    }
  }
}
