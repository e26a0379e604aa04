package dev.tapewise.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.ImmutableDoubleArray;
import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.nn.data.Normalisation;
import dev.tapewise.nn.io.MalformedFileException;
import dev.tapewise.nn.io.StateDict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelTest {
  private static final int CLASSES = 5;

  @TempDir private Path folder;

  private static Model model() {
    return MobileNetV1.cifar(CLASSES, 0.25f).at(8, 8);
  }

  private static float[] pixels(int count) {
    SplittableRandom random = new SplittableRandom(3);
    float[] pixels = new float[count];
    for (int i = 0; i < count; i++) {
      pixels[i] = random.nextInt(256);
    }
    return pixels;
  }

  @Test
  void aSavedModelPredictsTheSameWhenLoaded() throws IOException {
    Path file = folder.resolve("model.safetensors");
    Model saved = model().initialize(1).normalisation(Normalisation.CIFAR10);
    float[] image = pixels(8 * 8 * 3);
    Prediction before = saved.predict(image);
    saved.save(file);
    Model loaded = model();
    loaded.load(file);
    assertThat(loaded.normalisation()).isEqualTo(Normalisation.CIFAR10);
    assertThat(loaded.predict(image)).isEqualTo(before);
    assertThat(before.probabilities().stream().sum()).isCloseTo(1, within(1e-12));
    assertThat(before.probability(before.top()))
        .isEqualTo(before.probabilities().stream().max().orElseThrow());
  }

  @Test
  void predictionsAreThoseOfTheNormalisedImage() {
    Model model = model().initialize(1).normalisation(Normalisation.CIFAR10);
    float[] image = pixels(8 * 8 * 3);
    Tape tape = model.tape(false);
    Var x = tape.input("x", model.imageShape(1));
    Var y = model.logits(tape, x);
    Program program = tape.compile(CompileOptions.forwardOnly(y));
    float[] scaled = new float[image.length];
    for (int i = 0; i < image.length; i++) {
      double mean = Normalisation.CIFAR10.mean().get(i % 3);
      scaled[i] =
          (float) ((image[i] / 255.0 - mean) / Normalisation.CIFAR10.deviation().get(i % 3));
    }
    program.input(x).set(scaled);
    program.forward();
    float[] logits = program.value(y).toArray();
    assertThat(model.predict(image)).isEqualTo(Prediction.of(logits, 0, CLASSES));
  }

  @Test
  void greyIsRepeatedOverTheChannels() {
    Normalisation grey = Normalisation.FASHION_MNIST;
    Normalisation threeTimes =
        new Normalisation(
            ImmutableDoubleArray.of(grey.mean().get(0), grey.mean().get(0), grey.mean().get(0)),
            ImmutableDoubleArray.of(
                grey.deviation().get(0), grey.deviation().get(0), grey.deviation().get(0)));
    float[] image = pixels(8 * 8);
    float[] repeated = new float[8 * 8 * 3];
    for (int i = 0; i < repeated.length; i++) {
      repeated[i] = image[i / 3];
    }
    Model model = model().initialize(1);
    Prediction fromGrey = model.normalisation(grey).predict(image);
    assertThat(model.normalisation(threeTimes).predict(repeated)).isEqualTo(fromGrey);
  }

  @Test
  void predictingSeesParametersThatChanged() {
    Model model = model().initialize(1).normalisation(Normalisation.none(3));
    float[] image = pixels(8 * 8 * 3);
    Prediction before = model.predict(image);
    model.initialize(2);
    assertThat(model.predict(image)).isNotEqualTo(before);
  }

  @Test
  void aFileWithoutNormalisationLeavesTheModelsOwn() throws IOException {
    Path file = folder.resolve("theirs.safetensors");
    StateDict.save(model().initialize(1).parameters(), ImmutableMap.of(), file);
    Model model = model();
    model.load(file);
    assertThat(model.normalisation()).isNull();
    assertThatThrownBy(() -> model.predict(pixels(8 * 8 * 3)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("normalisation()");
    model.normalisation(Normalisation.CIFAR10).load(file);
    assertThat(model.normalisation()).isEqualTo(Normalisation.CIFAR10);
  }

  @Test
  void aDamagedNormalisationIsNamedAndChangesNothing() throws IOException {
    Path file = folder.resolve("damaged.safetensors");
    StateDict.save(
        model().initialize(1).parameters(),
        ImmutableMap.of(ModelFile.MEAN, "0.5,x,0.5", ModelFile.DEVIATION, "1,1,1"),
        file);
    Model model = model().initialize(2);
    float[] before = model.parameters().get("classifier.weight").toArray();
    assertThatThrownBy(() -> model.load(file))
        .isInstanceOf(MalformedFileException.class)
        .hasMessageContainingAll(file.toString(), ModelFile.MEAN, "0.5,x,0.5");
    assertThat(model.parameters().get("classifier.weight").toArray()).isEqualTo(before);
  }

  @Test
  void imagesAndNormalisationsThatDoNotFitAreRefused() {
    Model model = model().initialize(1).normalisation(Normalisation.CIFAR10);
    assertThatThrownBy(() -> model.predict(new float[8 * 8]))
        .hasMessageContaining("8 × 8 × 3, which are 192 values, got 64");
    assertThatThrownBy(() -> model.normalisation(Normalisation.none(2)))
        .hasMessageContaining("3 channels, the normalisation has 2");
  }

  @Test
  void valuesThatAreNotFiniteGiveNoPrediction() {
    Model model = model().initialize(1).normalisation(Normalisation.CIFAR10);
    float[] image = pixels(8 * 8 * 3);
    image[7] = Float.NaN;
    assertThatThrownBy(() -> model.predict(image))
        .hasMessageContaining("input \"images\" has NaN at index 7");
    var weight = model.parameters().get("classifier.weight");
    weight.values()[weight.valueOffset()] = Float.POSITIVE_INFINITY;
    assertThatThrownBy(() -> model.predict(pixels(8 * 8 * 3)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("classifier.weight");
  }
}
