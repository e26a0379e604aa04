package dev.tapewise.bench.peers;

import com.google.gson.JsonObject;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.global.torch;

/** Prints which PyTorch is loaded; a first look that it can be. */
final class TorchVersion {
  private TorchVersion() {}

  /** Runs it. */
  public static void main(String[] arguments) {
    String libraries =
        torch
            .show_config()
            .getString()
            .lines()
            .filter(line -> line.contains("Intel(R)"))
            .map(
                line -> line.replaceAll("^[ -]+|Intel\\(R\\) |-Product Build.*| \\(Git Hash.*", ""))
            .collect(Collectors.joining("; "));
    JsonObject json = new JsonObject();
    json.addProperty("version", torch.TORCH_VERSION + " (" + libraries + ")");
    System.out.println(json);
  }
}
