package dev.tapewise.nn.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Parameter;
import dev.tapewise.core.Machine;
import dev.tapewise.nn.data.Augmentation;
import dev.tapewise.nn.data.ImageDataset;
import dev.tapewise.nn.data.InMemoryImages;
import dev.tapewise.nn.loss.CrossEntropy;
import dev.tapewise.nn.model.MobileNetV2;
import dev.tapewise.nn.model.Model;
import dev.tapewise.nn.optim.Sgd;
import dev.tapewise.nn.schedule.Cosine;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * MobileNetV2 ×0.35 learns the same bits in ten steps with dropout and augmentation, however it is
 * played: SHA-256 of all weights and statistics.
 */
@Timeout(300)
final class SameBitsTest {
  private static final int SIDE = 32;
  private static final int CLASSES = 4;
  private static final int IMAGES = 38;
  private static final int BATCH = 8;
  private static final int EPOCHS = 2;

  /** Trains and prints the vector width and the hash. */
  public static void main(String[] arguments) {
    System.out.println(
        Machine.vectorBits()
            + " "
            + trained(Integer.parseInt(arguments[0]), UnaryOperator.identity()));
  }

  private static String trained(int threads, UnaryOperator<CompileOptions> compilation) {
    Model model = MobileNetV2.imageNet(CLASSES, 0.35f).at(SIDE, SIDE);
    try (Trainer trainer =
        Trainer.of(model)
            .loss(CrossEntropy.withSmoothing(0.1f))
            .optimizer(Sgd.withMomentum(0.9f).nesterov().weightDecay(4e-5f))
            .schedule(Cosine.from(0.05f))
            .augmentation(Augmentation.padCrop(4).withHorizontalFlip())
            .batch(BATCH)
            .threads(threads)
            .seed(17)
            .compile(compilation)
            .build()) {
      TrainingResult result = trainer.fit(images(), EPOCHS);
      assertThat(result.steps()).as("steps, the last of an epoch short").isEqualTo(10);
    }
    Hasher hash = Hashing.sha256().newHasher();
    for (Parameter p : model.parameters().all()) {
      for (float value : p.toArray()) {
        hash.putInt(Float.floatToRawIntBits(value));
      }
    }
    return hash.hash().toString();
  }

  private static ImageDataset images() {
    SplittableRandom random = new SplittableRandom(23);
    byte[] pixels = new byte[IMAGES * SIDE * SIDE * 3];
    random.nextBytes(pixels);
    int[] labels = new int[IMAGES];
    for (int i = 0; i < IMAGES; i++) {
      labels[i] = random.nextInt(CLASSES);
    }
    return new InMemoryImages(SIDE, SIDE, 3, ImmutableList.of("a", "b", "c", "d"), pixels, labels);
  }

  @Test
  void teamsOfOneTwoThreeAndSevenLearnTheSame() {
    String one = trained(1, UnaryOperator.identity());
    for (int threads : new int[] {2, 3, 7}) {
      assertThat(trained(threads, UnaryOperator.identity()))
          .as(threads + " threads")
          .isEqualTo(one);
    }
  }

  @Test
  void fusedPlainAndCheckpointedLearnTheSame() {
    String fused = trained(2, UnaryOperator.identity());
    assertThat(trained(2, CompileOptions::plain)).as("plain").isEqualTo(fused);
    assertThat(trained(2, CompileOptions::checkpoint)).as("checkpointed").isEqualTo(fused);
  }

  @Test
  void everyVectorWidthAndTheScalarTwinsLearnTheSame() throws Exception {
    String here = Machine.vectorBits() + " " + trained(2, UnaryOperator.identity());
    int most = Machine.vectorBits();
    for (int bits : new int[] {0, 128, 256, 512}) {
      if (bits < most) {
        String hash = here.substring(here.indexOf(' '));
        assertThat(inItsOwnJvm("-Dtapewise.vectorBits=" + bits)).isEqualTo(bits + hash);
      }
    }
  }

  /** In this JVM products are assembled where the machine allows it. */
  @Test
  void assembledProductsAndThoseOfTheVectorApiLearnTheSame() throws Exception {
    String here = Machine.vectorBits() + " " + trained(2, UnaryOperator.identity());
    assertThat(inItsOwnJvm("-Dtapewise.assembled=false")).isEqualTo(here);
  }

  private static String inItsOwnJvm(String property) throws IOException, InterruptedException {
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
    command.addAll(List.of("--add-modules", "jdk.incubator.vector", "-XX:+UseSerialGC", property));
    command.addAll(List.of("-cp", path, SameBitsTest.class.getName(), "2"));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as("exit of %s: %s", property, output).isZero();
    return output;
  }
}
