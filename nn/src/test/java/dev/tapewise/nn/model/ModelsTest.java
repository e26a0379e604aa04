package dev.tapewise.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ModelsTest {

  @Test
  void everyNameGivesAModelOfThatNameAndSize() {
    for (String name : Models.names()) {
      Model model = Models.byName(name, 7, 0.25f, 48);
      assertThat(model.name()).isEqualTo(name);
      assertThat(model.classes()).isEqualTo(7);
      assertThat(model.height()).isEqualTo(48);
      assertThat(model.width()).isEqualTo(48);
      assertThat(model.channels()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "MobileNetV2,       mobilenet_v2",
    "mobilenet-v2-cifar, mobilenet_v2-cifar",
    "moblenet_v1,       mobilenet_v1",
  })
  void anUnknownNameTellsTheNearOnes(String name, String near) {
    assertThatThrownBy(() -> Models.byName(name, 10, 1, 32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("there is no model \"" + name + "\". Did you mean " + near + " or ")
        .hasMessageEndingWith(
            "All: mobilenet_v1, mobilenet_v2, mobilenet_v3_small, mobilenet_v3_large,"
                + " mobilenet_v1-cifar, mobilenet_v2-cifar");
  }

  @Test
  void aFarNameTellsAllNames() {
    assertThatThrownBy(() -> Models.byName("vgg", 10, 1, 32))
        .hasMessage(
            "there is no model \"vgg\"."
                + " All: mobilenet_v1, mobilenet_v2, mobilenet_v3_small, mobilenet_v3_large,"
                + " mobilenet_v1-cifar, mobilenet_v2-cifar");
  }
}
