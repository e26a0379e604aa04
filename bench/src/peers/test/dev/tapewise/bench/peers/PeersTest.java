package dev.tapewise.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What needs no PyTorch: settings, rounds, tables, and what is said where something is wrong. */
final class PeersTest {
  private static final StepCase STEP = StepCase.named("v2-cifar");

  @TempDir private Path folder;

  @Test
  void ratiosAreOfMediansAndTheirRangeOfRounds() {
    Spread ratio = Spread.ratio(List.of(10.0, 20.0, 60.0), List.of(10.0, 5.0, 20.0));
    assertThat(ratio).isEqualTo(new Spread(2, 1, 4));
    assertThat(ratio.text(2)).isEqualTo("2.00 (1.00 – 4.00)");
    assertThat(Spread.of(1, 2).median()).isEqualTo(1.5);
    assertThat(Spread.of(7).text(0)).isEqualTo("7");
  }

  @Test
  void onlyPyTorchAtItsBestHasTheAllocator() throws IOException {
    Path library = Files.createFile(folder.resolve("liballocator.so"));
    TorchSetting best = TorchSetting.best(library, 2, 0);
    assertThat(best.title()).isEqualTo("PyTorch, channels_last, liballocator.so");
    assertThat(best.environment())
        .containsOnlyKeys("LD_PRELOAD", "MALLOC_CONF")
        .containsEntry("LD_PRELOAD", library.toString());
    assertThat(best.command(TorchStep.class, List.of()))
        .endsWith("dev.tapewise.bench.peers.TorchStep", "--layout=nhwc", "--threads=2");
    TorchSetting usual = TorchSetting.usual(1, 0);
    assertThat(usual.environment()).isEmpty();
    assertThat(usual.command(TorchStep.class, List.of())).endsWith("--layout=nchw", "--threads=1");
    assertThat(TorchSetting.best(null, 2, 0).title()).isEqualTo("PyTorch, channels_last, glibc");
  }

  @Test
  void bothSidesAreHeldTo256BitVectors() {
    TorchSetting setting = TorchSetting.usual(1, 256);
    assertThat(setting.environment()).containsOnlyKeys("ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA");
    assertThat(setting.command(TorchLayers.class, List.of())).contains("-Dtapewise.vectorBits=256");
    assertThat(Side.tapewise(1, 256, true).command())
        .endsWith("step", "--threads=1", "--checkpoint", "--vector-bits=256");
  }

  @Test
  void whatIsWrongIsNamedWithItsCure() {
    assertThatThrownBy(() -> TorchSetting.best(folder.resolve("none.so"), 1, 0))
        .hasMessageContaining("none.so")
        .hasMessageContaining("libjemalloc2");
    assertThatThrownBy(() -> TorchSetting.usual(1, 128))
        .hasMessageStartingWith("--vector-bits 128:")
        .hasMessageContaining("Choose 256");
    assertThatThrownBy(() -> StepCase.named("v7"))
        .hasMessage(
            "there is no step \"v7\". Choose from v2-cifar, v2-96, v2-224, v1-cifar, v3-small,"
                + " v2-single");
  }

  @Test
  void aProcessThatFailsIsQuoted() {
    List<String> command = List.of("sh", "-c", "echo '{\"a\": 1}'; echo no memory >&2; exit 3");
    assertThatThrownBy(() -> JsonProcess.run(command, Map.of()))
        .hasMessageContaining("ended with 3")
        .hasMessageContaining("no memory");
    assertThatThrownBy(() -> JsonProcess.run(List.of("echo", "hello"), Map.of()))
        .hasMessageContaining("ended with 0");
  }

  @Test
  void linesOfJsonAreTheResult() throws IOException, InterruptedException {
    List<String> command = List.of("sh", "-c", "echo hello; echo \"{\\\"a\\\": $B}\"");
    assertThat(JsonProcess.run(command, Map.of("B", "5")).getLast().get("a").getAsInt())
        .isEqualTo(5);
  }

  /** A side that plays a step of 100 ms, and writes down with which options. */
  private Side side(String title, String loss) {
    String script =
        "echo %s $0 $* >>%s; echo '{step_ms_median: 100, images_per_second: 10, parameters: 7, first_loss: %s}'"
            .formatted(title, folder.resolve("log"), loss);
    return new Side(title, List.of("sh", "-c", script), step -> List.of(step.name()), Map.of());
  }

  @Test
  void roundsAlternateAndLastAsLongAsAsked() throws IOException, InterruptedException {
    List<Side> sides = List.of(side("A", "2.30001"), side("B", "2.30008"));
    List<StepRounds.Result> results = new StepRounds(sides, 1, 2, 1).play(STEP);
    assertThat(folder.resolve("log"))
        .hasContent(
            """
            A v2-cifar --warmup=1 --steps=2
            B v2-cifar --warmup=1 --steps=2
            A v2-cifar --warmup=50 --steps=10
            B v2-cifar --warmup=50 --steps=10
            B v2-cifar --warmup=50 --steps=10
            A v2-cifar --warmup=50 --steps=10
            """);
    assertThat(results.getLast().all("first_loss")).containsExactly(2.30008, 2.30008);
  }

  @Test
  void sidesThatComputeSomethingElseAreNotTimed() {
    List<Side> sides = List.of(side("A", "2.3"), side("B", "2.3002"));
    assertThatThrownBy(() -> new StepRounds(sides, 1, 2, 1).play(STEP))
        .hasMessage(
            "mobilenet_v2-cifar, 128 × 32²: the sides do not compute the same: first_loss is 2.3"
                + " with Tapewise and 2.3002 with B");
    assertThatThrownBy(() -> new StepRounds(sides, 2, 2, 1).play(STEP))
        .hasMessageContaining("2.3002 with B");
  }

  @Test
  void aPeerWithAnotherLossIsTimedAndMarkedWhileOneAgrees()
      throws IOException, InterruptedException {
    List<Side> sides = List.of(side("A", "2.3"), side("B", "2.3002"), side("C", "2.3"));
    List<StepRounds.Result> results = new StepRounds(sides, 1, 1, 1).play(STEP);
    assertThat(results).hasSize(3);
    List<StepRounds.Result> rows =
        List.of(
            result("T", 1, 1),
            result("C", 1, 1),
            result("best", 2.49995, 1, 1),
            result("usual", 2.4998, 1, 1));
    assertThat(new StepTable(192).rows(STEP, rows).lines())
        .satisfiesExactly(
            row -> assertThat(row).endsWith("| 2.500000 |"),
            row -> assertThat(row).endsWith("| 2.500000 |"),
            row -> assertThat(row).endsWith("| 2.499950 |"),
            row -> assertThat(row).endsWith("| **2.499800: another step** |"));
  }

  private static StepRounds.Result result(String title, int memory, int... images) {
    return result(title, 2.5, memory, images);
  }

  private static StepRounds.Result result(String title, double loss, int memory, int... images) {
    List<JsonObject> measured = new ArrayList<>();
    for (int i : images) {
      JsonObject json = new JsonObject();
      json.addProperty("images_per_second", i);
      json.addProperty("peak_rss_mb", memory);
      json.addProperty("bytes_per_step", 0);
      json.addProperty("mmacs_per_image", 100);
      json.addProperty("first_loss", loss);
      measured.add(json);
    }
    return new StepRounds.Result(new Side(title, List.of(), _ -> List.of(), Map.of()), measured);
  }

  @Test
  void everySideIsSetBesideBothOfPyTorch() {
    List<StepRounds.Result> results =
        List.of(
            result("T", 500, 150, 160, 170),
            result("C", 250, 100, 100, 100),
            result("best", 1000, 100, 80, 85),
            result("usual", 750, 40, 40, 40));
    assertThat(new StepTable(192).rows(STEP, results).lines())
        .startsWith(
            "| mobilenet_v2-cifar, 128 × 32² | T | 160.0 (150.0 – 170.0) | 1.88 (1.50 – 2.00) |"
                + " 4.00 (3.75 – 4.25) | 500 | 0.50 | 0.67 | 50 % | 0 | 2.500000 |")
        .endsWith(
            "| mobilenet_v2-cifar, 128 × 32² | usual | 40.0 | 0.47 (0.40 – 0.50) | 1 | 750 | 0.75"
                + " | 1 | 13 % |  | 2.500000 |");
  }

  private static JsonObject layer(int count) {
    JsonObject layer =
        JsonParser.parseString(
                "{layer: a, kind: depthwise, place: 'in cache', tapewise_forward: 1, torch_forward:"
                    + " 2, tapewise_gradInput: 1, torch_gradInput: 1, tapewise_gradWeight: 4,"
                    + " torch_gradWeight: 1}")
            .getAsJsonObject();
    layer.addProperty("count", count);
    return layer;
  }

  @Test
  void sumsCountALayerAsOftenAsTheNetworkHasIt() {
    assertThat(LayerTable.of(List.of(layer(2), layer(3)), "PyTorch").lines())
        .contains(
            "| a | 3 | 1.000 | 2.000 | **2.00** | 1.000 | 1.000 | **1.00** | 4.000 | 1.000 |"
                + " **0.25** | 6.000 | 4.000 | **0.67** |")
        .endsWith(
            "| **all depthwise layers** | 5 | 5.000 | 10.000 | **2.00** | 5.000 | 5.000 | **1.00**"
                + " | 20.000 | 5.000 | **0.25** | 30.000 | 20.000 | **0.67** |");
  }

  @Test
  void aLayerWithAnotherResultIsMarkedAndInNoSum() {
    JsonObject other =
        JsonParser.parseString("{layer: b, kind: depthwise, place: 'in cache', count: 7}")
            .getAsJsonObject();
    other.addProperty(LayerTable.DIFFERENCE, "forward by 1");
    List<String> lines =
        LayerTable.of(List.of(layer(2), other, layer(3)), "PyTorch").lines().toList();
    assertThat(lines)
        .contains("| b | 7 | **the sides differ: forward by 1** | | | | | | | | | | | |");
    assertThat(lines.getLast()).startsWith("| **all depthwise layers** | 5 | 5.000 |");
  }

  @Test
  void turnsRotateOverAllSetsOfBothSides() {
    List<Integer> first = Collections.synchronizedList(new ArrayList<>());
    List<Integer> second = Collections.synchronizedList(new ArrayList<>());
    Turns turns = new Turns(3, first::add, second::add);
    turns.play(0.001, 2);
    assertThat(first).startsWith(0, 1, 2, 0);
    assertThat(second).startsWith(0, 1, 2, 0);
    assertThat(turns.firstMillis()).isBetween(0.0, 100.0);
  }

  @Test
  void earlierResultsAreKept() throws IOException {
    Path file = folder.resolve("new").resolve("table.md");
    new Report(file).add("a\n");
    new Report(file).add("b\n");
    assertThat(file).hasContent("a\nb\n");
  }
}
