package dev.tapewise.bench.peers;

import com.google.gson.JsonObject;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.nn.model.Model;
import dev.tapewise.nn.model.UniformInitialisation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Trains a network with PyTorch, as {@code ./tapewise step} does with Tapewise. */
final class TorchStep implements Callable<Integer> {
  /** Next to nothing is in the heap, and it counts as memory. */
  static final List<String> JVM = List.of("-XX:+UseSerialGC", "-Xmn16m", "-Xmx256m");

  private static final double LEARNING_RATE = 0.01;
  private static final double MOMENTUM = 0.9;
  private static final double DECAY = 4e-5;

  @Option(names = "--step", required = true)
  private String step = "";

  @Option(names = "--layout", required = true)
  private String layout = "";

  @Option(names = "--threads", required = true)
  private int threads;

  @Option(names = "--warmup", required = true)
  private int warmUp;

  @Option(names = "--steps", required = true)
  private int steps;

  /** Runs it; the last line is JSON with the names of {@code ./tapewise step}. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new TorchStep()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    StepCase wanted = StepCase.named(step);
    int batch = wanted.batch();
    Model model = wanted.network();
    UniformInitialisation.fill(model);
    torch.set_num_threads(threads);
    Tape tape = model.tape(true);
    Var images = tape.input("images", model.imageShape(batch));
    Var logits = model.logits(tape, images);
    Tensors tensors = new Tensors(layout);
    TorchNetwork network = new TorchNetwork(tape, images, logits, tensors);
    FusedSgd sgd = new FusedSgd(network.parameters(), MOMENTUM, DECAY);
    Tensor x =
        tensors.images(
            UniformInitialisation.images(model, batch),
            batch,
            model.height(),
            model.width(),
            model.channels());
    Tensor y = labels(UniformInitialisation.labels(model, batch));
    double[] millis = new double[steps];
    float firstLoss = 0;
    for (int i = -warmUp; i < steps; i++) {
      long begun = System.nanoTime();
      float loss = play(network, sgd, x, y);
      if (i >= 0) {
        millis[i] = (System.nanoTime() - begun) / 1e6;
      }
      firstLoss = i == -warmUp ? loss : firstLoss;
    }
    double median = Spread.of(millis).median();
    JsonObject json = new JsonObject();
    json.addProperty("images_per_second", 1000 * batch / median);
    json.addProperty("step_ms_median", median);
    json.addProperty("peak_rss_mb", peakMebibytes());
    json.addProperty("parameters", network.parameters().stream().mapToLong(Tensor::numel).sum());
    json.addProperty("first_loss", firstLoss);
    System.out.println(json);
    return 0;
  }

  private static float play(TorchNetwork network, FusedSgd sgd, Tensor x, Tensor y) {
    try (PointerScope _ = new PointerScope()) {
      Tensor loss = torch.cross_entropy_loss(network.forward(x), y);
      loss.backward();
      sgd.step(LEARNING_RATE);
      return loss.item().toFloat();
    }
  }

  private static Tensor labels(float[] classes) {
    long[] labels = new long[classes.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (long) classes[i];
    }
    return Tensor.create(labels, labels.length);
  }

  private static long peakMebibytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024;
      }
    }
    throw new IOException("/proc/self/status has no VmHWM");
  }
}
