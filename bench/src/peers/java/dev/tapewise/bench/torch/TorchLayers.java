package dev.tapewise.bench.torch;

import com.google.gson.JsonObject;
import dev.tapewise.bench.peers.LayerShape;
import dev.tapewise.bench.peers.Pass;
import dev.tapewise.bench.peers.StepCase;
import dev.tapewise.bench.peers.TapewiseLayer;
import dev.tapewise.core.Workers;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Times single convolutions of Tapewise and of PyTorch in one process, by turns. */
@Command(name = "TorchLayers")
public final class TorchLayers implements Callable<Integer> {
  /** Caches full of data from memory; the share of a cache that data in cache may take. */
  private static final double FROM_MEMORY = 3;

  private static final double IN_CACHE = 0.25;
  private static final int MOST_SETS = 64;

  /** Of the largest result: sums are long and their orders differ. */
  private static final double SAME = 1e-4;

  private static final Pass[] PASSES = Pass.values();

  @Option(names = "--step")
  private @Nullable String step;

  @Option(names = "--origin")
  private boolean origin;

  @Option(names = "--layout", required = true)
  private String layout = "";

  @Option(names = "--threads", required = true)
  private int threads;

  @Option(names = "--seconds", required = true)
  private double seconds;

  @Option(names = "--rounds", required = true)
  private int rounds;

  @Option(names = "--cache", required = true)
  private long cache;

  /** Runs it; a line of JSON for each layer and place of its data. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new TorchLayers()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    torch.set_num_threads(threads);
    try (Workers workers = new Workers(threads);
        NoGradGuard _ = new NoGradGuard()) {
      if (origin || step == null) {
        for (LayerShape layer : LayerShape.origin()) {
          print(originCase(layer, workers));
        }
        return 0;
      }
      StepCase wanted = StepCase.named(step);
      List<LayerShape> layers = LayerShape.of(wanted.network(), wanted.batch());
      for (LayerShape layer : layers) {
        int sets = (int) Math.clamp(Math.ceil(FROM_MEMORY * cache / layer.bytes()), 2, MOST_SETS);
        print(layerCase(layer, layer, sets, "memory", workers));
        int images =
            (int) Math.clamp(IN_CACHE * cache * layer.batch() / layer.bytes(), 1, layer.batch());
        print(layerCase(layer, layer.onBatch(images), 1, "cache", workers));
      }
    }
    return 0;
  }

  private static void print(JsonObject json) {
    System.out.println(json);
    System.out.flush();
  }

  private JsonObject layerCase(
      LayerShape whole, LayerShape played, int sets, String place, Workers workers)
      throws IOException {
    TapewiseLayer ours = new TapewiseLayer(played, sets, workers);
    TorchLayer theirs = new TorchLayer(ours, new Tensors(layout));
    compare(ours, theirs);
    JsonObject json = json(whole, place);
    double scale = (double) whole.batch() / played.batch();
    for (Pass pass : Pass.values()) {
      Turns turns =
          new Turns(
              seconds, rounds, sets, set -> ours.play(pass, set), set -> theirs.play(pass, set));
      json.addProperty("tapewise_" + pass.title(), scale * turns.firstMillis());
      json.addProperty("torch_" + pass.title(), scale * turns.secondMillis());
    }
    theirs.close();
    return json;
  }

  private JsonObject originCase(LayerShape layer, Workers workers) throws IOException {
    TapewiseLayer ours = new TapewiseLayer(layer, 1, workers);
    TorchLayer theirs = new TorchLayer(ours, new Tensors(layout));
    compare(ours, theirs);
    JsonObject json = json(layer, "cache");
    Turns forward =
        new Turns(
            seconds,
            rounds,
            1,
            set -> ours.play(Pass.FORWARD, set),
            set -> theirs.play(Pass.FORWARD, set));
    Turns both = new Turns(seconds, rounds, 1, set -> all(ours, set), theirs::playBoth);
    json.addProperty("tapewise_forward", forward.firstMillis());
    json.addProperty("torch_forward", forward.secondMillis());
    json.addProperty("tapewise_both", both.firstMillis());
    json.addProperty("torch_both", both.secondMillis());
    json.addProperty("bytes_forward", bytes(workers, () -> ours.play(Pass.FORWARD, 0)));
    json.addProperty("bytes_both", bytes(workers, () -> all(ours, 0)));
    theirs.close();
    return json;
  }

  private static void all(TapewiseLayer layer, int set) {
    for (Pass pass : PASSES) {
      layer.play(pass, set);
    }
  }

  private static String bytes(Workers workers, Runnable call) {
    int calls = 100;
    call.run();
    long before = workers.allocatedBytes();
    for (int i = 0; i < calls; i++) {
      call.run();
    }
    long bytes = workers.allocatedBytes() - before;
    return bytes % calls == 0 ? Long.toString(bytes / calls) : Double.toString(bytes / 100.0);
  }

  private static JsonObject json(LayerShape layer, String place) {
    JsonObject json = new JsonObject();
    json.addProperty("layer", layer.title());
    json.addProperty("kind", layer.kind());
    json.addProperty("count", layer.count());
    json.addProperty("place", place);
    return json;
  }

  /** Both sides must give the same numbers, up to the order of their sums. */
  private static void compare(TapewiseLayer ours, TorchLayer theirs) throws IOException {
    for (Pass pass : Pass.values()) {
      ours.play(pass, 0);
      float[] a = ours.copyResult(pass, 0);
      float[] b = theirs.result(pass, 0);
      double largest = 0;
      double error = 0;
      for (int i = 0; i < a.length; i++) {
        largest = Math.max(largest, Math.abs(b[i]));
        error = Math.max(error, Math.abs(a[i] - b[i]));
      }
      if (a.length != b.length || !(error <= SAME * largest)) {
        throw new IOException(
            "%s: the sides do not compute the same %s: they differ by %s where the largest is %s"
                .formatted(ours.shape().title(), pass.title(), error, largest));
      }
    }
  }
}
