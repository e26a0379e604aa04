package dev.tapewise.core.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Slab;
import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.kernel.Convolution;
import dev.tapewise.core.kernel.FinishedRows;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Reading;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A warm kernel allocates nothing for a thread that plays it for the first time, also where C2
 * leaves no object out. In a JVM of its own: what the JIT compiler has seen of other tests, kernels
 * of two widths among them, decides what it inlines here.
 */
class NewThreadTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int MOST_WARM = 200_000;
  private static final String QUIET = "all quiet";

  private final Slab slab = Slab.allocate(1 << 16);
  private final float[] memory = slab.array();

  @Test
  void aThreadsFirstConvolutionAllocatesNothing() throws Exception {
    assertThat(ownJvm()).endsWith(QUIET);
  }

  private static String ownJvm() throws IOException {
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    Process process =
        new ProcessBuilder(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:-DoEscapeAnalysis",
                "-cp",
                path,
                NewThreadTest.class.getName())
            .redirectErrorStream(true)
            .start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  /** Checks all shapes, and says so if they are quiet. */
  public static void main(String[] arguments) {
    new NewThreadTest().check();
    System.out.println(QUIET);
  }

  private void check() {
    for (int groups : new int[] {1, 2}) {
      for (int stride : new int[] {1, 2}) {
        check(ConvolutionShape.of(5, 6, 18, 20).groups(groups).stride(stride, stride).pad(1));
      }
    }
    check(ConvolutionShape.of(5, 6, 8, 8).groups(8).pad(1));
    check(ConvolutionShape.of(5, 6, 8, 16).groups(4).pad(1));
    check(ConvolutionShape.of(5, 6, 8, 16).groups(8).pad(1));
  }

  private void check(ConvolutionShape shape) {
    ConvGeometry g = shape.geometry();
    Convolution kernel = new VectorKernels().convolution(g);
    Scratch warm = scratch(kernel);
    int quiet = 0;
    for (int i = 0; quiet < 1000 && i < MOST_WARM; i++) {
      quiet = bytes(kernel, g, warm) == 0 ? quiet + 1 : 0;
    }
    assertThat(quiet).as("quiet plays of %s", g).isEqualTo(1000);
    Scratch fresh = scratch(kernel);
    assertThat(bytes(kernel, g, fresh)).as("bytes of a first play of %s", g).isZero();
  }

  private static Scratch scratch(Convolution kernel) {
    Scratch scratch = new Scratch();
    scratch.reserve(kernel.scratchFloats(), kernel.scratchInts());
    return scratch;
  }

  private final Reading x = Reading.raw(memory, 0);
  private final GradientReading dy = GradientReading.raw(memory, 8192);

  private long bytes(Convolution kernel, ConvGeometry g, Scratch scratch) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    kernel.forward(
        memory,
        16384,
        x,
        0,
        1,
        memory,
        24576,
        null,
        0,
        0,
        g.outHeight(),
        FinishedRows.IGNORED,
        scratch);
    backward(kernel, g, memory, scratch);
    backward(kernel, g, null, scratch);
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  /** Both gradients, or that of the weights alone. */
  private void backward(
      Convolution kernel, ConvGeometry g, float @Nullable [] dx, Scratch scratch) {
    kernel.backward(
        dx,
        32768,
        false,
        memory,
        40960,
        x,
        dy,
        0,
        1,
        memory,
        53248,
        0,
        g.height(),
        0,
        g.outHeight(),
        FinishedRows.IGNORED,
        scratch);
  }
}
