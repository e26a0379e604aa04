package dev.tapewise.bench.peers;

import com.google.gson.JsonObject;
import dev.tapewise.core.Machine;
import dev.tapewise.core.Workers;
import dev.tapewise.examples.MachineRates;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares Tapewise with PyTorch, and writes what came out: {@code bench/peers}. */
@Command(
    name = "bench/peers",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Trains the same networks with Tapewise and with PyTorch, alternating, each time in a process"
          + " of its own, after a look that both compute the same loss. PyTorch runs at its best"
          + " (channels_last, the library of --allocator) and as it comes (NCHW, glibc's"
          + " allocator).",
      "The machine must be quiet: PyTorch's threads wait spinning, so that anything that runs"
          + " beside them can slow its steps down by tens of times.",
      "layers:STEP times the convolutions of a step one by one, both sides in one process, with"
          + " data from memory and in cache; layers:origin those of Flux.jl issue 2508."
    })
final class Peers implements Callable<Integer> {
  private static final String LAYERS = "layers:";

  @Parameters(
      paramLabel = "WHAT",
      description =
          "v2-cifar, v2-96, v2-224, v1-cifar, v3-small, v2-single, layers:STEP, layers:origin"
              + " (default: all steps, layers:v2-cifar and layers:origin)")
  private List<String> wanted = new ArrayList<>();

  @Option(
      names = "--allocator",
      paramLabel = "LIBRARY",
      description =
          "the allocator for PyTorch at its best, such as"
              + " /usr/lib/x86_64-linux-gnu/libjemalloc.so.2, told to keep pages and to use huge"
              + " ones (default: glibc's)")
  private @Nullable Path allocator;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "threads of each side (default: one per core)")
  private int threads = Machine.cores();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "measurements of each side (default: ${DEFAULT-VALUE})")
  private int rounds = 3;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description =
          "how long a measurement of a step lasts, at least 5 steps; a pass of a layer takes a"
              + " twentieth of it (default: ${DEFAULT-VALUE})")
  private double seconds = 6;

  @Option(
      names = "--vector-bits",
      paramLabel = "BITS",
      description = "256 holds both sides to 256-bit vectors (default: what each prefers)")
  private int vectorBits;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "what the tables are added to (default: bench/results/DATE-peers.md, of today)")
  private Path out = Path.of("bench", "results", LocalDate.now(ZoneOffset.UTC) + "-peers.md");

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
    if (rounds < 1 || threads < 1) {
      throw new IllegalArgumentException("--rounds and --threads must be at least 1");
    }
    List<TorchSetting> settings =
        List.of(
            TorchSetting.best(allocator, threads, vectorBits),
            TorchSetting.usual(threads, vectorBits));
    List<StepCase> steps = steps();
    List<String> layers = layers();
    Report report = new Report(out);
    String version = version(settings.getFirst());
    MachineRates rates = rates();
    report.add(Circumstances.text(rates, threads, version));
    if (!steps.isEmpty()) {
      StepTable table = new StepTable(rates.gflops());
      report.add(table.head(rounds));
      StepRounds game = new StepRounds(sides(settings), StepTable.BEST, rounds, seconds);
      for (StepCase step : steps) {
        report.add(table.rows(step, game.play(step)));
      }
    }
    for (String name : layers) {
      report.add(LayerTable.head(name));
      for (TorchSetting setting : settings) {
        System.err.println(LAYERS + name + ", " + setting.title());
        report.add(LayerTable.of(layers(name, setting), setting.title()));
      }
    }
    System.err.println("written: " + out);
    return 0;
  }

  private List<StepCase> steps() {
    return wanted.isEmpty()
        ? StepCase.all()
        : wanted.stream().filter(name -> !name.startsWith(LAYERS)).map(StepCase::named).toList();
  }

  private List<String> layers() {
    if (wanted.isEmpty()) {
      return List.of("v2-cifar", LayerShape.ORIGIN);
    }
    List<String> names =
        wanted.stream()
            .filter(name -> name.startsWith(LAYERS))
            .map(name -> name.substring(LAYERS.length()))
            .toList();
    names.stream().filter(name -> !name.equals(LayerShape.ORIGIN)).forEach(StepCase::named);
    return names;
  }

  private List<Side> sides(List<TorchSetting> settings) {
    List<Side> sides = new ArrayList<>();
    sides.add(Side.tapewise(threads, vectorBits, false));
    sides.add(Side.tapewise(threads, vectorBits, true));
    for (TorchSetting setting : settings) {
      sides.add(Side.torch(setting));
    }
    return sides;
  }

  private List<JsonObject> layers(String name, TorchSetting setting)
      throws IOException, InterruptedException {
    List<String> command = setting.command(TorchLayers.class, TorchLayers.JVM);
    command.add("--layers=" + name);
    command.add("--seconds=" + seconds / 20);
    command.add("--rounds=" + rounds);
    return JsonProcess.run(command, setting.environment());
  }

  private static String version(TorchSetting setting) throws IOException, InterruptedException {
    return JsonProcess.run(setting.command(TorchVersion.class, List.of()), setting.environment())
        .getFirst()
        .get("version")
        .getAsString();
  }

  private MachineRates rates() {
    try (Workers workers = new Workers(threads)) {
      return MachineRates.measure(workers);
    }
  }
}
