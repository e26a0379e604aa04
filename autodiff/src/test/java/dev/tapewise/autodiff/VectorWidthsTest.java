package dev.tapewise.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import dev.tapewise.core.Machine;
import dev.tapewise.core.kernel.Kernels;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Training has the same bits at every vector width, each in a JVM of its own. */
final class VectorWidthsTest {
  private static final int STEPS = 3;
  private static final int BATCH = 5;
  private static final long[] SEEDS = {3, 11, 42};

  /** Trains small networks and prints the vector width and a SHA-256 of everything they learned. */
  public static void main(String[] arguments) {
    Hasher hash = Hashing.sha256().newHasher();
    for (long seed : SEEDS) {
      ParameterStore store = new ParameterStore();
      RandomNetwork.Recorded net = new RandomNetwork(seed).record(store, true, BATCH);
      Program program = net.tape().compile(net.loss());
      store.initialize(seed);
      net.fill(program, seed);
      float[] velocity = new float[store.slabSize()];
      for (int step = 0; step < STEPS; step++) {
        program.clock().set(seed, step);
        program.forward();
        program.backward();
        Kernels.preferred()
            .update()
            .sgd(
                store.values(Role.WEIGHT).array(),
                store.values(Role.WEIGHT).base(),
                store.gradients().array(),
                store.gradients().base(),
                velocity,
                0,
                velocity.length,
                0.05f,
                0.9f,
                1e-4f,
                true);
        hash.putFloat(program.value(net.loss()).get(0));
      }
      for (Parameter p : store.all()) {
        for (float value : p.toArray()) {
          hash.putInt(Float.floatToRawIntBits(value));
        }
      }
    }
    System.out.println(Machine.vectorBits() + " " + hash.hash());
  }

  @Test
  void trainingHasTheSameBitsAtEveryWidthOfThisMachine() throws Exception {
    String widest = train("");
    int most = Integer.parseInt(widest.substring(0, widest.indexOf(' ')));
    String hash = widest.substring(widest.indexOf(' ') + 1);
    assertThat(hash).hasSize(64);
    for (int bits : new int[] {0, 128, 256, 512}) {
      if (bits < most) {
        assertThat(train("-Dtapewise.vectorBits=" + bits)).isEqualTo(bits + " " + hash);
      }
    }
  }

  private static String train(String property) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
    command.addAll(List.of("--add-modules", "jdk.incubator.vector", "-XX:+UseSerialGC"));
    if (!property.isEmpty()) {
      command.add(property);
    }
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    command.addAll(List.of("-cp", path, VectorWidthsTest.class.getName()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as("exit of %s: %s", property, output).isZero();
    return output;
  }
}
