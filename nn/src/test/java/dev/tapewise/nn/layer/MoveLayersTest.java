package dev.tapewise.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapewise.autodiff.Tape;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.Border;
import org.junit.jupiter.api.Test;

/** Layers that move pixels or channels. */
final class MoveLayersTest {
  private final Var x = new Tape().input("x", Shape.of(2, 5, 6, 8));

  @Test
  void eachRecordsItsOp() {
    assertThat(new Pad(1, 0, -2, 3, Border.reflect()).apply(x).shape())
        .isEqualTo(Shape.of(2, 6, 7, 8));
    assertThat(new PixelShuffle(2).apply(x).shape()).isEqualTo(Shape.of(2, 10, 12, 2));
    assertThat(new ChannelShuffle(4).apply(x).name()).isEqualTo("channel shuffle");
    for (Upsample.Mode mode : Upsample.Mode.values()) {
      Var y = new Upsample(1.5, mode).apply(x);
      assertThat(y.shape()).isEqualTo(Shape.of(2, 7, 9, 8));
      assertThat(y.name())
          .isEqualTo(mode == Upsample.Mode.NEAREST ? "resize nearest" : "resize bilinear");
    }
  }
}
