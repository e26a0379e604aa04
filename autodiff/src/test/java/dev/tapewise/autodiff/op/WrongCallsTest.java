package dev.tapewise.autodiff.op;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapewise.autodiff.Initializer;
import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.ConvOptions;
import dev.tapewise.core.geometry.Padding;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What each wrong call says, word for word: the op, the layer, the rule, the values, the cure. */
final class WrongCallsTest {
  private static final class Calls {
    private final List<DynamicTest> tests = new ArrayList<>();

    void wrong(String call, Consumer<Tape> made, String text) {
      tests.add(
          DynamicTest.dynamicTest(
              call,
              () -> {
                Tape tape = new Tape();
                tape.enter("net");
                assertThatThrownBy(() -> made.accept(tape))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(text);
              }));
    }
  }

  private static Var in(Tape tape, int... axes) {
    return tape.input("x", Shape.of(axes));
  }

  private static Var weight(Tape tape, int... axes) {
    return tape.parameter("w", Shape.of(axes), Initializer.constant(0));
  }

  private static BatchNorm.Running running(Tape tape, int channels) {
    Shape c = Shape.of(channels);
    return new BatchNorm.Running(
        tape.buffer("mean", c, Initializer.constant(0)),
        tape.buffer("variance", c, Initializer.constant(1)));
  }

  private static void norm(Tape tape, int[] x, int scale, float epsilon, float momentum) {
    in(tape, x)
        .batchNorm(weight(tape, scale), weight(tape, scale), running(tape, 4), epsilon, momentum);
  }

  @TestFactory
  Stream<DynamicTest> everyWrongCallSaysWhatIsWrong() {
    Calls calls = new Calls();
    convolutions(calls);
    norms(calls);
    others(calls);
    return calls.tests.stream();
  }

  private static void convolutions(Calls calls) {
    calls.wrong(
        "conv2d of no image",
        t -> in(t, 2, 4).conv2d(weight(t, 3, 3, 4, 4), Padding.same()),
        "conv2d \"net\": x must be images [N, H, W, C]; x is [2, 4]");
    calls.wrong(
        "conv2d with weights of 3 axes",
        t -> in(t, 2, 5, 5, 4).conv2d(weight(t, 3, 4, 4), Padding.same()),
        "conv2d \"net\": weights must be [kh, kw, in / groups, out] but are [3, 4, 4]; x is [2, 5,"
            + " 5, 4]");
    calls.wrong(
        "conv2d with too few groups in the weights",
        t ->
            in(t, 2, 5, 5, 4)
                .conv2d(weight(t, 3, 3, 4, 4), ConvOptions.padded(Padding.same()).withGroups(2)),
        "conv2d \"net\": weights [3, 3, 4, 4] read 4 input channels, but a group of 4 channels in"
            + " groups=2 has 2. Give weights of 2, or other groups; x is [2, 5, 5, 4]");
    calls.wrong(
        "conv2d with a window beyond the padded image",
        t -> in(t, 2, 5, 5, 4).conv2d(weight(t, 7, 3, 4, 4), ConvOptions.valid()),
        "conv2d \"net\": a window of 7 rows does not fit into 5 rows padded by 0 and 0. Pad more,"
            + " or choose a smaller kernel or dilation; x is [2, 5, 5, 4]");
    calls.wrong(
        "depthwise conv2d with weights of other channels",
        t -> in(t, 2, 5, 5, 4).depthwiseConv2d(weight(t, 3, 3, 5, 1), Padding.same()),
        "depthwise conv2d \"net\": weights must be [kh, kw, 4, multiplier] but are [3, 3, 5, 1]; x"
            + " is [2, 5, 5, 4]");
    calls.wrong(
        "conv2d with a short bias",
        t ->
            in(t, 2, 5, 5, 4)
                .conv2d(weight(t, 3, 3, 4, 4), t.constant("b", Shape.of(3)), ConvOptions.valid()),
        "conv2d \"net\": the bias must be [4]; inputs are [[2, 5, 5, 4], [3, 3, 4, 4], [3]]");
  }

  private static void norms(Calls calls) {
    calls.wrong(
        "batch norm of one axis",
        t -> norm(t, new int[] {4}, 4, 1e-3f, 0.1f),
        "batch norm \"net\": x must have at least two axes, [N, ..., C]; inputs are [[4], [4],"
            + " [4]]");
    calls.wrong(
        "batch norm with a short scale",
        t -> norm(t, new int[] {2, 4}, 3, 1e-3f, 0.1f),
        "batch norm \"net\": scale, shift, running mean and variance must be [4], one is [3];"
            + " inputs are [[2, 4], [3], [3]]");
    calls.wrong(
        "batch norm with epsilon 0",
        t -> norm(t, new int[] {2, 4}, 4, 0, 0.1f),
        "batch norm \"net\": epsilon must be positive but is 0.0; inputs are [[2, 4], [4], [4]]");
    calls.wrong(
        "batch norm with momentum 2",
        t -> norm(t, new int[] {2, 4}, 4, 1e-3f, 2),
        "batch norm \"net\": momentum must be from 0 to 1 but is 2.0; inputs are [[2, 4], [4],"
            + " [4]]");
  }

  private static void others(Calls calls) {
    calls.wrong(
        "linear of an image",
        t -> in(t, 2, 5, 5, 4).linear(weight(t, 4, 3)),
        "linear \"net\": x must be [N, in] and the weights [in, out] with the same number of"
            + " inputs; inputs are [[2, 5, 5, 4], [4, 3]]");
    calls.wrong(
        "linear with other inputs",
        t -> in(t, 2, 5).linear(weight(t, 4, 3)),
        "linear \"net\": x must be [N, in] and the weights [in, out] with the same number of"
            + " inputs; inputs are [[2, 5], [4, 3]]");
    calls.wrong(
        "linear with a short bias",
        t -> in(t, 2, 4).linear(weight(t, 4, 3), t.constant("b", Shape.of(2))),
        "linear \"net\": the bias must be [3]; inputs are [[2, 4], [4, 3], [2]]");
    calls.wrong(
        "dropout of everything",
        t -> in(t, 2, 4).dropout(1),
        "dropout \"net\": the probability must be at least 0 and below 1 but is 1.0; inputs are"
            + " [[2, 4]]");
    calls.wrong(
        "global average pool of a vector",
        t -> in(t, 2, 4).globalAveragePool(),
        "global average pool \"net\": global average pool needs images [N, H, W, C]; inputs are"
            + " [[2, 4]]");
    calls.wrong(
        "cross entropy with labels of another batch",
        t -> in(t, 2, 4).crossEntropy(t.labels("y", 3), 0.1f),
        "cross entropy \"net\": logits must be [N, classes] and labels [N], or [N, ..., classes]"
            + " and [N, ...]; inputs are [[2, 4], [3]]");
    calls.wrong(
        "cross entropy with smoothing 1",
        t -> in(t, 2, 4).crossEntropy(t.labels("y", 2), 1),
        "cross entropy \"net\": label smoothing must be at least 0 and below 1 but is 1.0; inputs"
            + " are [[2, 4], [2]]");
    calls.wrong(
        "sum over an axis that is not there",
        t -> in(t, 2, 4).sum(false, 2),
        "sum \"net\": there is no axis 2. Choose from -2 to 1; x is [2, 4]");
    calls.wrong(
        "sum over an axis named twice",
        t -> in(t, 2, 4).sum(false, 1, -1),
        "sum \"net\": axis -1 is named twice. Name it once; x is [2, 4]");
    calls.wrong(
        "add of shapes that do not meet",
        t -> in(t, 2, 4).add(in(t, 2, 3)),
        "add \"net\": axis -1 is 4 in the one and 3 in the other. Make them equal, or one of them"
            + " 1; inputs are [[2, 4], [2, 3]]");
    calls.wrong(
        "an op with too few inputs",
        t -> in(t, 2, 4).apply(new Linear(true), weight(t, 4, 3)),
        "linear \"net\": 2 inputs are too few; inputs are [[2, 4], [4, 3]]");
    calls.wrong(
        "an op with an input of another tape",
        t -> in(t, 2, 4).add(new Tape().input("elsewhere", Shape.of(2, 4))),
        "add \"net\": elsewhere [2, 4] was recorded on another tape. Record the whole network on"
            + " one tape");
  }
}
