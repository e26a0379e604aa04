package dev.tapewise.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.primitives.ImmutableLongArray;
import dev.tapewise.autodiff.Parameter;
import dev.tapewise.nn.model.MobileNetV1;
import dev.tapewise.nn.model.MobileNetV2;
import dev.tapewise.nn.model.Model;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateDictTest {
  @TempDir private Path folder;

  private static Model model() {
    return MobileNetV1.cifar(10, 0.25f);
  }

  @Test
  void loadingGivesBackWhatWasSaved() throws IOException {
    Path file = folder.resolve("model.safetensors");
    Model saved = MobileNetV2.imageNet(10, 0.35f).initialize(1);
    saved
            .parameters()
            .get("features.0.1.running_mean")
            .values()[saved.parameters().get("features.0.1.running_mean").valueOffset()] =
        Float.MIN_VALUE;
    saved.save(file);
    Model loaded = MobileNetV2.imageNet(10, 0.35f).initialize(2);
    loaded.load(file);
    for (Parameter p : saved.parameters().all()) {
      assertThat(loaded.parameters().get(p.name()).toArray()).as(p.name()).isEqualTo(p.toArray());
    }
  }

  @Test
  void theFileHasPyTorchsNamesAndShapesInOrder() throws IOException {
    Path file = folder.resolve("model.safetensors");
    MobileNetV2.imageNet(10, 1).initialize(1).save(file);
    try (SafetensorsFile in = SafetensorsFile.open(file)) {
      assertThat(in.metadata()).containsEntry("format", "pt");
      assertThat(in.names())
          .startsWith(
              "features.0.0.weight",
              "features.0.1.weight",
              "features.0.1.bias",
              "features.0.1.running_mean",
              "features.0.1.running_var")
          .endsWith("classifier.1.weight", "classifier.1.bias");
      assertThat(in.entry("features.0.0.weight").shape())
          .isEqualTo(ImmutableLongArray.of(32, 3, 3, 3));
      assertThat(in.entry("features.2.conv.1.0.weight").shape())
          .isEqualTo(ImmutableLongArray.of(96, 1, 3, 3));
      assertThat(in.entry("features.2.conv.2.weight").shape())
          .isEqualTo(ImmutableLongArray.of(24, 96, 1, 1));
      assertThat(in.entry("classifier.1.weight").shape())
          .isEqualTo(ImmutableLongArray.of(10, 1280));
    }
  }

  @Test
  void loadedValuesAreNotInitializedOver() throws IOException {
    Path file = folder.resolve("model.safetensors");
    model().initialize(1).save(file);
    Model loaded = model();
    loaded.load(file);
    float[] values = loaded.parameters().get("classifier.weight").toArray();
    loaded.parameters().initializeOnce();
    assertThat(loaded.parameters().get("classifier.weight").toArray()).isEqualTo(values);
  }

  /** The tensors of a model, to be tampered with. */
  private static Map<String, TensorValues> tensors(Model model) {
    Map<String, TensorValues> tensors = new LinkedHashMap<>();
    for (Parameter p : model.parameters().all()) {
      tensors.put(
          p.name(), TensorValues.floats(p.name(), TorchLayout.shape(p), TorchLayout.values(p), 0));
    }
    return tensors;
  }

  private Path written(Map<String, TensorValues> tensors) throws IOException {
    Path file = folder.resolve("tampered.safetensors");
    SafetensorsWriter.write(file, new ArrayList<>(tensors.values()), Map.of());
    return file;
  }

  private void assertRejected(Map<String, TensorValues> tensors, String... parts)
      throws IOException {
    Path file = written(tensors);
    Model model = model().initialize(5);
    List<float[]> before = model.parameters().all().stream().map(Parameter::toArray).toList();
    assertThatThrownBy(() -> model.load(file))
        .isInstanceOf(MalformedFileException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContainingAll(parts);
    assertThat(model.parameters().all().stream().map(Parameter::toArray).toList())
        .usingElementComparator(Arrays::compare)
        .isEqualTo(before);
  }

  @Test
  void aMissingTensorIsNamed() throws IOException {
    Map<String, TensorValues> tensors = tensors(model().initialize(1));
    tensors.remove("features.3.4.bias");
    assertRejected(tensors, "\"features.3.4.bias\" [32]", "found no such tensor");
  }

  @Test
  void anUnknownTensorIsNamed() throws IOException {
    Map<String, TensorValues> tensors = tensors(model().initialize(1));
    tensors.put("x", TensorValues.floats("x", ImmutableLongArray.of(2), new float[2], 0));
    assertRejected(tensors, "no tensor \"x\"", "found [2]");
  }

  @Test
  void aWrongShapeIsToldBesideTheRightOne() throws IOException {
    Map<String, TensorValues> tensors = tensors(model().initialize(1));
    String name = "classifier.weight";
    tensors.put(
        name, TensorValues.floats(name, ImmutableLongArray.of(256, 10), new float[2560], 0));
    assertRejected(tensors, "\"classifier.weight\" [10, 256]", "found [256, 10]");
  }

  @Test
  void aWrongTypeIsTold() throws IOException {
    Map<String, TensorValues> tensors = tensors(model().initialize(1));
    String name = "classifier.bias";
    tensors.put(name, TensorValues.ints(name, ImmutableLongArray.of(10), new int[10], 0));
    assertRejected(
        tensors, "\"classifier.bias\" [10] of type F32, F16, BF16 or F64", "found type I32");
  }

  @Test
  void anotherNetworkGivesOneErrorWithAFewNames() throws IOException {
    Path file = folder.resolve("other.safetensors");
    MobileNetV2.cifar(10, 0.25f).initialize(1).save(file);
    assertThatThrownBy(() -> model().load(file))
        .hasMessageContaining("the tensors of mobilenet_v1-cifar: \"features.0.0.weight\"")
        .hasMessageContaining(" more")
        .hasMessageContaining("the same network, width and classes")
        .satisfies(e -> assertThat(String.valueOf(e.getMessage())).hasSizeLessThan(800));
  }

  @Test
  void countersOfPyTorchAreIgnored() throws IOException {
    Model saved = model().initialize(1);
    Map<String, TensorValues> tensors = tensors(saved);
    String name = "features.0.1.num_batches_tracked";
    tensors.put(name, TensorValues.ints(name, ImmutableLongArray.of(), new int[1], 0));
    Model loaded = model();
    loaded.load(written(tensors));
    assertThat(loaded.parameters().get("classifier.weight").toArray())
        .isEqualTo(saved.parameters().get("classifier.weight").toArray());
  }
}
