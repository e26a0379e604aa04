package dev.tapewise.nn.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapewise.nn.io.TorchLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class UniformInitialisationTest {

  @Test
  void everyWeightHasASeedOfItsOwnAndBiasesCount() {
    Model model = MobileNetV2.cifar(10, 1);
    model.initialize(3);
    UniformInitialisation.fill(model);
    assertDrawn(model, "conv1.weight", 1000, Math.sqrt(6.0 / 27));
    assertDrawn(model, "layers.0.conv1.weight", 1001, Math.sqrt(6.0 / 32));
    assertDrawn(model, "layers.0.conv2.weight", 1002, Math.sqrt(6.0 / 9));
    assertDrawn(model, "layers.0.shortcut.0.weight", 1004, Math.sqrt(6.0 / 32));
    // 17 blocks of three and four shortcuts
    assertDrawn(model, "conv2.weight", 1000 + 1 + 51 + 4, Math.sqrt(6.0 / 320));
    assertDrawn(model, "linear.weight", 1057, Math.sqrt(3.0 / 1280));
    assertThat(model.parameters().get("linear.bias").toArray()).containsOnly(0);
    assertThat(model.parameters().get("bn1.weight").toArray()).containsOnly(1);
    assertThat(model.parameters().get("bn1.bias").toArray()).containsOnly(0);
    assertThat(model.parameters().get("bn2.running_mean").toArray()).containsOnly(0);
    assertThat(model.parameters().get("bn2.running_var").toArray()).containsOnly(1);
  }

  private static void assertDrawn(Model model, String name, long seed, double bound) {
    float[] values = TorchLayout.values(model.parameters().get(name));
    SplittableRandom random = new SplittableRandom(seed);
    for (float value : values) {
      assertThat(value).as(name).isEqualTo((float) ((random.nextDouble() * 2 - 1) * bound));
    }
  }

  @Test
  void imagesAreDrawnChannelByChannel() {
    Model model = MobileNetV1.cifar(10, 0.25f);
    float[] images = UniformInitialisation.images(model, 2);
    SplittableRandom random = new SplittableRandom(1);
    for (int n = 0; n < 2; n++) {
      for (int c = 0; c < 3; c++) {
        for (int p = 0; p < 1024; p++) {
          assertThat(images[(n * 1024 + p) * 3 + c])
              .isEqualTo((float) ((random.nextDouble() * 2 - 1) * Math.sqrt(3)));
        }
      }
    }
  }

  @Test
  void labelsAreClassIndices() {
    float[] labels = UniformInitialisation.labels(MobileNetV1.cifar(10, 0.25f), 5);
    SplittableRandom random = new SplittableRandom(2);
    for (float label : labels) {
      assertThat(label).isEqualTo(random.nextInt(10));
    }
  }
}
