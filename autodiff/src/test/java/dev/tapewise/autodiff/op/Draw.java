package dev.tapewise.autodiff.op;

import dev.tapewise.core.Shape;
import java.util.SplittableRandom;

/** Draws what a sample is made of from one seed. */
final class Draw {
  private final SplittableRandom random;

  Draw(long seed) {
    random = new SplittableRandom(seed);
  }

  /** From {@code low} to {@code high}, both included. */
  int between(int low, int high) {
    return random.nextInt(low, high + 1);
  }

  int oneOf(int... choices) {
    return choices[random.nextInt(choices.length)];
  }

  boolean flag() {
    return random.nextBoolean();
  }

  /** Channel counts around lane counts, odd and even. */
  int channels() {
    return oneOf(1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 23, 24, 25, 31, 32, 33);
  }

  float[] values(Shape shape) {
    float[] v = new float[shape.intSize()];
    for (int i = 0; i < v.length; i++) {
      v[i] = (float) (random.nextDouble() * 2 - 1);
    }
    return v;
  }

  OpSample.Input batched(Shape shape) {
    return new OpSample.Input(shape, true, true, values(shape));
  }

  OpSample.Input constant(Shape shape) {
    return new OpSample.Input(shape, false, true, values(shape));
  }

  OpSample.Input given(Shape shape, float[] values) {
    return new OpSample.Input(shape, true, false, values);
  }
}
