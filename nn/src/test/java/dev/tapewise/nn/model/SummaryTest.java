package dev.tapewise.nn.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Memory;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import org.junit.jupiter.api.Test;

final class SummaryTest {

  @Test
  void rowsSayWhatALayerCosts() {
    Summary summary = Summary.of(MobileNetV2.cifar(10, 1), 128);
    assertThat(summary.layers().getFirst())
        .isEqualTo(
            new Summary.Layer("conv1", "conv2d", Shape.of(1, 32, 32, 32), 864, 884_736, 131_072));
    assertThat(summary.layers().getLast())
        .isEqualTo(new Summary.Layer("linear", "linear", Shape.of(1, 10), 12_810, 12_800, 40));
    assertThat(summary.layers())
        .filteredOn(l -> l.path().equals("layers.2.bn2"))
        .singleElement()
        .satisfies(l -> assertThat(l.parameters()).isEqualTo(2 * 144));
  }

  @Test
  void memoryIsThatOfTheCompiledProgram() {
    Model model = MobileNetV1.cifar(10, 0.25f);
    Memory planned = Summary.of(model, 4).memory();
    Tape tape = model.tape(true);
    Var logits = model.logits(tape, tape.input("images", model.imageShape(4)));
    Var loss = logits.crossEntropy(tape.labels("labels", 4), 0);
    assertThat(planned).isEqualTo(tape.compile(CompileOptions.of(loss)).memory());
  }

  @Test
  void memoryOfAPlanThatWouldNotFitIsToldAllTheSame() {
    Memory memory = Summary.of(MobileNetV2.imageNet(1000, 1), 4096).memory();
    assertThat(memory.total()).isGreaterThan(20_000_000_000L);
  }

  @Test
  void theTableCanBeRead() {
    String table = Summary.of(MobileNetV1.cifar(10, 1), 128).toString();
    assertThat(table.lines())
        .startsWith(
            "mobilenet_v1-cifar, 32×32×3 images, 10 classes, 3217226 parameters",
            "layer                           output                parameters   multiply-adds"
                + "        bytes",
            "features.0.0 conv2d             [1, 32, 32, 32]              864         884,736"
                + "      131,072")
        .anyMatch(line -> line.matches("total +3,217,226 +46,354,432 +[0-9,]+"))
        .anyMatch(line -> line.startsWith("training on batches of 128: "));
  }
}
