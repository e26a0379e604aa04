package dev.tapewise.bench.torch;

import com.google.gson.JsonObject;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.bench.peers.StepCase;
import dev.tapewise.nn.model.Model;
import dev.tapewise.nn.model.UniformInitialisation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Trains one network with PyTorch, as {@code ./tapewise step} does with Tapewise. */
@Command(name = "TorchStep")
public final class TorchStep implements Callable<Integer> {
  private static final double LEARNING_RATE = 0.01;
  private static final double MOMENTUM = 0.9;
  private static final double DECAY = 4e-5;
  private static final int WARM_UP = 3;
  private static final int FEWEST = 5;

  @Option(names = "--step", required = true)
  private String step = "";

  @Option(names = "--layout", required = true)
  private String layout = "";

  @Option(names = "--threads", required = true)
  private int threads;

  @Option(names = "--seconds", required = true)
  private double seconds;

  /** Runs it; the last line is JSON. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new TorchStep()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    StepCase wanted = StepCase.named(step);
    Model model = wanted.network();
    UniformInitialisation.fill(model);
    torch.set_num_threads(threads);
    Tape tape = model.tape(true);
    Var images = tape.input("images", model.imageShape(wanted.batch()));
    Var logits = model.logits(tape, images);
    Tensors tensors = new Tensors(layout);
    TorchNetwork network = new TorchNetwork(tape, images, logits, tensors);
    FusedSgd sgd = new FusedSgd(network.parameters(), MOMENTUM, DECAY);
    Tensor x =
        tensors.images(
            UniformInitialisation.images(model, wanted.batch()),
            wanted.batch(),
            model.height(),
            model.width(),
            model.channels());
    Tensor y = labels(model, wanted.batch());
    List<Double> millis = new ArrayList<>();
    float firstLoss = 0;
    long begun = System.nanoTime();
    for (int i = 0; i < WARM_UP + FEWEST || System.nanoTime() - begun < seconds * 1e9; i++) {
      long start = System.nanoTime();
      float loss = run(network, sgd, x, y);
      millis.add((System.nanoTime() - start) / 1e6);
      firstLoss = i == 0 ? loss : firstLoss;
      if (i == WARM_UP - 1) {
        begun = System.nanoTime();
        millis.clear();
      }
    }
    Collections.sort(millis);
    double median = millis.get(millis.size() / 2);
    JsonObject json = new JsonObject();
    json.addProperty("images_per_second", 1000 * wanted.batch() / median);
    json.addProperty("step_ms_median", median);
    json.addProperty("steps", millis.size());
    json.addProperty("first_loss", firstLoss);
    json.addProperty("parameters", count(network));
    json.addProperty("peak_rss_mb", peakMebibytes());
    json.addProperty("version", version());
    System.out.println(json);
    return 0;
  }

  private static float run(TorchNetwork network, FusedSgd sgd, Tensor x, Tensor y) {
    try (PointerScope _ = new PointerScope()) {
      Tensor loss = torch.cross_entropy_loss(network.forward(x), y);
      loss.backward();
      sgd.step(LEARNING_RATE);
      return loss.item().toFloat();
    }
  }

  private static Tensor labels(Model model, int batch) {
    float[] floats = UniformInitialisation.labels(model, batch);
    long[] labels = new long[batch];
    for (int i = 0; i < batch; i++) {
      labels[i] = (long) floats[i];
    }
    return Tensor.create(labels, batch);
  }

  private static long count(TorchNetwork network) {
    long count = 0;
    for (Tensor p : network.parameters()) {
      count += p.numel();
    }
    return count;
  }

  private static long peakMebibytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024;
      }
    }
    throw new IOException("/proc/self/status has no VmHWM");
  }

  /** PyTorch's own words about its libraries, in one line. */
  static String version() {
    StringBuilder text = new StringBuilder(torch.TORCH_VERSION);
    for (String line : torch.show_config().getString().split("\n", -1)) {
      if (line.contains("Version") || line.contains("MKL-DNN")) {
        text.append(";").append(line.replace("  - ", " "));
      }
    }
    return text.toString();
  }
}
