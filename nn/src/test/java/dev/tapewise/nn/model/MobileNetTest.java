package dev.tapewise.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Parameter;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Role;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MobileNetTest {

  /** Published figures: torchvision's, and those that the CIFAR variants are known by. */
  @ParameterizedTest
  @CsvSource({
    "mobilenet_v1,       1000, 224, 4231976, 568740352",
    "mobilenet_v2,       1000, 224, 3504872, 300774272",
    "mobilenet_v3_small, 1000, 224, 2542856,  56510400",
    "mobilenet_v3_large, 1000, 224, 5483032, 216589760",
    "mobilenet_v1-cifar,   10,  32, 3217226,  46354432",
    "mobilenet_v2-cifar,   10,  32, 2296922,  91154944",
  })
  void parametersAndMultiplyAddsAreThePublishedOnes(
      String name, int classes, int size, long parameters, long multiplyAdds) {
    Model model = Models.byName(name, classes, 1, size);
    Summary summary = Summary.of(model, 1);
    assertThat(model.parameterCount()).isEqualTo(parameters);
    assertThat(summary.parameters()).isEqualTo(parameters);
    assertThat(summary.multiplyAdds()).isEqualTo(multiplyAdds);
  }

  /** As PyTorch users know {@code MobileNetV2(width_mult=…)}, in units of 10,000. */
  @ParameterizedTest
  @CsvSource({"0.35, 168", "0.5, 197", "0.75, 264", "1.4, 611"})
  void narrowAndWideV2HaveThePublishedParameters(float width, long parameters) {
    long count = MobileNetV2.imageNet(1000, width).parameterCount();
    assertThat(Math.round(count / 1e4)).isEqualTo(parameters);
  }

  /** The paper's table 6, in millions: 0.5, 1.3, 2.6. */
  @ParameterizedTest
  @CsvSource({"0.25, 470072", "0.5, 1331592", "0.75, 2585560"})
  void narrowV1HasThePublishedParameters(float width, long parameters) {
    assertThat(MobileNetV1.imageNet(1000, width).parameterCount()).isEqualTo(parameters);
  }

  @Test
  void v2HasTorchvisionsNames() {
    List<String> names = names(MobileNetV2.imageNet(1000, 1));
    assertThat(names)
        .startsWith(
            "features.0.0.weight",
            "features.0.1.weight",
            "features.0.1.bias",
            "features.0.1.running_mean",
            "features.0.1.running_var",
            "features.1.conv.0.0.weight")
        .contains(
            "features.1.conv.1.weight",
            "features.1.conv.2.running_var",
            "features.2.conv.0.0.weight",
            "features.17.conv.3.bias",
            "features.18.1.running_mean")
        .endsWith("classifier.1.weight", "classifier.1.bias");
    assertThat(names).hasSize(52 * 5 + 2);
  }

  /** Counted from torchvision's tables, with its rounding of every channel count. */
  @ParameterizedTest
  @CsvSource({
    "mobilenet_v3_small, 0.75, 1653920",
    "mobilenet_v3_small, 0.35, 558744",
    "mobilenet_v3_large, 0.75, 3377576",
    "mobilenet_v3_large, 1.25, 8164744"
  })
  void narrowAndWideV3RoundsLikeTorchvision(String name, float width, long parameters) {
    assertThat(Models.byName(name, 1000, width, 224).parameterCount()).isEqualTo(parameters);
  }

  @Test
  void v3HasTorchvisionsNames() {
    assertThat(names(MobileNetV3.small(1000, 1)))
        .startsWith(
            "features.0.0.weight",
            "features.0.1.weight",
            "features.0.1.bias",
            "features.0.1.running_mean",
            "features.0.1.running_var",
            "features.1.block.0.0.weight")
        .containsSubsequence(
            "features.1.block.0.1.running_var",
            "features.1.block.1.fc1.weight",
            "features.1.block.1.fc1.bias",
            "features.1.block.1.fc2.weight",
            "features.1.block.1.fc2.bias",
            "features.1.block.2.0.weight",
            "features.1.block.2.1.weight",
            "features.4.block.2.fc1.weight",
            "features.4.block.3.1.running_var",
            "features.12.0.weight",
            "classifier.0.weight")
        .doesNotContain("features.2.block.2.fc1.weight")
        .endsWith(
            "classifier.0.weight", "classifier.0.bias", "classifier.3.weight", "classifier.3.bias")
        .hasSize(34 * 5 + 9 * 4 + 4);
    assertThat(names(MobileNetV3.large(1000, 1)))
        .contains("features.4.block.2.fc2.bias", "features.15.block.3.0.weight")
        .contains("features.16.1.running_var", "classifier.3.bias")
        .doesNotContain("features.1.block.1.fc1.weight", "features.7.block.2.fc1.weight")
        .hasSize(46 * 5 + 8 * 4 + 4);
  }

  @Test
  void v3NormsMoveTheirStatisticsByAHundredth() {
    Model model = MobileNetV3.small(10, 0.25f).at(32, 32);
    Tape tape = model.tape(true);
    Var images = tape.input("images", model.imageShape(2));
    Program program = tape.compile(CompileOptions.forwardOnly(model.logits(tape, images)));
    UniformInitialisation.fill(model);
    model.parameters().get("features.0.0.weight").set(new float[3 * 3 * 3 * 8]);
    program.input(images).set(UniformInitialisation.images(model, 2));
    program.forward();
    // the batch has the variance 0
    assertThat(model.parameters().get("features.0.1.running_var").toArray()).containsOnly(0.99f);
  }

  @Test
  void v1NamesItsBlocksByPlace() {
    assertThat(names(MobileNetV1.cifar(10, 1)))
        .startsWith("features.0.0.weight")
        .contains("features.13.0.weight", "features.13.1.bias", "features.13.3.weight")
        .contains("features.13.4.running_var")
        .endsWith("classifier.weight", "classifier.bias")
        .hasSize(27 * 5 + 2);
  }

  @Test
  void v2CifarHasTheNamesItsWeightsGoAroundWith() {
    assertThat(names(MobileNetV2.cifar(10, 1)))
        .startsWith(
            "conv1.weight",
            "bn1.weight",
            "bn1.bias",
            "bn1.running_mean",
            "bn1.running_var",
            "layers.0.conv1.weight")
        .containsSubsequence(
            "layers.0.bn3.running_var",
            "layers.0.shortcut.0.weight",
            "layers.0.shortcut.1.weight",
            "layers.1.conv1.weight")
        .contains("layers.16.conv3.weight", "bn2.running_mean")
        .doesNotContain("layers.2.shortcut.0.weight")
        .endsWith("linear.weight", "linear.bias");
  }

  @Test
  void rolesTellWeightsFromNormsAndBiases() {
    Model model = MobileNetV2.imageNet(10, 0.35f);
    assertThat(model.parameters().get("features.3.conv.0.0.weight").role()).isEqualTo(Role.WEIGHT);
    assertThat(model.parameters().get("features.3.conv.0.1.weight").role()).isEqualTo(Role.NORM);
    assertThat(model.parameters().get("classifier.1.bias").role()).isEqualTo(Role.BIAS);
    assertThat(model.parameters().get("features.0.1.running_var").role()).isEqualTo(Role.BUFFER);
  }

  @Test
  void weightsStartWithTorchvisionsSpread() {
    Model model = MobileNetV2.imageNet(1000, 1).initialize(7);
    // kaiming_normal_ with fan_out: out / groups * taps
    assertThat(deviation(model, "features.0.0.weight")).isBetween(0.0756, 0.0911);
    assertThat(deviation(model, "features.17.conv.1.0.weight")).isBetween(0.462, 0.481);
    assertThat(deviation(model, "features.18.0.weight")).isBetween(0.0394, 0.0396);
    assertThat(deviation(model, "classifier.1.weight")).isBetween(0.00999, 0.01001);
    assertThat(model.parameters().get("features.0.1.weight").toArray()).containsOnly(1);
    assertThat(model.parameters().get("classifier.1.bias").toArray()).containsOnly(0);
  }

  private static double deviation(Model model, String name) {
    double sum = 0;
    float[] values = model.parameters().get(name).toArray();
    for (float v : values) {
      sum += (double) v * v;
    }
    return Math.sqrt(sum / values.length);
  }

  @Test
  void otherSizesShareTheParameters() {
    Model model = MobileNetV2.imageNet(10, 0.35f);
    Model small = model.at(96, 64);
    assertThat(small.parameters()).isSameAs(model.parameters());
    assertThat(small.imageShape(2)).isEqualTo(Shape.of(2, 96, 64, 3));
  }

  @Test
  void aStrangeTapeOrImageIsRejected() {
    Model model = MobileNetV1.cifar(10, 0.25f);
    var strange = MobileNetV1.cifar(10, 0.25f).tape(true);
    assertThatThrownBy(() -> model.logits(strange, strange.input("x", model.imageShape(1))))
        .hasMessage(
            "this tape has other parameters than mobilenet_v1-cifar."
                + " Make it with model.tape(training)");
    var tape = model.tape(true);
    assertThatThrownBy(() -> model.logits(tape, tape.input("x", Shape.of(4, 33, 32, 3))))
        .hasMessage("mobilenet_v1-cifar reads images of [4, 32, 32, 3], got [4, 33, 32, 3]");
  }

  @ParameterizedTest
  @CsvSource({"0", "-1", "NaN", "17"})
  void impossibleWidthsAreRejected(float width) {
    assertThatThrownBy(() -> MobileNetV2.cifar(10, width))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the width multiplier must be above 0 and at most 16 but is");
  }

  private static List<String> names(Model model) {
    return model.parameters().all().stream().map(Parameter::name).toList();
  }
}
