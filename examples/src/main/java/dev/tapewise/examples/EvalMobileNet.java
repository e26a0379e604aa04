package dev.tapewise.examples;

import dev.tapewise.core.Machine;
import dev.tapewise.nn.model.Model;
import dev.tapewise.nn.train.Evaluation;
import dev.tapewise.nn.train.Evaluator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tests weights on real images: {@code tapewise eval}. */
@Command(
    name = "eval",
    description = {
      "Tests a network's weights on the test images of a data set.",
      "Network and width must be those that the weights were trained with; what train chooses for"
          + " a data set is chosen here, too."
    })
final class EvalMobileNet extends TapewiseCommand {
  @Parameters(
      paramLabel = "WEIGHTS",
      description = "a .safetensors file, as train writes it or with PyTorch's names")
  private Path weights = Path.of("");

  @Mixin private DataOptions data = new DataOptions();
  @Mixin private ModelOptions network = new ModelOptions();

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "images at a time (default: ${DEFAULT-VALUE})")
  private int batch = 100;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "threads that compute (default: one per core)")
  private int threads = Machine.cores();

  @Override
  int execute() throws IOException {
    Recipe recipe = usage(data::checked);
    atLeastOne("--batch", batch);
    atLeastOne("--threads", threads);
    DataOptions.Parts parts = data.open();
    Model model = usage(() -> network.model(recipe, parts));
    model.load(weights);
    try (Evaluator evaluator = new Evaluator(model, recipe.normalisation(), batch, threads)) {
      long begun = System.nanoTime();
      Evaluation test = evaluator.evaluate(parts.test());
      double seconds = (System.nanoTime() - begun) / 1e9;
      print(
          String.format(
              Locale.ROOT,
              "%s on %s: test accuracy %.2f %%, loss %.4f, %,d images, %.0f images/s",
              model.name(),
              recipe.dataset(),
              100 * test.accuracy(),
              test.loss(),
              test.images(),
              test.images() / seconds));
    }
    return 0;
  }
}
