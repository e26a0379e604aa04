package dev.tapewise.nn.model;

import com.google.common.collect.ImmutableList;
import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Memory;
import dev.tapewise.autodiff.Node;
import dev.tapewise.autodiff.Parameter;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a model is made of and what training it takes. {@link #toString} is a table.
 *
 * @param model what it is called and reads
 * @param layers one row per recorded op
 * @param batch images per training step
 * @param memory what a training program for that batch needs, by one thread and without an
 *     optimizer
 */
public record Summary(String model, ImmutableList<Layer> layers, int batch, Memory memory) {

  /**
   * One recorded op.
   *
   * @param path the layer that recorded it
   * @param op what it does
   * @param output its shape, for one image
   * @param parameters trainable values that it reads and no row before it
   * @param multiplyAdds products of the forward pass, for one image
   * @param activationBytes the size of the output, for one image
   */
  public record Layer(
      String path,
      String op,
      Shape output,
      long parameters,
      long multiplyAdds,
      long activationBytes) {}

  /** Records the model and plans its training for a batch; takes no memory. */
  public static Summary of(Model model, int batch) {
    return new Summary(model.toString(), layers(model), batch, memory(model, batch));
  }

  private static ImmutableList<Layer> layers(Model model) {
    Tape tape = model.tape(true);
    model.logits(tape, tape.input("images", model.imageShape(1)));
    ImmutableList.Builder<Layer> layers = ImmutableList.builder();
    Set<Parameter> counted = new HashSet<>();
    for (Node node : tape.nodes()) {
      Shape output = node.output().shape();
      layers.add(
          new Layer(
              node.path(),
              node.op().name(),
              output,
              parameters(node.inputs(), counted),
              node.op().multiplyAdds(),
              output.size() * Float.BYTES));
    }
    return layers.build();
  }

  private static long parameters(List<Var> inputs, Set<Parameter> counted) {
    long count = 0;
    for (Var input : inputs) {
      Parameter p = input.parameter();
      if (p != null && counted.add(p)) {
        count += p.size();
      }
    }
    return count;
  }

  private static Memory memory(Model model, int batch) {
    Tape tape = model.tape(true);
    Var logits = model.logits(tape, tape.input("images", model.imageShape(batch)));
    Var loss = logits.crossEntropy(tape.labels("labels", batch), 0);
    return tape.memory(CompileOptions.of(loss));
  }

  /** Trainable values. */
  public long parameters() {
    return layers.stream().mapToLong(Layer::parameters).sum();
  }

  /** Products of the forward pass, for one image. */
  public long multiplyAdds() {
    return layers.stream().mapToLong(Layer::multiplyAdds).sum();
  }

  /** Bytes of all outputs of one image, as a program without fusion and reuse would keep them. */
  public long activationBytes() {
    return layers.stream().mapToLong(Layer::activationBytes).sum();
  }

  @Override
  public String toString() {
    int width = "total".length();
    for (Layer layer : layers) {
      width = Math.max(width, label(layer).length());
    }
    String row = "%-" + width + "s  %-19s %12s %15s %12s%n";
    StringBuilder table = new StringBuilder(model).append(System.lineSeparator());
    table.append(row.formatted("layer", "output", "parameters", "multiply-adds", "bytes"));
    for (Layer layer : layers) {
      table.append(
          row.formatted(
              label(layer),
              layer.output(),
              count(layer.parameters()),
              count(layer.multiplyAdds()),
              count(layer.activationBytes())));
    }
    table.append(
        row.formatted(
            "total", "", count(parameters()), count(multiplyAdds()), count(activationBytes())));
    return table
        .append(
            String.format(
                Locale.ROOT,
                "training on batches of %d: %.1f MB (activations and gradients %.1f, inputs and"
                    + " outputs %.1f, parameters %.1f, scratch %.1f)",
                batch,
                megabytes(memory.total()),
                megabytes(memory.arena()),
                megabytes(memory.kept()),
                megabytes(memory.parameters()),
                megabytes(memory.scratch())))
        .toString();
  }

  private static String label(Layer layer) {
    return layer.path().isEmpty() ? layer.op() : layer.path() + " " + layer.op();
  }

  private static String count(long n) {
    return n == 0 ? "" : String.format(Locale.ROOT, "%,d", n);
  }

  private static double megabytes(long bytes) {
    return bytes / 1e6;
  }
}
