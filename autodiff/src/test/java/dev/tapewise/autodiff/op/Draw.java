package dev.tapewise.autodiff.op;

import dev.tapewise.core.Shape;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Draws what a sample is made of from one seed, and keeps the choices it made: replayed with
 * smaller ones they give a simpler sample, which is how a failure shrinks, see {@link OpCase}. So
 * offer the simplest choice first.
 */
final class Draw {
  private static final int EVERY = 1;
  private static final int SMALL = 3;

  private final SplittableRandom random;
  private final SplittableRandom values;
  private final int chances;
  private final int[] replayed;
  private int[] made = new int[16];
  private int count;

  private Draw(long seed, int chances, int[] replayed) {
    random = new SplittableRandom(seed);
    // of its own, so that a simpler sample has the values of the first
    values = new SplittableRandom(~seed);
    this.chances = chances;
    this.replayed = replayed;
  }

  /** Draws every choice alike. */
  Draw(long seed) {
    this(seed, EVERY, new int[0]);
  }

  /** Mostly small samples: every choice is the simplest of three draws. */
  static Draw small(long seed) {
    return new Draw(seed, SMALL, new int[0]);
  }

  /** Makes these choices, by their places; when they are used up, the simplest ones. */
  static Draw replay(long seed, int... choices) {
    return new Draw(seed, 0, choices);
  }

  /** The choices so far, without simplest ones at the end. */
  int[] choices() {
    int end = count;
    while (end > 0 && made[end - 1] == 0) {
      end--;
    }
    return Arrays.copyOf(made, end);
  }

  private int choose(int of) {
    int choice = of - 1;
    if (chances == 0) {
      choice = count < replayed.length ? Math.min(replayed[count], choice) : 0;
    }
    for (int i = 0; i < chances; i++) {
      choice = Math.min(choice, random.nextInt(of));
    }
    made = count < made.length ? made : Arrays.copyOf(made, 2 * count);
    made[count++] = choice;
    return choice;
  }

  /** From {@code low} to {@code high}, both included. */
  int between(int low, int high) {
    return low + choose(high - low + 1);
  }

  int oneOf(int... choices) {
    return choices[choose(choices.length)];
  }

  boolean flag() {
    return choose(2) == 1;
  }

  /** Channel counts around lane counts, odd and even. */
  int channels() {
    return oneOf(1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 23, 24, 25, 31, 32, 33);
  }

  float[] values(Shape shape) {
    float[] v = new float[shape.intSize()];
    for (int i = 0; i < v.length; i++) {
      v[i] = (float) (values.nextDouble() * 2 - 1);
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
