package dev.tapewise.bench.peers;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What trains a network in a process of its own.
 *
 * @param title its name in tables
 * @param command what starts it
 * @param options say which step
 */
record Side(
    String title,
    List<String> command,
    Function<StepCase, List<String>> options,
    Map<String, String> environment) {

  /** {@code ./tapewise step}, keeping all activations or computing blocks again. */
  static Side tapewise(int threads, int vectorBits, boolean checkpoint) {
    List<String> command = new ArrayList<>();
    command.add(Path.of("tapewise").toAbsolutePath().toString());
    command.add("step");
    command.add("--threads=" + threads);
    if (checkpoint) {
      command.add("--checkpoint");
    }
    if (vectorBits > 0) {
      command.add("--vector-bits=" + vectorBits);
    }
    String title = checkpoint ? "Tapewise, checkpointed" : "Tapewise";
    return new Side(title, command, StepCase::options, Map.of());
  }

  /** {@link TorchStep}. */
  static Side torch(TorchSetting setting) {
    return new Side(
        setting.title(),
        setting.command(TorchStep.class, TorchStep.JVM),
        step -> List.of("--step=" + step.name()),
        setting.environment());
  }

  /** Plays steps in a fresh process; the fields are those of {@code ./tapewise step}. */
  JsonObject measure(StepCase step, int warmUp, int steps)
      throws IOException, InterruptedException {
    List<String> whole = new ArrayList<>(command);
    whole.addAll(options.apply(step));
    whole.add("--warmup=" + warmUp);
    whole.add("--steps=" + steps);
    return JsonProcess.run(whole, environment).getLast();
  }
}
