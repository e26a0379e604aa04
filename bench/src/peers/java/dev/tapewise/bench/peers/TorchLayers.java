package dev.tapewise.bench.peers;

import com.google.gson.JsonObject;
import dev.tapewise.core.Workers;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Times single convolutions of Tapewise and of PyTorch in one process, by turns. */
final class TorchLayers implements Callable<Integer> {
  static final List<String> JVM =
      List.of(
          "-XX:+UseG1GC",
          "-XX:G1HeapRegionSize=1m",
          "-XX:MaxRAMPercentage=40",
          "-XX:+UseTransparentHugePages");

  /** Caches full of data from memory. */
  private static final double FROM_MEMORY = 3;

  /** The share of a cache that data in cache may take. */
  private static final double IN_CACHE = 0.25;

  private static final int MOST_SETS = 64;

  /** Of the largest result: sums are long and their orders differ. */
  private static final double SAME = 1e-4;

  @Option(names = "--layers", required = true)
  private String layers = "";

  @Option(names = "--layout", required = true)
  private String layout = "";

  @Option(names = "--threads", required = true)
  private int threads;

  @Option(names = "--seconds", required = true)
  private double seconds;

  @Option(names = "--rounds", required = true)
  private int rounds;

  /** Runs it; a line of JSON for each layer and place of its data. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new TorchLayers()).execute(arguments));
  }

  @Override
  public Integer call() {
    torch.set_num_threads(threads);
    long cache = Circumstances.cacheBytes();
    try (Workers workers = new Workers(threads);
        NoGradGuard _ = new NoGradGuard()) {
      for (LayerShape layer : LayerShape.named(layers)) {
        int sets = (int) Math.clamp(Math.ceil(FROM_MEMORY * cache / layer.bytes()), 2, MOST_SETS);
        System.out.println(timed(layer, layer, sets, "from memory", workers));
        int images =
            (int) Math.clamp(IN_CACHE * cache * layer.batch() / layer.bytes(), 1, layer.batch());
        System.out.println(timed(layer, layer.onBatch(images), 1, "in cache", workers));
      }
    }
    return 0;
  }

  private JsonObject timed(
      LayerShape whole, LayerShape played, int sets, String place, Workers workers) {
    TapewiseLayer ours = new TapewiseLayer(played, sets, workers);
    TorchLayer theirs = new TorchLayer(ours, new Tensors(layout));
    JsonObject json = new JsonObject();
    json.addProperty("layer", whole.title());
    json.addProperty("kind", whole.kind());
    json.addProperty("count", whole.count());
    json.addProperty("place", place);
    String difference = difference(ours, theirs);
    if (difference != null) {
      json.addProperty(LayerTable.DIFFERENCE, difference);
    } else {
      double scale = (double) whole.batch() / played.batch();
      for (Pass pass : Pass.values()) {
        Turns turns = new Turns(sets, set -> ours.play(pass, set), set -> theirs.play(pass, set));
        turns.play(seconds, rounds);
        json.addProperty("tapewise_" + pass.title(), scale * turns.firstMillis());
        json.addProperty("torch_" + pass.title(), scale * turns.secondMillis());
      }
    }
    theirs.close();
    return json;
  }

  /** How far the sides are apart, or null if they give the same numbers up to the order of sums. */
  private static @Nullable String difference(TapewiseLayer ours, TorchLayer theirs) {
    for (Pass pass : Pass.values()) {
      ours.play(pass, 0);
      float[] a = ours.copyResult(pass, 0);
      float[] b = theirs.result(pass, 0);
      if (a.length != b.length) {
        return "%s of %d numbers, not %d".formatted(pass.title(), b.length, a.length);
      }
      double largest = 0;
      double error = 0;
      for (int i = 0; i < a.length; i++) {
        largest = Math.max(largest, Math.abs(a[i]));
        error = Math.max(error, Math.abs(a[i] - b[i]));
      }
      if (!(error <= SAME * largest)) {
        return String.format(
            Locale.ROOT, "%s by %.3g where the largest is %.3g", pass.title(), error, largest);
      }
    }
    return null;
  }
}
