package dev.tapewise.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.tapewise.examples.MachineRates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What needs no PyTorch: settings, tables, and what is said where something is missing. */
final class PeersTest {
  @TempDir private Path folder;

  @Test
  void ratiosAreOfMediansAndTheirRangeOfRounds() {
    Spread ratio = Spread.ratio(List.of(10.0, 20.0, 60.0), List.of(10.0, 5.0, 20.0));
    assertThat(ratio).isEqualTo(new Spread(2, 1, 4));
    assertThat(ratio.text(2)).isEqualTo("2.00 (1.00 – 4.00)");
    assertThat(Spread.of(List.of(1.0, 2.0)).median()).isEqualTo(1.5);
    assertThat(Spread.of(List.of(7.0)).text(0)).isEqualTo("7");
  }

  @Test
  void aFormatMayRefuseTheAllocator() throws IOException {
    Path library = Files.createFile(folder.resolve("liballocator.so"));
    TorchSetting kept = TorchSetting.of("nhwc", library);
    assertThat(kept.title()).isEqualTo("NHWC, liballocator.so");
    assertThat(kept.environment(0))
        .containsEntry("LD_PRELOAD", library.toString())
        .containsKey("MALLOC_CONF")
        .doesNotContainKey("ONEDNN_MAX_CPU_ISA");
    TorchSetting plain = TorchSetting.of("nchw-glibc", library);
    assertThat(plain.title()).isEqualTo("NCHW, glibc");
    assertThat(plain.environment(256))
        .containsOnlyKeys("ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA");
    assertThat(TorchSetting.of("nhwc-glibc", null)).isEqualTo(TorchSetting.of("nhwc", null));
  }

  @Test
  void whatIsMissingIsNamedWithItsCure() {
    assertThatThrownBy(() -> TorchSetting.of("nhwc", folder.resolve("none.so")))
        .hasMessageContaining("none.so")
        .hasMessageContaining("libjemalloc2");
    assertThatThrownBy(() -> TorchSetting.of("nwhc", null)).hasMessageContaining("nchw-glibc");
    assertThatThrownBy(() -> StepCase.named("v7")).hasMessageContaining("v2-cifar, v2-96");
    assertThatThrownBy(() ->
            TorchProcess.run("Nothing", List.of(), List.of(), TorchSetting.of("nhwc", null), 0))
        .isInstanceOf(IOException.class)
        .hasMessageMatching("this build has no PyTorch.*bench/peers.*|the profile peers has .*");
  }

  @Test
  void aSideThatFailsIsQuoted() {
    List<String> command = List.of("sh", "-c", "echo '{\"a\": 1}'; echo no memory >&2; exit 3");
    assertThatThrownBy(() -> Side.run(command, Map.of()))
        .hasMessageContaining("ended with 3")
        .hasMessageContaining("no memory");
  }

  @Test
  void linesOfJsonAreTheResult() throws IOException, InterruptedException {
    List<String> command = List.of("sh", "-c", "echo hello; echo \"{\\\"a\\\": $B}\"");
    assertThat(Side.run(command, Map.of("B", "5")).getLast().get("a").getAsInt()).isEqualTo(5);
  }

  @Test
  void aRowSetsBothSidesBesideEachOther() {
    String ours =
        "{images_per_second: %d, peak_rss_mb: 500, bytes_per_step: 0, mmacs_per_image: 100,"
            + " first_loss: 2.5}";
    String theirs = "{images_per_second: %d, peak_rss_mb: 1000, first_loss: 2.50001}";
    StepRounds.Result result =
        new StepRounds.Result(
            StepCase.named("v2-cifar"),
            List.of(TorchSetting.of("nhwc", null)),
            List.of(json(ours, 150), json(ours, 160), json(ours, 170)),
            List.of(List.of(json(theirs, 100), json(theirs, 80), json(theirs, 85))));
    assertThat(StepTable.of(List.of(result), new MachineRates(192, 30)).lines().toList().getLast())
        .isEqualTo(
            "| mobilenet_v2-cifar, 128 × 32² | NHWC, glibc | 160.0 (150.0 – 170.0)"
                + " | 85.0 (80.0 – 100.0) | **1.88 (1.50 – 2.00)** | 500 | 1000 | **0.50** | 0"
                + " | 50 % | 2.500000 and 2.500010 |");
  }

  private static JsonObject json(String text, int images) {
    return JsonParser.parseString(text.formatted(images)).getAsJsonObject();
  }

  @Test
  void sumsCountALayerAsOftenAsTheNetworkHasIt() {
    String layer =
        "{layer: a, kind: depthwise, count: %d, tapewise_forward: 1, torch_forward: 2,"
            + " tapewise_gradInput: 1, torch_gradInput: 1, tapewise_gradWeight: 4,"
            + " torch_gradWeight: 1}";
    assertThat(LayerTable.of(List.of(json(layer, 2), json(layer, 3))).lines().toList().getLast())
        .isEqualTo(
            "| **all depthwise layers** | 5 | 5.000 | 10.000 | **2.00** | 5.000 | 5.000 | **1.00**"
                + " | 20.000 | 5.000 | **0.25** |");
  }

  @Test
  void earlierResultsAreKept() throws IOException {
    Path file = folder.resolve("new").resolve("table.md");
    ResultFile.write(file, "a");
    assertThat(file).hasContent("a");
    assertThat(ResultFile.free(file)).hasFileName("table-2.md");
  }
}
