package dev.tapewise.bench;

import dev.tapewise.autodiff.Arena;
import dev.tapewise.core.Workers;
import dev.tapewise.nn.loss.CrossEntropy;
import dev.tapewise.nn.model.Model;
import dev.tapewise.nn.model.Models;
import dev.tapewise.nn.model.UniformInitialisation;
import dev.tapewise.nn.optim.Sgd;
import dev.tapewise.nn.train.TrainingStep;
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

/** A whole training step: forward, loss, backward, SGD with momentum, on fixed random images. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 4, time = 5)
@Measurement(iterations = 5, time = 5)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Xms4g", "-Xmx4g"})
public class StepBenchmark {
  /** The network. */
  @Param({"mobilenet_v2-cifar", "mobilenet_v1-cifar"})
  public String model = "";

  /** Images per step. */
  @Param({"128"})
  public int batch;

  /** Rows and columns of an image. */
  @Param({"32"})
  public int size;

  /** The size of the team. */
  @Param({"2"})
  public int threads;

  private @Nullable Workers workers;
  private @Nullable TrainingStep step;
  private long number;

  /** Compiles the step. */
  @Setup(Level.Trial)
  public void setUp() {
    Model network = Models.byName(model, 10, 1, size);
    Workers team = new Workers(threads);
    workers = team;
    TrainingStep compiled =
        TrainingStep.compile(
            network,
            CrossEntropy.plain(),
            Sgd.withMomentum(0.9f).weightDecay(4e-5f),
            batch,
            team,
            new Arena(),
            options -> options);
    UniformInitialisation.fill(network);
    compiled.images().set(UniformInitialisation.images(network, batch));
    compiled.labels().set(UniformInitialisation.labels(network, batch));
    step = compiled;
  }

  /** Ends the team. */
  @TearDown(Level.Trial)
  public void tearDown() {
    Objects.requireNonNull(workers).close();
  }

  /** One step. */
  @Benchmark
  public float step() {
    return Objects.requireNonNull(step).run(batch, 0.01f, 0, number++);
  }
}
