package dev.tapewise.bench.peers;

import com.google.gson.JsonObject;
import dev.tapewise.core.Machine;
import dev.tapewise.core.Workers;
import dev.tapewise.examples.MachineRates;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Compares Tapewise with PyTorch, and writes what came out: {@code bench/peers}. */
@Command(
    name = "bench/peers",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Trains the same networks with Tapewise and with PyTorch 2.7.1, alternating, each time in a"
          + " process of its own; checks first that both compute the same loss. Prints a table and"
          + " writes it to bench/results.",
      "With --layers it times the layers of one network instead, both sides in one process."
    })
public final class Peers implements Callable<Integer> {

  @Option(
      names = "--cases",
      split = ",",
      paramLabel = "NAME",
      description =
          "which steps: v2-cifar, v2-96, v2-224, v1-cifar, v3-small (v2-half until it is there),"
              + " v2-single, and origin for the layers of the origin (default: all)")
  private List<String> cases = new ArrayList<>();

  @Option(
      names = "--threads",
      split = ",",
      paramLabel = "N",
      description = "threads of each side, a table for each number (default: one per core)")
  private List<Integer> threads = List.of(Machine.cores());

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "measurements of each side (default: ${DEFAULT-VALUE})")
  private int rounds = 3;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description =
          "how long a measurement lasts once it is warm: a step's, or all of a layer's pass"
              + " (default: 6, for layers 0.3)")
  private @Nullable Double seconds;

  @Option(
      names = "--formats",
      split = ",",
      paramLabel = "FORMAT",
      description =
          "how PyTorch runs: nhwc (channels_last) or nchw, with -glibc behind it for glibc's"
              + " allocator in spite of --allocator (default: ${DEFAULT-VALUE})")
  private List<String> formats = List.of("nhwc");

  @Option(
      names = "--allocator",
      paramLabel = "LIBRARY",
      description =
          "the allocator that PyTorch is to run with, such as"
              + " /usr/lib/x86_64-linux-gnu/libjemalloc.so.2, told to keep pages and to use huge"
              + " ones (default: glibc's as it is)")
  private @Nullable Path allocator;

  @Option(
      names = "--vector-bits",
      paramLabel = "BITS",
      description = "hold both sides to 256-bit vectors (default: what each prefers)")
  private int vectorBits;

  @Option(names = "--checkpoint", description = "Tapewise with checkpointed blocks")
  private boolean checkpoint;

  @Option(
      names = "--layers",
      paramLabel = "STEP",
      description = "the distinct depthwise and pointwise layers of a step of --cases")
  private @Nullable String layers;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "where the table goes (default: bench/results/DATE-peers.md)")
  private @Nullable Path out;

  private final PrintStream progress = System.err;

  /** Runs the command line and ends the JVM with its exit code. */
  public static void main(String[] arguments) {
    CommandLine line = new CommandLine(new Peers());
    line.setUsageHelpAutoWidth(true);
    line.setExecutionExceptionHandler((failure, command, _) -> {
      command.getErr().println("bench/peers: " + failure.getMessage());
      return failure instanceof IllegalArgumentException
          ? CommandLine.ExitCode.USAGE
          : CommandLine.ExitCode.SOFTWARE;
    });
    System.exit(line.execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    check();
    StringBuilder text = new StringBuilder();
    for (int team : threads) {
      text.append(layers == null ? steps(team) : layers(team, layers));
    }
    System.out.print(text);
    Path usual = ResultFile.today(layers == null ? "peers" : "peers-layers-" + layers);
    Path file = ResultFile.free(out == null ? usual : out);
    ResultFile.write(file, text.toString());
    progress.println("written: " + file);
    return 0;
  }

  private void check() {
    if (rounds < 1 || threads.stream().anyMatch(n -> n < 1)) {
      throw new IllegalArgumentException("--rounds and --threads must be at least 1");
    }
    if (vectorBits != 0 && vectorBits != 256) {
      throw new IllegalArgumentException(
          "PyTorch can be held to 256-bit vectors, not to " + vectorBits);
    }
    settings();
    stepCases();
  }

  /** Without an allocator some formats are the same. */
  private List<TorchSetting> settings() {
    Set<TorchSetting> settings = new LinkedHashSet<>();
    for (String format : formats) {
      settings.add(TorchSetting.of(format, allocator));
    }
    return List.copyOf(settings);
  }

  private List<StepCase> stepCases() {
    List<String> names = new ArrayList<>(cases.isEmpty() ? StepCase.names() : cases);
    names.remove("origin");
    return names.stream().map(StepCase::named).toList();
  }

  private String steps(int team) throws IOException, InterruptedException {
    MachineRates rates = rates(team);
    List<StepRounds.Result> results = new ArrayList<>();
    for (StepCase step : stepCases()) {
      StepRounds game =
          new StepRounds(
              step, team, seconds == null ? 6 : seconds, vectorBits, checkpoint, progress);
      results.add(game.play(settings(), rounds));
    }
    StringBuilder text = new StringBuilder();
    String torch = "2.7.1";
    if (!results.isEmpty()) {
      torch = results.getFirst().torch().getFirst().getFirst().get("version").getAsString();
    }
    text.append("# Training steps beside PyTorch, ").append(team).append(" threads\n\n");
    text.append(Circumstances.text(rates, team, torch)).append('\n');
    text.append(StepTable.notes(rounds, checkpoint)).append('\n');
    text.append(StepTable.of(results, rates)).append('\n');
    if (cases.isEmpty() || cases.contains("origin")) {
      text.append("## The layers of the origin\n\n").append(OriginTable.header());
      for (TorchSetting setting : settings()) {
        text.append(OriginTable.rows(harness(team, setting, List.of("--origin")), setting));
      }
      text.append('\n');
    }
    return text.toString();
  }

  private String layers(int team, String step) throws IOException, InterruptedException {
    StepCase network = StepCase.named(step);
    StringBuilder text = new StringBuilder();
    text.append("# Layers of ").append(network.title()).append(" beside PyTorch, ");
    text.append(team).append(" threads\n\n");
    text.append(Circumstances.text(rates(team), team, "2.7.1")).append('\n');
    text.append(LayerTable.notes()).append('\n');
    for (TorchSetting setting : settings()) {
      List<JsonObject> measured = harness(team, setting, List.of("--step=" + step));
      for (String place : new String[] {"memory", "cache"}) {
        text.append("## Data in ").append(place).append(", PyTorch ").append(setting.title());
        text.append("\n\n");
        text.append(
            LayerTable.of(
                measured.stream()
                    .filter(layer -> layer.get("place").getAsString().equals(place))
                    .toList()));
        text.append('\n');
      }
    }
    return text.toString();
  }

  private List<JsonObject> harness(int team, TorchSetting setting, List<String> what)
      throws IOException, InterruptedException {
    progress.println("layers, " + team + " threads, PyTorch " + setting.title());
    List<String> jvm = new ArrayList<>(List.of("-XX:+UseG1GC", "-XX:G1HeapRegionSize=1m"));
    jvm.add("-XX:MaxRAMPercentage=40");
    jvm.add("-XX:+UseTransparentHugePages");
    if (vectorBits > 0) {
      jvm.add("-Dtapewise.vectorBits=" + vectorBits);
    }
    List<String> arguments = new ArrayList<>(what);
    arguments.add("--layout=" + setting.layout());
    arguments.add("--threads=" + team);
    arguments.add("--seconds=" + (seconds == null ? 0.3 : seconds));
    arguments.add("--rounds=" + rounds);
    arguments.add("--cache=" + Circumstances.cacheBytes());
    return TorchProcess.run("TorchLayers", jvm, arguments, setting, vectorBits);
  }

  private static MachineRates rates(int team) {
    try (Workers workers = new Workers(team)) {
      return MachineRates.measure(workers);
    }
  }
}
