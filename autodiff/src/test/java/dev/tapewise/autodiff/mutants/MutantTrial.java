package dev.tapewise.autodiff.mutants;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** One mutant: its classes, and the tests that are run on them. */
final class MutantTrial implements AutoCloseable {
  private static final String OPS = "dev.tapewise.autodiff.op.OpTrial";
  private static final String WIDTH = "tapewise.vectorBits";
  private static final int CASES = 60;
  private static final long SECONDS = 180;

  private static final String[] LATE = {"(no case)", "a property does not end"};

  private final Path classes;
  private final boolean compiled;

  private MutantTrial(Path classes, boolean compiled) {
    this.classes = classes;
    this.compiled = compiled;
  }

  /** Without a mistake: nothing is to fail. */
  static MutantTrial ofNone(Path folder) throws IOException {
    return new MutantTrial(Files.createTempDirectory(folder, "none"), true);
  }

  /** Vector kernels run at the machine's width, the scalar twins in place of them otherwise. */
  static void useVectors(boolean vectors) {
    if (vectors) {
      System.clearProperty(WIDTH);
    } else {
      System.setProperty(WIDTH, "0");
    }
  }

  static MutantTrial of(Mutation mutation, Path folder) throws IOException {
    useVectors(Family.isVectorKernel(mutation.file()));
    String source = Files.readString(mutation.file());
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

  private static String[] invoke(MutantLoader loader, String ops, int cases, boolean shrink)
      throws Exception {
    try {
      return (String[])
          loader
              .loadClass(OPS)
              .getMethod("firstFailure", String.class, int.class, boolean.class)
              .invoke(null, ops, cases, shrink);
    } catch (InvocationTargetException e) {
      return new String[] {"(while drawing a case)", String.valueOf(e.getCause())};
    }
  }

  /** The failure of a property: the case and the text; empty where all hold. */
  String[] property(String ops, boolean shrink) throws Exception {
    return within(() -> invoke(new MutantLoader(classes), ops, CASES, shrink), LATE);
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
