package dev.tapewise.examples;

import dev.tapewise.nn.model.Model;
import dev.tapewise.nn.model.Summary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what a network is made of: {@code tapewise summary}. */
@Command(
    name = "summary",
    description = "Shows a network layer by layer, and the memory that training it takes.")
final class SummaryCommand extends TapewiseCommand {
  @Mixin private NetworkOptions network = new NetworkOptions();

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "images per step (default: ${DEFAULT-VALUE})")
  private int batch = 1;

  @Override
  int execute() {
    atLeastOne("--batch", batch);
    Model model = usage(network::model);
    print(Summary.of(model, batch).toString());
    return 0;
  }
}
