package dev.tapewise.bench.peers;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Plays one step on all sides, round by round, each time in a fresh process. */
final class StepRounds {
  private static final double SAME_LOSS = 1e-4;
  private static final int FEWEST_STEPS = 10;

  /** The JIT compiler needs so many steps, or so many seconds, whichever is more. */
  private static final int FEWEST_WARM_UP = 12;

  private static final double WARM_UP_SECONDS = 5;

  private static final List<String> TORCH_JVM = List.of("-XX:+UseSerialGC", "-Xmn16m", "-Xmx256m");

  private final StepCase step;
  private final int threads;
  private final double seconds;
  private final int vectorBits;
  private final boolean checkpoint;
  private final PrintStream progress;

  /**
   * What came out.
   *
   * @param tapewise the JSON of every round
   * @param torch likewise, by setting in the order asked for
   */
  record Result(
      StepCase step,
      List<TorchSetting> settings,
      List<JsonObject> tapewise,
      List<List<JsonObject>> torch) {}

  /** For one step; Tapewise computes blocks again where {@code checkpoint} says so. */
  StepRounds(
      StepCase step,
      int threads,
      double seconds,
      int vectorBits,
      boolean checkpoint,
      PrintStream progress) {
    this.step = step;
    this.threads = threads;
    this.seconds = seconds;
    this.vectorBits = vectorBits;
    this.checkpoint = checkpoint;
    this.progress = progress;
  }

  /**
   * Plays a short round to see that all sides compute the same, then those that count; every other
   * one backwards.
   *
   * @throws IOException if a side fails or computes something else
   */
  Result play(List<TorchSetting> settings, int rounds) throws IOException, InterruptedException {
    progress.println(step.title() + ", " + threads + " threads: is it the same step?");
    JsonObject first = tapewise(FEWEST_WARM_UP, FEWEST_STEPS);
    for (TorchSetting setting : settings) {
      check(first, torch(setting, 0), setting);
    }
    double millis = first.get("step_ms_median").getAsDouble();
    Result result = new Result(step, settings, new ArrayList<>(), new ArrayList<>());
    settings.forEach(_ -> result.torch.add(new ArrayList<>()));
    for (int round = 0; round < rounds; round++) {
      progress.printf(Locale.ROOT, "  round %d of %d:", round + 1, rounds);
      int sides = settings.size() + 1;
      for (int i = 0; i < sides; i++) {
        int side = round % 2 == 0 ? i : sides - 1 - i;
        JsonObject measured;
        if (side == 0) {
          measured =
              tapewise(
                  steps(WARM_UP_SECONDS, millis, FEWEST_WARM_UP),
                  steps(seconds, millis, FEWEST_STEPS));
          result.tapewise.add(measured);
        } else {
          measured = torch(settings.get(side - 1), seconds);
          result.torch.get(side - 1).add(measured);
        }
        progress.printf(
            Locale.ROOT,
            "  %s %.1f",
            side == 0 ? "Tapewise" : settings.get(side - 1).title(),
            measured.get("images_per_second").getAsDouble());
      }
      progress.println(" images/s");
    }
    return result;
  }

  private static int steps(double seconds, double millis, int fewest) {
    return Math.max(fewest, (int) Math.ceil(1000 * seconds / millis));
  }

  private JsonObject tapewise(int warmUp, int steps) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of("tapewise").toAbsolutePath().toString(),
                "step",
                "--model=" + step.model(),
                "--width=" + step.width(),
                "--batch=" + step.batch(),
                "--size=" + step.size(),
                "--threads=" + threads,
                "--warmup=" + warmUp,
                "--steps=" + steps));
    if (step.hasDropout()) {
      command.add("--dropout=0");
    }
    if (checkpoint) {
      command.add("--checkpoint");
    }
    if (vectorBits > 0) {
      command.add("--vector-bits=" + vectorBits);
    }
    return Side.run(command, Map.of()).getLast();
  }

  private JsonObject torch(TorchSetting setting, double runSeconds)
      throws IOException, InterruptedException {
    List<String> arguments =
        List.of(
            "--step=" + step.name(),
            "--layout=" + setting.layout(),
            "--threads=" + threads,
            "--seconds=" + runSeconds);
    return TorchProcess.run("TorchStep", TORCH_JVM, arguments, setting, vectorBits).getLast();
  }

  private void check(JsonObject tapewise, JsonObject torch, TorchSetting setting)
      throws IOException {
    same(tapewise, torch, "parameters", 0, setting);
    same(tapewise, torch, "first_loss", SAME_LOSS, setting);
  }

  private void same(
      JsonObject tapewise, JsonObject torch, String what, double within, TorchSetting setting)
      throws IOException {
    double ours = tapewise.get(what).getAsDouble();
    double theirs = torch.get(what).getAsDouble();
    if (!(Math.abs(ours - theirs) <= within)) {
      throw new IOException(
          "%s: the sides do not compute the same: %s is %s here and %s in PyTorch (%s)"
              .formatted(step.title(), what, ours, theirs, setting.title()));
    }
  }
}
