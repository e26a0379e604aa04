package dev.tapewise.bench;

import com.google.common.base.Splitter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The layers of MobileNetV2 for CIFAR at batch 128: {@code size, in, out, kernel, stride, groups}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Xms4g", "-Xmx4g"})
public class LayerBenchmark {
  /** The geometry. */
  @Param({
    "32 3 32 3 1 1",
    "32 32 32 3 1 32",
    "32 96 96 3 1 96",
    "32 144 144 3 1 144",
    "32 144 144 3 2 144",
    "16 192 192 3 1 192",
    "16 192 192 3 2 192",
    "8 384 384 3 1 384",
    "8 576 576 3 1 576",
    "8 576 576 3 2 576",
    "4 960 960 3 1 960",
    "32 32 16 1 1 1",
    "32 16 96 1 1 1",
    "32 96 24 1 1 1",
    "32 24 144 1 1 1",
    "16 144 32 1 1 1",
    "16 32 192 1 1 1",
    "8 192 64 1 1 1",
    "8 64 384 1 1 1",
    "8 384 96 1 1 1",
    "8 96 576 1 1 1",
    "4 576 160 1 1 1",
    "4 160 960 1 1 1",
    "4 960 320 1 1 1",
    "4 320 1280 1 1 1"
  })
  public String layer = "";

  /** The size of the team. */
  @Param({"2"})
  public int threads;

  private @Nullable ConvolutionCase layerCase;

  /** Compiles the layer. */
  @Setup(Level.Trial)
  public void setUp() {
    List<String> f = Splitter.on(' ').splitToList(layer);
    layerCase =
        new ConvolutionCase(
            128,
            Integer.parseInt(f.get(0)),
            Integer.parseInt(f.get(1)),
            Integer.parseInt(f.get(2)),
            Integer.parseInt(f.get(3)),
            Integer.parseInt(f.get(4)),
            Integer.parseInt(f.get(5)),
            false,
            false,
            threads);
  }

  private ConvolutionCase compiled() {
    return Objects.requireNonNull(layerCase);
  }

  /** Ends the team. */
  @TearDown(Level.Trial)
  public void tearDown() {
    compiled().close();
  }

  /**
   * The forward pass.
   *
   * @param allocated counts bytes
   */
  @Benchmark
  public void forward(Allocated allocated) {
    long before = compiled().allocatedBytes();
    compiled().forward();
    allocated.teamBytes += compiled().allocatedBytes() - before;
  }

  /**
   * Both passes.
   *
   * @param allocated counts bytes
   */
  @Benchmark
  public void forwardAndBackward(Allocated allocated) {
    long before = compiled().allocatedBytes();
    compiled().forwardAndBackward();
    allocated.teamBytes += compiled().allocatedBytes() - before;
  }
}
