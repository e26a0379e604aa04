package dev.tapewise.core.kernel.assembled;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When assembled code runs, and what is said when it cannot. */
@Timeout(60)
final class SupportTest {
  private static final int LANES = Avx2Assembler.LANES;

  /** Prints whether there are assembled kernels. */
  public static void main(String[] arguments) {
    System.out.println(AssembledKernels.ifSupported(LANES).isPresent());
  }

  @Test
  void aJvmWithoutNativeAccessIsToldWhatToStartItWith() throws Exception {
    boolean possible = AssembledKernels.ifSupported(LANES).isPresent();
    String said = inItsOwnJvm();
    assertThat(said).endsWith("false").doesNotContain("restricted method");
    if (possible) {
      assertThat(said).containsOnlyOnce("--enable-native-access=ALL-UNNAMED");
    }
  }

  @Test
  void aPropertyTurnsItOffWithoutAWord() throws Exception {
    assertThat(inItsOwnJvm("--enable-native-access=ALL-UNNAMED", "-Dtapewise.assembled=false"))
        .isEqualTo("false");
    assertThat(inItsOwnJvm("-Dtapewise.assembled=nein"))
        .contains("-Dtapewise.assembled=nein is neither true nor false");
  }

  @Test
  void vectorsOfAnotherWidthAreLeftToTheVectorApi() {
    assertThat(AssembledKernels.ifSupported(LANES / 2)).isEmpty();
  }

  @Test
  void memoryThatMayNotBeExecutedLeavesTheVectorApi() {
    assertThat(
            Support.orReport(() -> {
              throw new IllegalStateException("mprotect does not make memory executable");
            }))
        .isEmpty();
  }

  private static String inItsOwnJvm(String... options) throws Exception {
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
    command.add("-XX:+UseSerialGC");
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", path, SupportTest.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }
}
