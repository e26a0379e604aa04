package dev.tapewise.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapewise.core.Machine;
import dev.tapewise.nn.model.Model;
import dev.tapewise.nn.model.Models;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class TapewiseTest {
  @TempDir private Path folder;

  /** What a command line gave. */
  private record Run(int exitCode, String out, String err) {}

  private static Run run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Tapewise.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    return new Run(line.execute(arguments), out.toString(), err.toString());
  }

  @Test
  void trainingWritesWeightsPictureAndReportAndEvalAgrees() throws IOException {
    Path data = FashionFolder.write(folder.resolve("data with spaces"), 70, 33);
    Path out = folder.resolve("out");
    Path report = folder.resolve("report.json");
    Run train =
        run(
            "train",
            "--dataset=fashion-mnist",
            "--data=" + data,
            "--width=0.25",
            "--epochs=2",
            "--batch=32",
            "--threads=2",
            "--seed=1",
            "--lr=0.05",
            "--out=" + out,
            "--report=" + report);
    assertThat(train.err()).doesNotContain("tapewise:");
    assertThat(train.exitCode()).isZero();
    String last = train.out().strip().lines().reduce((a, b) -> b).orElseThrow();
    assertThat(last)
        .matches("test accuracy [0-9.]+ %, [0-9]+ images/s, [0-9.]+ bytes allocated per step");
    assertThat(Files.readString(report))
        .matches(
            "\\{\"test_accuracy\": [0-9.]+, \"images_per_second\": [0-9.]+, \"bytes_per_step\":"
                + " [0-9.]+, \"seconds\": [0-9.]+, \"epochs\": 2, \"parameters\": 215642}\n");
    BufferedImage picture =
        ImageIO.read(out.resolve("mobilenet_v1-cifar-fashion-mnist.png").toFile());
    assertThat(picture.getWidth()).isEqualTo(1200);

    Path weights = out.resolve("mobilenet_v1-cifar-fashion-mnist.safetensors");
    String[] eval = {
      "eval",
      "--dataset",
      "fashion-mnist",
      "--data",
      data.toString(),
      "--width",
      "0.25",
      weights.toString()
    };
    Run evaluated = run(eval);
    assertThat(evaluated.exitCode()).isZero();
    assertThat(evaluated.out()).contains(last.substring(0, last.indexOf('%')));

    Model model = Models.byName("mobilenet_v1-cifar", 10, 0.25f, 28);
    model.load(weights);
    var planted = model.parameters().get("features.3.3.weight");
    planted.values()[planted.valueOffset()] = Float.NaN;
    model.save(weights);
    Run damaged = run(eval);
    assertThat(damaged.exitCode()).isEqualTo(1);
    assertThat(damaged.err()).contains("NaN").contains("features.3.3.weight");
  }

  @Test
  void stepEndsWithOneLineOfJsonAndThreadsAndPlainCompilationChangeNoBit() {
    String[] one = {
      "step",
      "--model=mobilenet_v1-cifar",
      "--batch=2",
      "--size=8",
      "--threads=1",
      "--warmup=1",
      "--steps=2",
      "--losses"
    };
    Run first = run(one);
    assertThat(first.exitCode()).isZero();
    List<String> lines = first.out().strip().lines().toList();
    assertThat(lines.get(0)).startsWith("losses ");
    Matcher names = Pattern.compile("\"([a-z0-9_]+)\": ").matcher(lines.get(1));
    assertThat(names.results().map(name -> name.group(1)))
        .containsExactly(
            "model",
            "batch",
            "size",
            "threads",
            "images_per_second",
            "step_ms_median",
            "step_ms_min",
            "step_ms_max",
            "first_step_ms",
            "full_speed_s",
            "bytes_per_step",
            "peak_rss_mb",
            "planned_mb",
            "vector_bits",
            "gc",
            "line_aligned",
            "parameters",
            "mmacs_per_image",
            "first_loss",
            "last_loss",
            "weights_sha256");
    one[4] = "--threads=3";
    one[7] = "--plain";
    assertThat(hash(run(one))).isEqualTo(hash(first));
    one[5] = "--warmup=0";
    assertThat(hash(run(one))).isEqualTo(hash(first));
  }

  @Test
  void stepSaysWhenItWasAtFullSpeed() {
    double before = uptime();
    Run run =
        run(
            "step",
            "--model=mobilenet_v1-cifar",
            "--batch=2",
            "--size=8",
            "--warmup=3",
            "--steps=9");
    double first = number(run, "first_step_ms");
    assertThat(first).isGreaterThanOrEqualTo(number(run, "step_ms_min"));
    double fullSpeed = number(run, "full_speed_s");
    assertThat(fullSpeed).isBetween(before, uptime());
  }

  private static double uptime() {
    return ManagementFactory.getRuntimeMXBean().getUptime() / 1e3;
  }

  private static double number(Run run, String name) {
    Matcher value = Pattern.compile("\"" + name + "\": ([-0-9.]+)").matcher(run.out());
    assertThat(value.find()).isTrue();
    return Double.parseDouble(value.group(1));
  }

  @Test
  void profileAddsTablesAndARooflineBeforeTheJson() throws IOException {
    Path picture = folder.resolve("new").resolve("roofline.png");
    String[] step = {
      "step",
      "--model=mobilenet_v2-cifar",
      "--width=0.25",
      "--batch=4",
      "--threads=2",
      "--warmup=2",
      "--steps=2",
      "--profile=" + picture
    };
    Run run = run(step);
    assertThat(run.exitCode()).as(run.err()).isZero();
    List<String> lines = run.out().strip().lines().toList();
    assertThat(lines.getFirst()).contains("on 4 images of 32 × 32, 2 threads");
    assertThat(lines.get(1)).matches("[0-9.]+ ms task by task, [0-9.]+ ms in one go");
    assertThat(lines.get(2)).matches("this machine: [1-9][0-9]* GFLOP/s .*, [1-9][0-9.]* GB/s .*");
    assertThat(lines).anyMatch(line -> line.matches("pointwise conv2d +backward( +[0-9.]+%?){6}"));
    assertThat(lines).anyMatch(line -> line.matches("add +forward( +[0-9.]+%?){4}"));
    assertThat(lines).anyMatch(line -> line.matches("layers.1.conv2 depthwise conv2d( +\\S+){7}"));
    assertThat(lines).anyMatch(line -> line.matches("[0-9]+ others below 0.1% +[0-9.]+%"));
    assertThat(lines.getLast()).startsWith("{\"model\"");
    BufferedImage image = ImageIO.read(picture.toFile());
    assertThat(image.getWidth()).isEqualTo(1400);
    step[7] = "--plain";
    assertThat(hash(run(step))).as("the profile is not part of the result").isEqualTo(hash(run));
  }

  private static String hash(Run run) {
    return run.out().substring(run.out().indexOf("\"weights_sha256\""));
  }

  @Test
  void anUnknownModelIsAnsweredWithNearNames() {
    usage(run("step", "--model=mobilnet-v2"), "mobilenet_v2");
    usage(run("train", "--model=mobilenetv1cifar"), "mobilenet_v1-cifar");
  }

  @Test
  void wrongArgumentsAreErrorsOfTheCommandLine() {
    usage(run("train", "--batch=0"), "--batch must be at least 1 but is 0");
    usage(run("train", "--epochs=0"), "--epochs must be at least 1");
    usage(run("train", "--threads=-1"), "--threads must be at least 1");
    usage(run("train", "--lr=-1"), "learning rate must be");
    usage(run("train", "--width=0"), "width multiplier");
    if (System.getenv("TAPEWISE_DATA") == null) {
      usage(run("train", "--dataset=cifar10"), "TAPEWISE_DATA");
    }
    usage(run("train", "--dataset=mnist"), "fashion-mnist-12k, fashion-mnist, cifar10");
    usage(run("train", "--frobnicate"), "--frobnicate");
    usage(run("step"), "--model");
    usage(run("eval"), "WEIGHTS");
    usage(run(), "train");
  }

  @Test
  void dropoutIsMobileNetV2s() {
    String[] step = {
      "step", "--model=mobilenet_v2", "--size=32", "--batch=2", "--warmup=0", "--steps=1", ""
    };
    step[6] = "--dropout=0.2";
    String asItIs = hash(run(step));
    step[6] = "--dropout=0";
    assertThat(hash(run(step))).isNotEqualTo(asItIs);
    step[6] = "--dropout=1";
    usage(run(step), "below 1 but is 1.0");
    usage(run("step", "--model=mobilenet_v1", "--dropout=0.1"), "no dropout that --dropout could");
  }

  @Test
  void aVectorWidthThatIsNotTheJvmsIsRefused() {
    int other = Machine.vectorBits() == 128 ? 256 : 128;
    usage(run("step", "--model=mobilenet_v1", "--vector-bits=" + other), "./tapewise");
    usage(run("train", "--vector-bits=300"), "0 (plain loops), 128, 256 or 512");
    assertThat(
            run("summary", "--model=mobilenet_v1", "--vector-bits=" + Machine.vectorBits())
                .exitCode())
        .isZero();
  }

  private static void usage(Run run, String expected) {
    assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
    assertThat(run.err()).contains(expected).doesNotContain("\tat ");
  }

  @Test
  void whatIsMissingOrDamagedIsNamedWithoutAStackTrace() throws IOException {
    Path none = folder.resolve("nowhere");
    failure(run("train", "--dataset=cifar10", "--data=" + none), "nowhere");
    failure(run("train", "--dataset=cifar10", "--data=" + folder), "data_batch_1.bin");
    failure(run("eval", none.toString()), "nowhere");
    Path data = FashionFolder.write(folder.resolve("data"), 20, 10);
    Path images = data.resolve("train-images-idx3-ubyte");
    byte[] whole = Files.readAllBytes(images);
    Files.write(images, Arrays.copyOf(whole, whole.length - 100));
    failure(run("train", "--dataset=fashion-mnist", "--data=" + data), "train-images-idx3-ubyte");
  }

  @Test
  void weightsForOtherClassesAreRefusedWithTheTensorsName() throws IOException {
    Path weights = folder.resolve("seven.safetensors");
    Model model = Models.byName("mobilenet_v1-cifar", 7, 0.25f, 28);
    model.initialize(0);
    model.save(weights);
    failure(run("eval", weights.toString()), "classifier.weight");
  }

  @Test
  void aPlanBeyondTheHeapIsRefusedWithTheHeapItNeeds() {
    Run run = run("step", "--model=mobilenet_v2", "--batch=64", "--threads=1", "--size=320");
    failure(run, "-Xmx");
  }

  private static void failure(Run run, String expected) {
    assertThat(run.exitCode()).as(run.err()).isEqualTo(1);
    assertThat(run.err()).startsWith("tapewise: ").contains(expected).doesNotContain("\tat ");
    assertThat(run.err().strip().lines().count()).isLessThan(4);
  }

  @Test
  void verboseTellsWhere() {
    Run run = run("eval", folder.resolve("nowhere").toString(), "--verbose");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("\tat ");
  }

  @Test
  void everyCommandHasHelp() {
    for (String command : new String[] {"train", "eval", "step", "summary"}) {
      Run run = run(command, "--help");
      assertThat(run.exitCode()).isZero();
      assertThat(run.out()).contains("--vector-bits");
    }
  }
}
