package dev.tapewise.autodiff.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tapewise.autodiff.CompileOptions;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Program;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What is special about single losses: batches that are not full, ignored rows, error texts. */
final class LossesTest {
  private static final float[] LOGITS = {1, -2, 0.5f, 3, 0, -1, 2, 2, 4, -3, 1, 1};

  /** The loss over the first {@code n} rows of 4 with 3 values, and its gradient. */
  private static float[] firstRows(Op op, float[] targets, int capacity, int n) {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(capacity, 3));
    int perRow = targets.length / 4;
    Var t = tape.input("t", perRow == 1 ? Shape.of(capacity) : Shape.of(capacity, 3));
    Var applied = x.apply(op, t);
    Var loss = applied.shape().equals(Shape.of(1)) ? applied : applied.sum();
    Program program = tape.compile(CompileOptions.of(loss).keepGradients(List.of(x)));
    program.input(x).set(Arrays.copyOf(LOGITS, capacity * 3));
    program.input(t).set(Arrays.copyOf(targets, capacity * perRow));
    program.forward(n);
    program.backward();
    float[] all = Arrays.copyOf(program.gradient(x).toArray(), 1 + n * 3);
    System.arraycopy(all, 0, all, 1, n * 3);
    all[0] = program.value(loss).get(0);
    return all;
  }

  @TestFactory
  Stream<DynamicTest> reductionsRunOverTheBatchThatIsPlayed() {
    float[] labels = {2, 0, 1, 1};
    float[] values = {0, 1, 0.5f, 0, 1, 1, 0, 0, 1, 0.25f, 0, 1};
    return Stream.of(
            new CrossEntropyLoss(0.1f),
            new CrossEntropyLoss(0.1f).reducedBy(Reduction.SUM),
            new CrossEntropyLoss(0.1f).weights(1, 2, 3).ignoring(0),
            new SoftCrossEntropyLoss(0.1f).weights(1, 2, 3),
            RegressionLoss.squared(),
            RegressionLoss.huber(1).reducedBy(Reduction.SUM),
            new BinaryCrossEntropyLoss().positiveWeights(1, 2, 3))
        .map(op -> {
          float[] t = op instanceof CrossEntropyLoss ? labels : values;
          return DynamicTest.dynamicTest(
              op.name(),
              () -> assertThat(firstRows(op, t, 4, 3)).isEqualTo(firstRows(op, t, 3, 3)));
        });
  }

  @TestFactory
  Stream<DynamicTest> lossesThatStayApartAddUpToTheirSum() {
    float[] labels = {2, 0, 1, 1};
    float[] values = {0, 1, 0.5f, 0, 1, 1, 0, 0, 1, 0.25f, 0, 1};
    return Stream.<Function<Reduction, Op>>of(
            r -> new CrossEntropyLoss(0.1f).reducedBy(r),
            r -> new CrossEntropyLoss(0.1f).weights(1, 2, 3).reducedBy(r),
            r -> new SoftCrossEntropyLoss(0.1f).reducedBy(r),
            r -> RegressionLoss.huber(1).reducedBy(r),
            r -> new BinaryCrossEntropyLoss().reducedBy(r))
        .map(loss -> {
          Op whole = loss.apply(Reduction.SUM);
          float[] t = whole instanceof CrossEntropyLoss ? labels : values;
          return DynamicTest.dynamicTest(
              whole.name(),
              () ->
                  assertThat(firstRows(loss.apply(Reduction.NONE), t, 4, 4))
                      .containsExactly(firstRows(whole, t, 4, 4), within(1e-5f)));
        });
  }

  @Test
  void ignoredRowsCountNowhere() {
    float[] labels = {-100, 0, -100, 1};
    float[] all = firstRows(new CrossEntropyLoss(0).ignoring(-100), labels, 4, 4);
    double first = Math.log(Math.exp(0) + Math.exp(-3) + Math.exp(-4));
    double second = Math.log(Math.exp(-4) + 2);
    assertThat(all[0]).isCloseTo((float) ((first + second) / 2), within(1e-6f));
    assertThat(List.of(all[1], all[2], all[3], all[7], all[8], all[9])).containsOnly(0f);
    assertThat(all[4]).isNotZero();
  }

  @Test
  void aBatchOfIgnoredRowsHasNoMean() {
    float[] labels = {1, 1, 1, 1};
    float[] mean = firstRows(new CrossEntropyLoss(0).ignoring(1), labels, 4, 4);
    assertThat(mean[0]).isNaN();
    assertThat(Arrays.copyOfRange(mean, 1, 13)).containsOnly(0f);
    CrossEntropyLoss sum = new CrossEntropyLoss(0).ignoring(1).reducedBy(Reduction.SUM);
    assertThat(firstRows(sum, labels, 4, 4)[0]).isZero();
  }

  @Test
  void anIgnoredRowAddsNothingToAGradientThatIsAddedTo() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(1, 2));
    Var label = tape.labels("label", 1);
    Var loss =
        x.apply(new CrossEntropyLoss(0).ignoring(0).reducedBy(Reduction.SUM), label).add(x.sum());
    Program program = tape.compile(CompileOptions.of(loss).keepGradients(List.of(x)));
    program.forward();
    program.backward();
    assertThat(program.gradient(x).toArray()).containsExactly(1, 1);
  }

  @Test
  void theSlopeOfAbsoluteErrorAtZeroIsZero() {
    float[] all = firstRows(RegressionLoss.absolute().reducedBy(Reduction.SUM), LOGITS, 4, 4);
    assertThat(all).containsOnly(0f);
  }

  @Test
  void bothTensorsOfADifferenceHaveAGradient() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(2, 2));
    Var t = tape.input("t", Shape.of(2, 2));
    Var loss = x.squaredError(t);
    Program program = tape.compile(CompileOptions.of(loss).keepGradients(List.of(x, t)));
    program.input(x).set(new float[] {1, 2, 3, 4});
    program.input(t).set(new float[] {0, 2, 5, 3});
    program.forward();
    program.backward();
    assertThat(program.value(loss).get(0)).isEqualTo(1.5f);
    assertThat(program.gradient(x).toArray()).containsExactly(0.5f, 0, -1, 0.5f);
    assertThat(program.gradient(t).toArray()).containsExactly(-0.5f, -0f, 1, -0.5f);
  }

  @Test
  void softmaxOverTheBatchIsOverTheImagesThatArePlayed() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(4, 2));
    Var y = x.softmax(0);
    Program program = tape.compile(CompileOptions.forwardOnly(y));
    program.input(x).set(new float[] {1, 0, 1, 0, 1, 0, 9, 9});
    program.forward(2);
    assertThat(Arrays.copyOf(program.value(y).toArray(), 4)).containsOnly(0.5f);
  }

  @Test
  void targetsWithoutABatchNeedTheWholeBatch() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(4, 2));
    Var t = tape.constant("t", Shape.of(4, 2));
    Program program = tape.compile(CompileOptions.forwardOnly(x.squaredError(t)));
    program.forward(4);
    assertThatThrownBy(() -> program.forward(3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a tensor without a batch has a loss with a whole batch only")
        .hasMessageContaining("squared error");
  }

  @Test
  void weightsWithoutABatchNeedTheWholeBatchUnlessTheyAreOfTheLastAxes() {
    for (Shape shape : List.of(Shape.of(4, 2), Shape.of(2))) {
      Tape tape = new Tape();
      Var x = tape.input("x", Shape.of(4, 2));
      Var w = tape.constant("w", shape);
      Var loss = x.apply(new BinaryCrossEntropyLoss().weighted(), x, w);
      Program program = tape.compile(CompileOptions.forwardOnly(loss));
      program.forward(4);
      if (shape.rank() == 1) {
        program.forward(3);
      } else {
        assertThatThrownBy(() -> program.forward(3))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("a tensor without a batch has a loss with a whole batch only");
      }
    }
  }

  @Test
  void misfitsSayWhatIsNeeded() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(4, 3));
    Var labels = tape.labels("labels", 4);
    assertThatThrownBy(() -> x.softmax(2))
        .hasMessage(
            "softmax: there is no axis 2 among 2; choose from -2 to 1, -1 is the last; inputs are"
                + " [[4, 3]]");
    assertThatThrownBy(() -> x.crossEntropy(x, 0))
        .hasMessageContaining("logits must be [N, classes] and labels [N]");
    assertThatThrownBy(() -> x.apply(new CrossEntropyLoss(1), labels))
        .hasMessageContaining("label smoothing must be at least 0 and below 1 but is 1.0");
    assertThatThrownBy(() -> x.apply(new CrossEntropyLoss(0).weights(1, 2), labels))
        .hasMessageContaining("there are 2 class weights for 3 classes; give one per class");
    assertThatThrownBy(() -> x.apply(new SoftCrossEntropyLoss(0).weights(1, -2, 3), x))
        .hasMessageContaining("the weight of class 1 is -2.0; weights are finite and at least 0");
    assertThatThrownBy(() -> x.softCrossEntropy(labels))
        .hasMessageContaining("class indices belong to cross entropy");
    assertThatThrownBy(() -> x.absoluteError(labels))
        .hasMessageContaining("absolute error: predictions and targets must have one shape");
    assertThatThrownBy(() -> x.huberLoss(x, 0))
        .hasMessageContaining("huber: delta must be positive and finite but is 0.0; 1 is usual");
    assertThatThrownBy(() -> x.smoothAbsoluteError(x, -1))
        .hasMessageContaining("smooth L1: beta must be finite and at least 0 but is -1.0");
    assertThatThrownBy(() -> x.huberLoss(x, Float.POSITIVE_INFINITY))
        .hasMessageContaining("huber: delta must be positive and finite but is Infinity");
    assertThatThrownBy(() -> x.smoothAbsoluteError(x, Float.POSITIVE_INFINITY))
        .hasMessageContaining("smooth L1: beta must be finite and at least 0 but is Infinity");
    assertThatThrownBy(() -> x.binaryCrossEntropy(labels))
        .hasMessageContaining("logits and targets must have one shape");
    assertThatThrownBy(() -> x.apply(new BinaryCrossEntropyLoss().positiveWeights(1, 2), x))
        .hasMessageContaining("there are 2 positive weights for 3 channels; give one, or one per");
    assertThatThrownBy(() -> x.apply(new BinaryCrossEntropyLoss().positiveWeights(-1), x))
        .hasMessageContaining("a positive weight is -1.0");
    assertThatThrownBy(() -> x.apply(new BinaryCrossEntropyLoss().weighted(), x, labels))
        .hasMessageContaining("weights must have the shape of the logits or of their last axes");
  }

  @Test
  void weightsOfTheLastAxesMustNotBeABatch() {
    Tape tape = new Tape();
    Var x = tape.input("x", Shape.of(3, 3));
    Var w = tape.input("w", Shape.of(3));
    assertThatThrownBy(() -> x.apply(new BinaryCrossEntropyLoss().weighted(), x, w))
        .hasMessageContaining("weights of the last axes must have no batch; make them a constant");
  }
}
