package dev.tapewise.bench.peers;

import com.google.common.collect.ImmutableList;
import dev.tapewise.autodiff.Node;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.op.Conv2d;
import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.geometry.Padding;
import dev.tapewise.nn.model.Model;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A convolution that both sides run.
 *
 * @param geometry its geometry
 * @param batch images
 * @param count how often the network has it
 */
record LayerShape(ConvGeometry geometry, int batch, int count) {

  /** Names {@link #origin}. */
  static final String ORIGIN = "origin";

  /** The distinct convolutions of a step, or {@link #origin}. */
  static ImmutableList<LayerShape> named(String name) {
    if (name.equals(ORIGIN)) {
      return origin();
    }
    StepCase step = StepCase.named(name);
    Model model = step.network();
    Tape tape = model.tape(true);
    model.logits(tape, tape.input("images", model.imageShape(step.batch())));
    Map<ConvGeometry, Integer> counts = new LinkedHashMap<>();
    for (Node node : tape.nodes()) {
      if (node.op() instanceof Conv2d conv) {
        counts.merge(conv.geometry(), 1, Integer::sum);
      }
    }
    ImmutableList.Builder<LayerShape> layers = ImmutableList.builder();
    counts.forEach((g, count) -> layers.add(new LayerShape(g, step.batch(), count)));
    return layers.build();
  }

  /**
   * The two layers of Flux.jl issue 2508: depthwise 3×3 of one 28×28×1024 image, and 3×3 of
   * 128×128×32, batch 32, to 64 channels in 32 groups.
   */
  private static ImmutableList<LayerShape> origin() {
    return ImmutableList.of(
        new LayerShape(square(28, 1024, 1024, 1024, Padding.of(1)), 1, 1),
        new LayerShape(square(128, 32, 64, 32, Padding.valid()), 32, 1));
  }

  private static ConvGeometry square(int size, int in, int out, int groups, Padding padding) {
    return ConvGeometry.of(size, size, in, out, 3, 3, 1, 1, 1, 1, padding, groups);
  }

  /** The same layer on another batch. */
  LayerShape onBatch(int images) {
    return new LayerShape(geometry, images, count);
  }

  /** Bytes of its input and its output: what each of the three passes touches. */
  long bytes() {
    return (long) batch * (geometry.inSize() + geometry.outSize()) * Float.BYTES;
  }

  /** Pointwise, depthwise, dense (the stem) or grouped. */
  String kind() {
    if (geometry.isPointwise()) {
      return "pointwise";
    }
    if (geometry.isDepthwise()) {
      return "depthwise";
    }
    return geometry.groups() == 1 ? "dense" : "grouped";
  }

  /** Its numbers in a line. */
  String title() {
    ConvGeometry g = geometry;
    String kernel = g.isPointwise() ? "" : " %d×%d".formatted(g.kernelHeight(), g.kernelWidth());
    String stride = g.strideHeight() == 1 ? "" : " stride " + g.strideHeight();
    return "%d×%d×%d×%d → %d %s%s%s"
        .formatted(
            batch, g.height(), g.width(), g.inChannels(), g.outChannels(), kind(), kernel, stride);
  }
}
