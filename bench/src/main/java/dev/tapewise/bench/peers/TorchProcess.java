package dev.tapewise.bench.peers;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Starts the programs of the profile {@code peers}, which are not part of other builds. */
final class TorchProcess {
  private static final String PACKAGE = "dev.tapewise.bench.torch.";
  private static final String NATIVES = "tapewise.peers.natives";

  private TorchProcess() {}

  /**
   * Runs a program with PyTorch.
   *
   * @param program the simple name of its main class
   * @param options of the JVM
   * @throws IOException if it fails, or if this machine or this build cannot run it
   */
  static List<JsonObject> run(
      String program,
      List<String> options,
      List<String> arguments,
      TorchSetting setting,
      int vectorBits)
      throws IOException, InterruptedException {
    Path natives = natives(program);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-modules");
    command.add("jdk.incubator.vector");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(options);
    command.add("-Dorg.bytedeco.javacpp.pathsFirst=true");
    command.add("-Dorg.bytedeco.javacpp.nopointergc=true");
    command.add("-Dorg.bytedeco.javacpp.maxbytes=0");
    command.add("-Dorg.bytedeco.javacpp.maxphysicalbytes=0");
    command.add("-Djava.library.path=" + natives.toAbsolutePath());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(PACKAGE + program);
    command.addAll(arguments);
    return Side.run(command, setting.environment(vectorBits));
  }

  private static Path natives(String program) throws IOException {
    String platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    if (!platform.toLowerCase(Locale.ROOT).equals("linux amd64")) {
      throw new IOException(
          "the profile peers has PyTorch for Linux on x86-64 only, and this is " + platform);
    }
    try {
      Class.forName(PACKAGE + program, false, TorchProcess.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IOException(
          "this build has no PyTorch. Build with -Ppeers, or run bench/peers, which does", e);
    }
    Path natives = Path.of(System.getProperty(NATIVES, "bench/target/peers/official"));
    if (!Files.isRegularFile(natives.resolve("libtorch_cpu.so"))) {
      throw new IOException(
          "there is no libtorch_cpu.so in %s. Run bench/peers, which unpacks it, or name the folder of another libtorch 2.7.1 with -D%s"
              .formatted(natives, NATIVES));
    }
    return natives;
  }
}
