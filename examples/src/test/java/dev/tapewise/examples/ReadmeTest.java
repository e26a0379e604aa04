package dev.tapewise.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapewise.nn.data.FashionMnist;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the README shows is what a user gets. */
final class ReadmeTest {
  private static final int MOST_LINES = 20;
  private static final Pattern JAVA = Pattern.compile("(?ms)^```java\n(.*?)^```$");
  private static final Pattern CLASS = Pattern.compile("public final class (\\w+)");
  private static final Pattern COMMAND = Pattern.compile("(?m)^ *\\./tapewise ([a-z]+)([^#\n]*)");
  private static final Pattern OPTION = Pattern.compile("--[a-z][a-z-]*");

  @TempDir private Path folder;

  private static String readme() throws IOException {
    return Files.readString(Path.of("..", "README.md"));
  }

  private static String program() throws IOException {
    List<String> programs = JAVA.matcher(readme()).results().map(r -> r.group(1)).toList();
    assertThat(programs).as("java blocks").hasSize(1);
    return programs.getFirst();
  }

  @Test
  void theProgramIsShort() throws IOException {
    assertThat(program().lines().count()).isLessThanOrEqualTo(MOST_LINES);
  }

  @Test
  void theProgramCompilesTrainsSavesAndPredicts() throws IOException, InterruptedException {
    String name = CLASS.matcher(program()).results().map(r -> r.group(1)).findFirst().orElseThrow();
    compile(name, program());
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx512m",
                "-cp",
                classPath(),
                name)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    boolean ended = process.waitFor(2, TimeUnit.MINUTES);
    if (!ended) {
      process.destroyForcibly();
    }
    String output = Files.readString(log);
    assertThat(ended).as(output).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    List<String> lines = output.lines().filter(line -> !line.startsWith("WARNING")).toList();
    assertThat(lines).as(output).hasSize(2);
    assertThat(lines.get(0)).matches("accuracy [678]\\d\\.\\d+ %, loss 0\\.\\d+ on 2000 images");
    assertThat(lines.get(1)).isIn(FashionMnist.CLASS_NAMES);
    assertThat(folder.resolve("fashion.safetensors")).isNotEmptyFile();
  }

  /** Every warning but that of the incubator module is an error. */
  private void compile(String name, String program) throws IOException {
    Path source = folder.resolve(name + ".java");
    Files.writeString(source, program);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    List<String> options =
        List.of(
            "-cp",
            classPath(),
            "-d",
            folder.toString(),
            "-Xlint:all,-incubating,-classfile,-path,-processing",
            "-Werror",
            "-proc:none");
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled =
          compiler
              .getTask(messages, files, null, options, null, files.getJavaFileObjects(source))
              .call();
      assertThat(compiled).as(messages.toString()).isTrue();
    }
  }

  /** That of this test, which may have relative entries, and the folder of the compiled program. */
  private String classPath() {
    List<String> entries =
        new ArrayList<>(
            Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator)));
    entries.add(folder.toString());
    return entries.stream()
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  @Test
  void commandsAndOptionsThatAreNamedExist() throws IOException {
    CommandLine line = Tapewise.commandLine();
    List<MatchResult> commands = COMMAND.matcher(readme()).results().toList();
    assertThat(commands).extracting(r -> r.group(1)).contains("train", "eval", "step", "summary");
    for (MatchResult command : commands) {
      CommandLine sub = line.getSubcommands().get(command.group(1));
      assertThat(sub).as(command.group()).isNotNull();
      assertThat(sub.getCommandSpec().optionsMap().keySet())
          .as(command.group())
          .containsAll(OPTION.matcher(command.group(2)).results().map(MatchResult::group).toList());
    }
    List<String> all =
        line.getSubcommands().values().stream()
            .flatMap(sub -> sub.getCommandSpec().optionsMap().keySet().stream())
            .toList();
    assertThat(all)
        .containsAll(
            Pattern.compile("`(--[a-z][a-z-]*)[ `=]")
                .matcher(readme())
                .results()
                .map(r -> r.group(1))
                .filter(option -> !option.equals("--add-modules"))
                .toList());
  }
}
