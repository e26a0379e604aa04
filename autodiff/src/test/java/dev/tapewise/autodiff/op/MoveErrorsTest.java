package dev.tapewise.autodiff.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.Border;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What ops that move data refuse, and how they say it. */
final class MoveErrorsTest {
  private static final String BATCH =
      "axis 0 is the batch and stays as it is, since a program plays any number of images. Choose"
          + " another axis; inputs are ";

  private final Tape tape = new Tape();
  private final Var x = tape.input("x", Shape.of(2, 3, 4, 6));

  private static void refused(ThrowingCallable call, String text) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(text);
  }

  @Test
  void concat() {
    refused(
        () -> Var.concat(0, List.of(x, x)), "concat: " + BATCH + "[[2, 3, 4, 6], [2, 3, 4, 6]]");
    refused(
        () -> Var.concat(1, List.of(x, tape.input("y", Shape.of(2, 9, 4, 5)))),
        "concat: all axes but axis 1 must be the same: [2, 9, 4, 5] does not fit to [2, 3, 4, 6];"
            + " inputs are [[2, 3, 4, 6], [2, 9, 4, 5]]");
    refused(
        () -> Var.concat(4, List.of(x, x)),
        "concat: [2, 3, 4, 6] has no axis 4. Choose one from -4 to 3; x is [2, 3, 4, 6]");
    refused(() -> Var.concat(1, List.of()), "concat: there is no tensor. Give one at least");
    refused(
        () -> Var.concat(1, List.of(x, new Tape().input("y", Shape.of(2, 3, 4, 6)))),
        "concat: y [2, 3, 4, 6] was recorded on another tape. Record the whole network on one"
            + " tape");
    Var w = tape.constant("w", Shape.of(2, 3));
    assertThat(Var.concat(0, List.of(w, w)).shape()).isEqualTo(Shape.of(4, 3));
  }

  @Test
  void sliceAndSplit() {
    refused(
        () -> x.slice(1, 2, 2),
        "slice: axis 1 has 3 entries: start=2 length=2 is no part of it; x is [2, 3, 4, 6]");
    refused(() -> x.slice(0, 0, 1), "slice: " + BATCH + "[[2, 3, 4, 6]]");
    refused(
        () -> x.slice(new int[3], new int[4]),
        "slice: every one of the 4 axes needs a start and a length, but there are 3 and 4; x is"
            + " [2, 3, 4, 6]");
    refused(
        () -> x.split(-1, 2, 3),
        "split: the lengths [2, 3] add up to 5, but axis -1 has 6 entries. Name all of it; x is"
            + " [2, 3, 4, 6]");
    assertThat(x.split(-1, 2, 3, 1)).extracting(v -> v.shape().axis(-1)).containsExactly(2, 3, 1);
  }

  @Test
  void permute() {
    refused(() -> x.permute(1, 0, 2, 3), "permute: " + BATCH + "[[2, 3, 4, 6]]");
    refused(
        () -> x.permute(0, 1, 1, 3),
        "permute: every axis must be named once: [0, 1, 1, 3] is no order of 4 axes; x is [2, 3,"
            + " 4, 6]");
    refused(() -> x.transpose(0, 1), "permute: " + BATCH + "[[2, 3, 4, 6]]");
    assertThat(tape.constant("w", Shape.of(2, 3)).transpose(0, 1).shape())
        .isEqualTo(Shape.of(3, 2));
    refused(
        () -> tape.input("y", Shape.of(2, 3)).apply(Permute.channelShuffle(Shape.of(2, 4), 2)),
        "channel shuffle: it was made for x of [2, 4]; inputs are [[2, 3]]");
  }

  @Test
  void shuffles() {
    refused(
        () -> x.channelShuffle(4),
        "channel shuffle: it takes [N, ..., C] with C divisible by groups=4. Choose a divisor; x is"
            + " [2, 3, 4, 6]");
    refused(
        () -> x.pixelShuffle(2),
        "pixel shuffle: 6 channels are not divisible by factor * factor = 4; x is [2, 3, 4, 6]");
    refused(
        () -> x.pixelUnshuffle(2),
        "pixel unshuffle: an image of 3 x 4 is not divisible by factor=2; x is [2, 3, 4, 6]");
    refused(
        () -> x.pixelUnshuffle(0),
        "pixel unshuffle: it takes images [N, H, W, C] and a factor of at least 1, not 0; x is [2,"
            + " 3, 4, 6]");
  }

  @Test
  void pad() {
    refused(
        () -> x.pad(new int[] {1, 0, 0, 0}, new int[4], Border.zeros()),
        "pad: " + BATCH + "[[2, 3, 4, 6]]");
    refused(
        () -> x.pad(-1, -2, 0, 0, Border.zeros()),
        "pad: before=-1 after=-2 leave nothing of the 3 entries of axis 1. Take less away; x is [2,"
            + " 3, 4, 6]");
    refused(
        () -> x.pad(0, 3, 0, 0, Border.reflect()),
        "pad: axis 1 has 3 entries, so at most 2 can be mirrored, not before=0 after=3; x is [2, 3,"
            + " 4, 6]");
    refused(
        () -> x.pad(new int[2], new int[4], Border.zeros()),
        "pad: every one of the 4 axes needs an amount before and after, but there are 2 and 4; x is"
            + " [2, 3, 4, 6]");
  }

  @Test
  void resize() {
    refused(
        () -> x.resizeNearest(0, 3),
        "resize nearest: an image needs a row and a column: resizing 3 to 0; x is [2, 3, 4, 6]");
    refused(
        () -> x.resizeBilinear(0.25, false),
        "resize bilinear: an image needs a row and a column: resizing 3 to 0; x is [2, 3, 4, 6]");
    refused(
        () -> x.resizeNearest(Double.NaN),
        "resize nearest: the scale must be above 0 and finite but is NaN; x is [2, 3, 4, 6]");
    refused(
        () -> tape.input("y", Shape.of(2, 3)).resizeNearest(2, 2),
        "resize nearest: it takes images [N, H, W, C]; x is [2, 3]");
  }
}
