package dev.tapewise.autodiff.mutants;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** One mutant: its classes, and the tests that are run on them. */
final class MutantTrial implements AutoCloseable {
  private static final String OPS = "dev.tapewise.autodiff.op.OpTrial";
  private static final int CASES = 160;
  private static final long SECONDS = 90;
  private static final long QUICK_NANOS = 8_000_000_000L;
  private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");

  private final Path classes;
  private final boolean compiled;

  private MutantTrial(Path classes, boolean compiled) {
    this.classes = classes;
    this.compiled = compiled;
  }

  static MutantTrial of(Mutation mutation, String source, Path folder) throws IOException {
    Path classes = Files.createTempDirectory(folder, "mutant");
    Path file = classes.resolve(mutation.file().getFileName());
    Files.writeString(file, mutation.applyTo(source));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> options =
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            "-d",
            classes.toString(),
            "-proc:none",
            "-nowarn",
            "--add-modules",
            "jdk.incubator.vector");
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      var task =
          compiler.getTask(
              new StringWriter(), files, d -> {}, options, null, files.getJavaFileObjects(file));
      return new MutantTrial(classes, task.call());
    }
  }

  /** Whether it is a program at all. */
  boolean compiles() {
    return compiled;
  }

  static String typeOf(Path file, String source) {
    Matcher matcher = PACKAGE.matcher(source);
    if (!matcher.find()) {
      throw new IllegalArgumentException(file + " has no package");
    }
    return matcher.group(1) + "." + file.getFileName().toString().replace(".java", "");
  }

  /** Which classes the cases of each op load. */
  static Map<String, Set<String>> classesOfEachOp(Path folder) throws Exception {
    Path none = Files.createDirectory(folder.resolve("none"));
    @SuppressWarnings("unchecked")
    List<String> names =
        (List<String>) new MutantLoader(none).loadClass(OPS).getMethod("names").invoke(null);
    Map<String, Set<String>> reach = new LinkedHashMap<>();
    for (String name : names) {
      MutantLoader loader = new MutantLoader(none);
      String[] failure = invoke(loader, List.of(name), 12, false);
      if (failure.length > 0) {
        throw new AssertionError("without a mutant: " + String.join("\n", failure));
      }
      reach.put(name, loader.loaded());
    }
    return reach;
  }

  private static String[] invoke(MutantLoader loader, List<String> ops, int cases, boolean shrink)
      throws Exception {
    try {
      return (String[])
          loader
              .loadClass(OPS)
              .getMethod("firstFailure", List.class, int.class, boolean.class)
              .invoke(null, ops, cases, shrink);
    } catch (InvocationTargetException e) {
      return new String[] {"(while drawing a case)", String.valueOf(e.getCause())};
    }
  }

  /** The failure of a property: the case and the text; empty where all hold. */
  String[] property(List<String> ops, boolean shrink) throws Exception {
    return within(
        () -> invoke(new MutantLoader(classes), ops, CASES, shrink),
        new String[] {"(no case)", "a property does not end"});
  }

  /** Whether one of these tests fails. */
  boolean test(List<String> tests) throws Exception {
    return !tests.isEmpty() && within(() -> fails(new MutantLoader(classes), tests), true);
  }

  private static boolean fails(MutantLoader loader, List<String> tests) throws Exception {
    LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
    for (String name : tests) {
      request.selectors(selectClass(loader.loadClass(name)));
    }
    SummaryGeneratingListener summary = new SummaryGeneratingListener();
    LauncherFactory.create()
        .execute(
            request
                .configurationParameter("jqwik.tries.default", "20")
                .configurationParameter(
                    "jqwik.database", loader.folder().resolve("jqwik").toString())
                .configurationParameter("jqwik.reporting.onlyfailures", "true")
                .build(),
            summary);
    return summary.getSummary().getTotalFailureCount() > 0;
  }

  /** Which classes each quick test of ops loads, but those whose properties are tried already. */
  static Map<String, Set<String>> classesOfEachTest(Path folder) throws Exception {
    Path none = Files.createDirectory(folder.resolve("no-test"));
    Map<String, Set<String>> reach = new LinkedHashMap<>();
    for (String name : tests()) {
      MutantLoader loader = new MutantLoader(none);
      long start = System.nanoTime();
      if (fails(loader, List.of(name))) {
        throw new AssertionError("without a mutant, " + name + " fails");
      }
      if (System.nanoTime() - start < QUICK_NANOS) {
        reach.put(name, loader.loaded());
      }
    }
    return reach;
  }

  private static List<String> tests() throws IOException {
    List<String> names = new ArrayList<>();
    Path tests = Path.of("src/test/java");
    try (Stream<Path> files = Files.list(tests.resolve("dev/tapewise/autodiff/op"))) {
      files
          .map(f -> tests.relativize(f).toString().replace(File.separatorChar, '.'))
          .filter(name -> name.endsWith("Test.java"))
          .map(name -> name.substring(0, name.length() - ".java".length()))
          .filter(name -> !name.matches(".*(OpAllocation|OpProperties|OpsPage|OpCase)Test"))
          .sorted()
          .forEach(names::add);
    }
    names.add("dev.tapewise.autodiff.ReferenceCasesTest");
    return names;
  }

  private static <T> T within(Callable<T> work, T ifLate) throws Exception {
    FutureTask<T> task = new FutureTask<>(work);
    Thread thread = new Thread(task, "mutant");
    thread.setDaemon(true);
    thread.start();
    try {
      return task.get(SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      return ifLate;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error) {
        return ifLate; // such as a mutant that fails while its classes are made
      }
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
