package dev.tapewise.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Initializer;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Workers;
import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.geometry.ConvOptions;
import dev.tapewise.core.geometry.Padding;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A layer by itself computes what it computes in a program. */
final class TapewiseLayerTest {
  @Test
  void everyPassAndSetHasTheBitsOfAProgram() {
    check(ConvGeometry.of(9, 8, 12, 12, 3, 3, 2, 2, 1, 1, Padding.of(1), 12));
    check(ConvGeometry.of(6, 5, 20, 24, 1, 1, 1, 1, 1, 1, Padding.valid(), 1));
    check(ConvGeometry.of(7, 7, 8, 16, 3, 3, 1, 1, 1, 1, Padding.valid(), 8));
  }

  private static void check(ConvGeometry g) {
    try (Workers workers = new Workers(2)) {
      TapewiseLayer layer = new TapewiseLayer(new LayerShape(g, 3, 1), 2, workers);
      for (int set = 0; set < 2; set++) {
        Tape tape = new Tape();
        Var x = tape.input("x", Shape.of(3, g.height(), g.width(), g.inChannels()));
        Shape weights =
            Shape.of(g.kernelHeight(), g.kernelWidth(), g.inPerGroup(), g.outChannels());
        Var w = tape.parameter("w", weights, Initializer.constant(0));
        Padding padding = Padding.of(g.padTop());
        Var y =
            x.conv2d(
                w, ConvOptions.padded(padding).withStride(g.strideHeight()).withGroups(g.groups()));
        Var dy = tape.input("dy", y.shape());
        Program program =
            tape.compile(CompileOptions.of(y.mul(dy).sum()).keep(y).keepGradients(List.of(x)));
        program.value(w).set(layer.copyWeight());
        program.tape().parameters().markInitialized();
        program.input(x).set(layer.copyInput(set));
        program.input(dy).set(layer.copyOutputGradient(set));
        program.forward();
        program.backward();
        for (Pass pass : Pass.values()) {
          layer.play(pass, set);
        }
        assertThat(layer.copyResult(Pass.FORWARD, set)).isEqualTo(program.value(y).toArray());
        assertThat(layer.copyResult(Pass.GRAD_INPUT, set)).isEqualTo(program.gradient(x).toArray());
        assertThat(layer.copyResult(Pass.GRAD_WEIGHT, set))
            .isEqualTo(program.gradient(w).toArray());
      }
    }
  }

  @Test
  void aNetworksLayersAreCounted() {
    List<LayerShape> layers = LayerShape.named("v2-cifar");
    assertThat(count(layers, "dense")).isEqualTo(1);
    assertThat(count(layers, "depthwise")).isEqualTo(17);
    assertThat(count(layers, "pointwise")).isEqualTo(39);
    assertThat(layers).extracting(LayerShape::geometry).doesNotHaveDuplicates();
    assertThat(layers.getFirst().title()).isEqualTo("128×32×32×3 → 32 dense 3×3");
  }

  private static int count(List<LayerShape> layers, String kind) {
    return layers.stream()
        .filter(layer -> layer.kind().equals(kind))
        .mapToInt(LayerShape::count)
        .sum();
  }
}
