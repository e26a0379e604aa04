package dev.tapewise.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.autodiff.check.GradientCheck;
import dev.tapewise.core.Shape;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/custom-op.md shows is compiled, and fails and passes as it says. */
final class CustomOpPageTest {
  @TempDir private Path folder;

  private static String page() throws IOException {
    return Files.readString(Path.of("..", "docs", "custom-op.md"));
  }

  private static List<String> blocks(String language) throws IOException {
    return Pattern.compile("(?ms)^```" + language + "\n(.*?)^```$")
        .matcher(page())
        .results()
        .map(r -> r.group(1))
        .toList();
  }

  private static String source(String tree, String name) throws IOException {
    return Files.readString(
        Path.of("src/%s/java/dev/tapewise/examples/%s.java".formatted(tree, name)));
  }

  /** Both are compiled and run by this build, so the page's code is too. */
  @Test
  void theOpAndItsTestAreThoseOfThisModule() throws IOException {
    assertThat(blocks("java")).contains(source("main", "Swish"), source("test", "SwishTest"));
  }

  @Test
  void theOpPassesThePagesCheck() {
    check(new Swish()).assertPasses();
  }

  @Test
  void thePlantedMistakeFailsWithThePagesText() throws Exception {
    String[] change = blocks("diff").getFirst().split("\n", -1);
    String right = source("main", "Swish");
    assertThat(right).contains(change[0].substring(1).strip());
    String wrong =
        right
            .replace(change[0].substring(1).strip(), change[1].substring(1).strip())
            .replace("class Swish", "class WrongSwish");
    Op op = compiled("WrongSwish", wrong);
    assertThatThrownBy(() -> check(op).assertPasses())
        .isInstanceOf(AssertionError.class)
        .hasMessage(blocks("text").getFirst().strip());
  }

  @Test
  void aWrongShapeIsRefusedInThePagesWords() throws IOException {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(8, 16, 16, 24));
    Var beta = tape.constant("beta", Shape.of(23));
    tape.enter("features");
    tape.enter("3");
    assertThatThrownBy(() -> x.apply(new Swish(), beta))
        .isInstanceOf(IllegalArgumentException.class)
        .satisfies(e -> assertThat(page()).contains("`" + e.getMessage() + "`"));
  }

  private static GradientCheck check(Op op) {
    return GradientCheck.of(op).input(Shape.of(2, 3, 4)).constant(Shape.of(4));
  }

  private Op compiled(String name, String program) throws Exception {
    Path source = folder.resolve(name + ".java");
    Files.writeString(source, program);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    List<String> options =
        List.of(
            "-cp",
            System.getProperty("java.class.path") + File.pathSeparator + folder,
            "-d",
            folder.toString(),
            "-proc:none");
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      boolean done =
          compiler
              .getTask(messages, files, null, options, null, files.getJavaFileObjects(source))
              .call();
      assertThat(done).as(messages.toString()).isTrue();
    }
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
      Class<?> type = loader.loadClass("dev.tapewise.examples." + name);
      Op op = (Op) type.getConstructor().newInstance();
      // its inner classes are loaded while the loader is open
      check(op).run();
      return op;
    }
  }
}
