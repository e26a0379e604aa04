package dev.tapewise.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Parameter;
import dev.tapewise.nn.data.Augmentation;
import dev.tapewise.nn.data.ImageDataset;
import dev.tapewise.nn.data.Normalisation;
import dev.tapewise.nn.loss.CrossEntropy;
import dev.tapewise.nn.model.Model;
import dev.tapewise.nn.optim.Sgd;
import dev.tapewise.nn.schedule.Constant;
import dev.tapewise.nn.schedule.Cosine;
import dev.tapewise.nn.schedule.Span;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class TrainerTest {

  @Test
  void learnsASeparableProblemAndTellsHowItGoes() {
    List<Double> losses = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void epochDone(TrainingProgress progress) {
            losses.add(progress.epochLoss());
          }
        };
    Model model = TinyData.model();
    try (Trainer trainer =
        Trainer.of(model)
            .loss(CrossEntropy.withSmoothing(0.05f))
            .optimizer(Sgd.withMomentum(0.9f).nesterov().weightDecay(1e-4f))
            .schedule(Cosine.from(0.1f).withWarmUp(Span.epochs(1)))
            .augmentation(Augmentation.none().withHorizontalFlip())
            .batch(16)
            .threads(2)
            .seed(3)
            .build()) {
      TrainingResult result = trainer.fit(TinyData.stripes(96), 15, listener);
      assertThat(result.epochs()).isEqualTo(15);
      assertThat(result.steps()).isEqualTo(15 * 6);
      assertThat(result.images()).isEqualTo(15 * 96);
      assertThat(result.stopped()).isFalse();
      assertThat(trainer.evaluate(TinyData.stripes(50)).accuracy()).isEqualTo(1);
    }
    assertThat(losses).hasSize(15);
    assertThat(losses.getLast()).isLessThan(losses.getFirst() / 2);
  }

  @Test
  void trainsWithClassWeightsAndAnIgnoredClass() {
    CrossEntropy loss = CrossEntropy.withSmoothing(0.1f).weights(1, 2).ignoring(0);
    try (Trainer trainer =
        Trainer.of(TinyData.model()).loss(loss).schedule(Constant.of(0.1f)).batch(8).build()) {
      trainer.fit(TinyData.stripes(40), 4);
      // Rows of class 0 taught nothing, so everything is taken for class 1, which is half.
      assertThat(trainer.evaluate(TinyData.stripes(40)).accuracy()).isEqualTo(0.5);
    }
  }

  @Test
  void warmStepsAllocateNothingOnAnyThread() {
    try (Trainer trainer =
        Trainer.of(TinyData.model())
            .schedule(Cosine.from(0.05f))
            .augmentation(Augmentation.padCrop(1).withHorizontalFlip())
            .batch(4)
            .threads(2)
            .build()) {
      ImageDataset data = TinyData.stripes(400);
      // The JIT compiler decides when code is warm, and on a busy machine it is late: within 40
      // rounds of 2,000 steps one must be quiet. A step that allocates by itself never gets there.
      TrainingResult result = trainer.fit(data, 20);
      for (int round = 0; result.bytesPerStep() != 0 && round < 40; round++) {
        result = trainer.fit(data, 20);
      }
      assertThat(result.warmSteps()).isGreaterThanOrEqualTo(1000);
      assertThat(result.bytesPerStep()).isZero();
    }
  }

  @Test
  void threadsChangeNoBit() {
    assertThat(trained(3)).isEqualTo(trained(1));
  }

  private static List<float[]> trainedValues(Model model) {
    List<float[]> values = new ArrayList<>();
    for (Parameter parameter : model.parameters().all()) {
      values.add(parameter.toArray());
    }
    return values;
  }

  private static String trained(int threads) {
    Model model = TinyData.model();
    try (Trainer trainer = Trainer.of(model).batch(8).threads(threads).seed(9).build()) {
      trainer.fit(TinyData.stripes(30), 2);
    }
    StringBuilder bits = new StringBuilder();
    for (float[] values : trainedValues(model)) {
      for (float value : values) {
        bits.append(Integer.toHexString(Float.floatToRawIntBits(value))).append(' ');
      }
    }
    return bits.toString();
  }

  @Test
  void theLastBatchOfAnEpochIsShort() {
    try (Trainer trainer = Trainer.of(TinyData.model()).batch(8).threads(1).build()) {
      TrainingResult result = trainer.fit(TinyData.stripes(17), 2);
      assertThat(result.steps()).isEqualTo(6);
      assertThat(result.images()).isEqualTo(34);
    }
  }

  @Test
  void aLastBatchTooSmallForBatchNormIsLeftOut() {
    try (Trainer trainer = Trainer.of(TinyData.modelOfOnePixel()).batch(8).threads(1).build()) {
      assertThat(trainer.program().fewest()).isEqualTo(2);
      TrainingResult result = trainer.fit(TinyData.stripes(17), 2);
      assertThat(result.steps()).isEqualTo(4);
      assertThat(result.images()).isEqualTo(32);
      assertThat(trainer.evaluate(TinyData.stripes(17)).images()).isEqualTo(17);
      ImageDataset one = TinyData.stripes(1);
      assertThatThrownBy(() -> trainer.fit(one, 1)).hasMessageContaining("at least 2 images");
    }
  }

  @Test
  void stopEndsATrainingAtTheEndOfAStepAndTheNextGoesOn() {
    try (Trainer trainer = Trainer.of(TinyData.model()).batch(8).threads(1).build()) {
      TrainingListener stopper =
          new TrainingListener() {
            @Override
            public void stepDone(TrainingProgress progress) {
              if (progress.stepsDone() == 5) {
                trainer.stop();
              }
            }
          };
      TrainingResult result = trainer.fit(TinyData.stripes(32), 3, stopper);
      assertThat(result.stopped()).isTrue();
      assertThat(result.steps()).isEqualTo(5);
      assertThat(result.epochs()).isEqualTo(1);
      assertThat(trainer.fit(TinyData.stripes(32), 1).stopped()).isFalse();
    }
  }

  @Test
  void anInterruptEndsATrainingAndStaysPending() {
    try (Trainer trainer = Trainer.of(TinyData.model()).batch(8).threads(1).build()) {
      Thread.currentThread().interrupt();
      TrainingResult result = trainer.fit(TinyData.stripes(32), 3);
      assertThat(result.steps()).isZero();
      assertThat(result.stopped()).isTrue();
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void aPlantedNanStopsTheRunAndNamesStepAndLayer() {
    Model model = TinyData.model();
    try (Trainer trainer = Trainer.of(model).batch(8).threads(1).build()) {
      trainer.fit(TinyData.stripes(32), 1);
      Parameter weight = model.parameters().get("features.1.0.weight");
      weight.values()[weight.valueOffset() + 2] = Float.NaN;
      ImageDataset data = TinyData.stripes(32);
      assertThatThrownBy(() -> trainer.fit(data, 1))
          .isInstanceOf(NonFiniteException.class)
          .hasMessageContaining("step 4 is NaN")
          .hasMessageContaining("features.1.0.weight")
          .hasMessageContaining("index 2");
      assertThatThrownBy(() -> trainer.evaluate(data))
          .isInstanceOf(NonFiniteException.class)
          .hasMessageContaining("features.1.0.weight");
    }
  }

  @Test
  void divergenceIsNoticedWhereItHappens() {
    try (Trainer trainer =
        Trainer.of(TinyData.model()).schedule(Constant.of(1e30f)).batch(8).threads(1).build()) {
      ImageDataset data = TinyData.stripes(32);
      assertThatThrownBy(() -> trainer.fit(data, 3))
          .isInstanceOf(NonFiniteException.class)
          .hasMessageContaining("smaller learning rate");
    }
  }

  @Test
  void plainAndFusedGiveTheSameBits() {
    Model fused = TinyData.model();
    Model plain = TinyData.model();
    try (Trainer one = Trainer.of(fused).batch(8).threads(1).build();
        Trainer other =
            Trainer.of(plain).batch(8).threads(1).compile(CompileOptions::plain).build()) {
      one.fit(TinyData.stripes(20), 2);
      other.fit(TinyData.stripes(20), 2);
    }
    assertThat(trainedValues(fused)).usingRecursiveComparison().isEqualTo(trainedValues(plain));
  }

  @Test
  void aWrongDataSetIsRefusedInWords() {
    try (Trainer trainer = Trainer.of(TinyData.model(5)).batch(8).threads(1).build()) {
      ImageDataset data = TinyData.stripes(8);
      assertThatThrownBy(() -> trainer.fit(data, 1))
          .hasMessage(
              "tiny tells 5 classes apart, the data set has 2. Build the model for 2 classes");
    }
  }

  @Test
  void evaluationNeedsToKnowTheNormalisation() {
    ImageDataset data = TinyData.stripes(8);
    try (Trainer trainer = Trainer.of(TinyData.model()).batch(8).threads(1).build()) {
      assertThatThrownBy(() -> trainer.evaluate(data)).hasMessageContaining("normalisation");
    }
    try (Evaluator evaluator = new Evaluator(TinyData.model(), Normalisation.measure(data), 3, 1)) {
      assertThat(evaluator.evaluate(data).images()).isEqualTo(8);
    }
  }

  @Test
  void nonsenseIsRefusedWithItsValue() {
    TrainerBuilder builder = Trainer.of(TinyData.model());
    assertThatThrownBy(() -> builder.batch(0)).hasMessageContaining("not 0");
    assertThatThrownBy(() -> builder.threads(0)).hasMessageContaining("not 0");
  }
}
