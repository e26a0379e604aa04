package dev.tapewise.bench;

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
 * The two cases of Flux.jl issue 2508: a depthwise 3×3 convolution with ReLU of one 28×28×1024
 * image, and a 3×3 convolution of 128×128×32, batch 32, to 64 channels in 32 groups.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 40, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Xms4g", "-Xmx4g"})
public class OriginBenchmark {
  /** Which layer. */
  @Param({"depthwise 28x28x1024", "grouped 128x128x32"})
  public String layer = "";

  /** The size of the team. */
  @Param({"1", "2"})
  public int threads;

  private @Nullable ConvolutionCase layerCase;

  /** Compiles the layer. */
  @Setup(Level.Trial)
  public void setUp() {
    layerCase =
        layer.startsWith("depthwise")
            ? new ConvolutionCase(1, 28, 1024, 1024, 3, 1, 1024, false, true, threads)
            : new ConvolutionCase(32, 128, 32, 64, 3, 1, 32, true, false, threads);
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
