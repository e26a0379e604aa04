package dev.tapewise.core.kernel.vector;

import dev.tapewise.core.Scratch;
import dev.tapewise.core.kernel.Activation;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Reading;
import dev.tapewise.core.kernel.assembled.Ahead;
import dev.tapewise.core.kernel.assembled.AssembledRows;
import org.jspecify.annotations.Nullable;

/**
 * Pixels as they are to be read, in scratch as blocks {@code [channel block][pixel][L]}: whole
 * vectors of channels assembled where that is to be had, the rest on the Vector API. What lies in
 * the padded lanes of the last block is arbitrary.
 */
final class BlockStaging {
  private static final int L = Lanes.COUNT;

  private final @Nullable AssembledRows assembled;

  /**
   * Staging for one kernel.
   *
   * @param assembled stages whole vectors of channels, or null
   */
  BlockStaging(@Nullable AssembledRows assembled) {
    this.assembled = assembled;
  }

  /** Ints of scratch that staging takes. */
  static int scratchInts() {
    return AssembledRows.ARGUMENTS;
  }

  /**
   * Says that pixels of a gradient are fetched, and with them what its norm read.
   *
   * @param from where the first pixel lies behind the gradient's offset
   * @param floats of all pixels
   */
  @SuppressWarnings("ReferenceEquality") // of arrays, which have no other
  static void ahead(int[] ints, int at, GradientReading dy, int from, int floats, long turns) {
    int first = dy.offset() + from;
    if (dy.input() == dy.data()) {
      Ahead.stretches(ints, at, first, dy.inputOffset() + from, floats, turns);
    } else {
      Ahead.stretch(ints, at, first, floats, turns);
    }
  }

  /** Stages {@code width} pixels of an array, from {@code at} on, as they are. */
  void copy(int to, int blockStep, float[] x, int at, int width, int channels, Scratch scratch) {
    copy(to, blockStep, x, at, width, channels, 0, channels, scratch);
  }

  private void copy(
      int to,
      int blockStep,
      float[] x,
      int at,
      int width,
      int channels,
      int first,
      int last,
      Scratch scratch) {
    float[] floats = scratch.floats();
    int blocks = blocks(last - first);
    if (assembled != null && blocks > 0) {
      int intMark = scratch.intMark();
      int ints = scratch.takeInts(scratchInts());
      assembled.copy(
          floats,
          to + first / L * blockStep,
          blockStep,
          x,
          at + first,
          width,
          channels,
          blocks,
          scratch.ints(),
          ints);
      scratch.release(scratch.mark(), intMark);
    }
    if (assembled == null || last == channels) {
      RowStaging.copy(floats, to, blockStep, x, at, width, channels, blocks(channels) * L);
    }
  }

  /** Channel blocks that are staged assembled. */
  private int blocks(int channels) {
    return assembled == null ? 0 : channels / L;
  }

  /**
   * Stages {@code width} pixels of an input.
   *
   * @param to where the first block starts in scratch, the others {@code blockStep} apart
   * @param from where the first pixel lies behind the reading's offset
   */
  void stage(int to, int blockStep, Reading x, int from, int width, int channels, Scratch scratch) {
    stage(to, blockStep, x, from, width, channels, 0, channels, scratch);
  }

  /**
   * The same of the channels {@code first} to {@code last} at least, both whole blocks or the last
   * channel, each to the place that it has among all.
   */
  void stage(
      int to,
      int blockStep,
      Reading x,
      int from,
      int width,
      int channels,
      int first,
      int last,
      Scratch scratch) {
    float[] floats = scratch.floats();
    float[] coefficients = x.coefficients();
    int at = x.offset() + from;
    if (coefficients == null) {
      copy(to, blockStep, x.data(), at, width, channels, first, last, scratch);
      return;
    }
    if (!(x.activation() instanceof Activation.Clamp clamp)) {
      hardSwish(to, blockStep, x, from, width, channels, first, last, coefficients, scratch);
      return;
    }
    int blocks = blocks(last - first);
    if (assembled != null && blocks > 0) {
      int intMark = scratch.intMark();
      int ints = scratch.takeInts(scratchInts());
      assembled.normalise(
          floats,
          to + first / L * blockStep,
          blockStep,
          x.data(),
          at + first,
          width,
          channels,
          blocks,
          coefficients,
          x.scale() + first,
          x.shift() + first,
          RowStaging.belowBound(clamp.low()),
          clamp.low(),
          RowStaging.aboveBound(clamp.high()),
          clamp.high(),
          scratch.ints(),
          ints);
      scratch.release(scratch.mark(), intMark);
    }
    if (assembled == null || last == channels) {
      RowStaging.normalise(
          floats,
          to,
          blockStep,
          x.data(),
          at,
          width,
          channels,
          blocks(channels) * L,
          coefficients,
          x.scale(),
          x.shift(),
          clamp.low(),
          clamp.high());
    }
  }

  /** Stages {@code width} pixels of a gradient. */
  void stage(
      int to,
      int blockStep,
      GradientReading dy,
      int from,
      int width,
      int channels,
      Scratch scratch) {
    float[] floats = scratch.floats();
    float[] coefficients = dy.coefficients();
    float[] z = dy.input();
    int at = dy.offset() + from;
    if (coefficients == null || z == null) {
      copy(to, blockStep, dy.data(), at, width, channels, scratch);
      return;
    }
    if (!(dy.activation() instanceof Activation.Clamp clamp)) {
      hardSwish(to, blockStep, dy, from, width, channels, coefficients, z, scratch);
      return;
    }
    int blocks = blocks(channels);
    if (assembled != null && blocks > 0) {
      int intMark = scratch.intMark();
      int ints = scratch.takeInts(scratchInts());
      assembled.gradient(
          floats,
          to,
          blockStep,
          dy.data(),
          at,
          z,
          dy.inputOffset() + from,
          width,
          channels,
          blocks,
          coefficients,
          dy.scale(),
          dy.shift(),
          dy.a(),
          dy.b(),
          dy.d(),
          clamp.low(),
          clamp.high(),
          scratch.ints(),
          ints);
      scratch.release(scratch.mark(), intMark);
    }
    RowStaging.gradient(
        floats,
        to,
        blockStep,
        dy.data(),
        at,
        z,
        dy.inputOffset() + from,
        width,
        channels,
        blocks * L,
        coefficients,
        dy.scale(),
        dy.shift(),
        dy.a(),
        dy.b(),
        dy.d(),
        clamp.low(),
        clamp.high());
  }

  private void hardSwish(
      int to,
      int blockStep,
      Reading x,
      int from,
      int width,
      int channels,
      int first,
      int last,
      float[] coefficients,
      Scratch scratch) {
    int blocks = blocks(last - first);
    if (assembled != null && blocks > 0) {
      int intMark = scratch.intMark();
      assembled.hardSwish(
          scratch.floats(),
          to + first / L * blockStep,
          blockStep,
          x.data(),
          x.offset() + from + first,
          width,
          channels,
          blocks,
          coefficients,
          x.scale() + first,
          x.shift() + first,
          scratch.ints(),
          scratch.takeInts(scratchInts()));
      scratch.release(scratch.mark(), intMark);
    }
    if (assembled == null || last == channels) {
      int done = blocks(channels) * L;
      HardSwishRows.stage(scratch.floats(), to, blockStep, x, from, width, channels, done);
    }
  }

  private void hardSwish(
      int to,
      int blockStep,
      GradientReading dy,
      int from,
      int width,
      int channels,
      float[] coefficients,
      float[] z,
      Scratch scratch) {
    int blocks = blocks(channels);
    if (assembled != null && blocks > 0) {
      int intMark = scratch.intMark();
      assembled.hardSwishGradient(
          scratch.floats(),
          to,
          blockStep,
          dy.data(),
          dy.offset() + from,
          z,
          dy.inputOffset() + from,
          width,
          channels,
          blocks,
          coefficients,
          dy.scale(),
          dy.shift(),
          dy.a(),
          dy.b(),
          dy.d(),
          scratch.ints(),
          scratch.takeInts(scratchInts()));
      scratch.release(scratch.mark(), intMark);
    }
    HardSwishRows.stage(scratch.floats(), to, blockStep, dy, from, width, channels, blocks * L);
  }
}
