package dev.tapewise.nn.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapewise.autodiff.Arena;
import dev.tapewise.core.Workers;
import dev.tapewise.nn.loss.CrossEntropy;
import dev.tapewise.nn.optim.Sgd;
import dev.tapewise.nn.train.TrainingStep;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole training steps of the real networks, narrow and on small images. */
@Timeout(300)
final class MobileNetAllocationTest {
  private static final int BATCH = 4;
  private static final int SIZE = 16;
  private static final int CLASSES = 10;
  private static final int QUIET = 200;
  private static final int COUNTED = 1000;

  /** What runs once per step is compiled after 5,000 calls at the latest. */
  private static final int MOST_WARM_UP = 6000;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mobilenet_v1",
        "mobilenet_v2",
        "mobilenet_v3_small",
        "mobilenet_v3_large",
        "mobilenet_v1-cifar",
        "mobilenet_v2-cifar"
      })
  void warmStepsAllocateNothingOnAnyThread(String name) {
    Model model = Models.byName(name, CLASSES, 0.25f, SIZE);
    try (Workers workers = new Workers(2)) {
      TrainingStep step =
          TrainingStep.compile(
              model,
              CrossEntropy.withSmoothing(0.1f),
              Sgd.withMomentum(0.9f).weightDecay(4e-5f),
              BATCH,
              workers,
              new Arena(),
              o -> o);
      UniformInitialisation.fill(model);
      step.images().set(UniformInitialisation.images(model, BATCH));
      step.labels().set(UniformInitialisation.labels(model, BATCH));
      int number = 0;
      int quiet = 0;
      while (quiet < QUIET && number < MOST_WARM_UP) {
        quiet = bytes(step, workers, number++) == 0 ? quiet + 1 : 0;
      }
      assertThat(quiet).as("quiet steps of %s in a row", model).isEqualTo(QUIET);
      long bytes = 0;
      for (int i = 0; i < COUNTED; i++) {
        bytes += bytes(step, workers, number++);
      }
      assertThat(bytes).as("bytes of %d warm steps of %s", COUNTED, model).isZero();
    }
  }

  private static long bytes(TrainingStep step, Workers workers, int number) {
    long before = workers.allocatedBytes();
    step.run(BATCH, 0.01f, 7, number);
    return workers.allocatedBytes() - before;
  }
}
