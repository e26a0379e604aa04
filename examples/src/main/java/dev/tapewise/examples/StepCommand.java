package dev.tapewise.examples;

import dev.tapewise.autodiff.Arena;
import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.core.Machine;
import dev.tapewise.core.Slab;
import dev.tapewise.core.Workers;
import dev.tapewise.nn.loss.CrossEntropy;
import dev.tapewise.nn.model.Model;
import dev.tapewise.nn.model.Summary;
import dev.tapewise.nn.model.UniformInitialisation;
import dev.tapewise.nn.optim.Sgd;
import dev.tapewise.nn.train.TrainingStep;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Times whole training steps on fixed random data: {@code tapewise step}. */
@Command(
    name = "step",
    description = {
      "Times whole training steps (forward, loss, backward, SGD with momentum 0.9) on fixed random"
          + " images.",
      "Warm-up steps run first, until they allocate nothing; then everything is as at the start"
          + " again, and the counted steps run. The last line is JSON."
    })
final class StepCommand extends TapewiseCommand {
  private static final float MOMENTUM = 0.9f;

  /** Warm-up steps in a row that allocate nothing: as many as will count, but from 10 to 100. */
  private static final int FEWEST_QUIET = 10;

  private static final int MOST_QUIET = 100;

  /** Steps that are played task by task: as many as counted, but from 3 to 20. */
  private static final int FEWEST_PROFILED = 3;

  private static final int MOST_PROFILED = 20;

  /** What warm-up may take beyond the steps that were asked for. */
  private static final long WARM_UP_NANOS = 60_000_000_000L;

  @Mixin private NetworkOptions network = new NetworkOptions();

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "images per step (default: ${DEFAULT-VALUE})")
  private int batch = 32;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "threads that compute (default: one per core)")
  private int threads = Machine.cores();

  @Option(
      names = "--warmup",
      paramLabel = "N",
      description =
          "steps before those that count (default: ${DEFAULT-VALUE}); they go on until as many in a"
              + " row as will count (10 to 100) allocate nothing, for a minute at most. 0: none")
  private int warmUp = 10;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "steps that count (default: ${DEFAULT-VALUE})")
  private int steps = 10;

  @Option(
      names = "--dropout",
      paramLabel = "SHARE",
      description =
          "share that mobilenet_v2 and mobilenet_v3 drop in the classifier (default: 0.2)")
  private @Nullable Float dropout;

  @Option(
      names = "--lr",
      paramLabel = "RATE",
      description = "learning rate (default: ${DEFAULT-VALUE})")
  private float learningRate = 0.01f;

  @Option(
      names = "--decay",
      paramLabel = "FACTOR",
      description = "weight decay, on all parameters (default: ${DEFAULT-VALUE})")
  private float decay = 4e-5f;

  @Option(names = "--plain", description = "compile without fusion: the same bits, slower")
  private boolean plain;

  @Option(
      names = "--checkpoint",
      description = "keep less and compute blocks again: the same bits, less memory, slower")
  private boolean checkpoint;

  @Option(names = "--losses", description = "print the loss of every counted step first")
  private boolean printLosses;

  @Option(
      names = "--profile",
      paramLabel = "FILE",
      arity = "0..1",
      fallbackValue = "",
      description =
          "also print what every kind of op and every layer costs, beside what this machine can do,"
              + " and draw it as a roofline (default: tapewise-out/MODEL-roofline.png)")
  private @Nullable String profile;

  @Override
  int execute() throws IOException {
    atLeastOne("--batch", batch);
    atLeastOne("--threads", threads);
    atLeastOne("--steps", steps);
    if (warmUp < 0) {
      atLeastOne("--warmup", warmUp);
    }
    Sgd sgd = usage(() -> Sgd.withMomentum(MOMENTUM).weightDecay(decay).decayAll());
    Model model = usage(() -> network.model(dropout));
    Arena arena = new Arena();
    try (Workers workers = new Workers(threads)) {
      TrainingStep step =
          TrainingStep.compile(
              model, CrossEntropy.plain(), sgd, batch, workers, arena, this::compilation);
      reset(step, model);
      step.images().set(UniformInitialisation.images(model, batch));
      step.labels().set(UniformInitialisation.labels(model, batch));
      StepTimes times = measure(step, model, workers);
      if (printLosses) {
        print("losses " + times.losses());
      }
      String json = json(step, model, arena, times).toString();
      if (profile != null) {
        profile(step, model, workers, times.medianMillis(), profile);
      }
      print(json);
    }
    return 0;
  }

  private CompileOptions compilation(CompileOptions options) {
    CompileOptions form = plain ? options.plain() : options;
    return checkpoint ? form.checkpoint() : form;
  }

  private void profile(
      TrainingStep step, Model model, Workers workers, double stepMillis, String file)
      throws IOException {
    int rounds = Math.clamp(steps, FEWEST_PROFILED, MOST_PROFILED);
    StepProfile costs = StepProfile.of(step, batch, learningRate, rounds);
    ProfileReport report =
        new ProfileReport(model, batch, threads, stepMillis, costs, MachineRates.measure(workers));
    print(report.text());
    Path picture =
        file.isEmpty() ? Path.of("tapewise-out", model.name() + "-roofline.png") : Path.of(file);
    report.draw(picture);
    print("picture: " + picture);
  }

  private StepTimes measure(TrainingStep step, Model model, Workers workers) {
    StepTimes times = new StepTimes(steps);
    warmUp(step, workers, times);
    reset(step, model);
    times.begin(workers.allocatedBytes());
    for (int i = 0; i < steps; i++) {
      times.play(step, batch, learningRate, i, i);
    }
    times.end(workers.allocatedBytes());
    return times;
  }

  /** Parameters, buffers and the optimizer's state as before the first step, without a copy. */
  private static void reset(TrainingStep step, Model model) {
    UniformInitialisation.fill(model);
    for (Slab slab : step.updater().state()) {
      Arrays.fill(slab.array(), slab.base(), slab.base() + Math.toIntExact(slab.size()), 0f);
    }
  }

  private void warmUp(TrainingStep step, Workers workers, StepTimes times) {
    int wanted = Math.clamp(steps, FEWEST_QUIET, MOST_QUIET);
    int quiet = 0;
    long asked = System.nanoTime();
    for (int i = 0; i < warmUp || (warmUp > 0 && quiet < wanted && inTime(asked)); i++) {
      long before = workers.allocatedBytes();
      times.play(step, batch, learningRate, i, 0);
      quiet = workers.allocatedBytes() == before ? quiet + 1 : 0;
      if (i < warmUp) {
        asked = System.nanoTime();
      }
    }
  }

  private static boolean inTime(long begun) {
    return System.nanoTime() - begun < WARM_UP_NANOS;
  }

  private JsonLine json(TrainingStep step, Model model, Arena arena, StepTimes times) {
    double median = times.medianMillis();
    return new JsonLine()
        .add("model", model.name())
        .add("batch", batch)
        .add("size", model.height())
        .add("threads", threads)
        .add("images_per_second", batch / median * 1e3, 2)
        .add("step_ms_median", median, 3)
        .add("step_ms_min", times.minMillis(), 3)
        .add("step_ms_max", times.maxMillis(), 3)
        .add("first_step_ms", times.firstMillis(), 1)
        .add("full_speed_s", times.fullSpeedSeconds(), 3)
        .addWhole("bytes_per_step", times.bytesPerStep())
        .add("peak_rss_mb", ProcessMemory.peakMebibytes())
        .add("planned_mb", step.plannedBytes() / (double) (1 << 20), 2)
        .add("vector_bits", Machine.vectorBits())
        .add("gc", Machine.collector())
        .add("line_aligned", arena.lineAligned())
        .add("parameters", model.parameterCount())
        .add("mmacs_per_image", Summary.of(model, 1).multiplyAdds() / 1e6, 2)
        .add("first_loss", times.loss(0))
        .add("last_loss", times.loss(steps - 1))
        .add("weights_sha256", WeightsHash.sha256(model));
  }
}
