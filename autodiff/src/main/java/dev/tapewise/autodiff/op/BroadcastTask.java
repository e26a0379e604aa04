package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Task;
import dev.tapewise.core.geometry.Broadcast;
import dev.tapewise.core.kernel.Arithmetic;
import java.util.Arrays;

/**
 * A pass over two tensors that meet by {@link Broadcast}, in parts of about {@link Chunks#ELEMENTS}
 * elements. Short rows that repeat are first laid side by side in scratch, so that kernels always
 * see long ones.
 */
final class BroadcastTask implements Task {
  /** Rows shorter than this are laid side by side. */
  private static final int SHORT = 64;

  /** Floats that repeated rows fill together. */
  private static final int LONG = 256;

  private final Rows kernel;
  private final Broadcast meeting;
  private final float[] y;
  private final int yOffset;
  private final float[] a;
  private final int aOffset;
  private final float[] b;
  private final int bOffset;

  /** What is done with rows of both tensors, see {@link Arithmetic}. */
  @FunctionalInterface
  interface Rows {
    void run(
        float[] y,
        int yAt,
        float[] a,
        int aAt,
        int aStep,
        float[] b,
        int bAt,
        int bStep,
        int rows,
        int channels);
  }

  BroadcastTask(
      Binding binding,
      Rows kernel,
      Broadcast meeting,
      float[] y,
      int yOffset,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset) {
    this.kernel = kernel;
    this.meeting = meeting;
    this.y = y;
    this.yOffset = yOffset;
    this.a = a;
    this.aOffset = aOffset;
    this.b = b;
    this.bOffset = bOffset;
    binding.scratch(LONG, 0);
  }

  @Override
  public int chunks(int batch) {
    int most = Chunks.elements(meeting.elements(batch));
    return meeting.isEqual() ? most : Math.min(most, units(batch));
  }

  /** Parts of rows that the blocks are cut into. */
  private int units(int batch) {
    return meeting.outer(batch) * parts(batch);
  }

  private int parts(int batch) {
    int rows = meeting.rows(batch);
    return Math.min(
        rows, Math.max(1, (int) ((long) rows * meeting.channels(batch) / Chunks.ELEMENTS)));
  }

  @Override
  public void run(int chunk, int batch, Scratch scratch) {
    if (meeting.isEqual()) {
      int from = chunk * Chunks.ELEMENTS;
      int count = Math.min(Chunks.ELEMENTS, meeting.elements(batch) - from);
      kernel.run(y, yOffset + from, a, aOffset + from, 0, b, bOffset + from, 0, 1, count);
      return;
    }
    int mark = scratch.mark();
    int intMark = scratch.intMark();
    int row = scratch.take(LONG);
    int chunks = chunks(batch);
    int units = units(batch);
    int parts = parts(batch);
    int rows = meeting.rows(batch);
    int end = Chunks.start(units, chunk + 1, chunks);
    for (int unit = Chunks.start(units, chunk, chunks); unit < end; unit++) {
      int block = unit / parts;
      int part = unit - block * parts;
      int from = Chunks.start(rows, part, parts);
      rows(block, from, Chunks.start(rows, part + 1, parts) - from, batch, scratch.floats(), row);
    }
    scratch.release(mark, intMark);
  }

  private void rows(int block, int from, int count, int batch, float[] scratch, int row) {
    int channels = meeting.channels(batch);
    int aStep = meeting.aRowStep();
    int bStep = meeting.bRowStep();
    int aAt = aOffset + meeting.aBlock(block) + from * aStep;
    int bAt = bOffset + meeting.bBlock(block) + from * bStep;
    int at = yOffset + (block * meeting.rows(batch) + from) * channels;
    if (channels >= SHORT || count == 1) {
      kernel.run(y, at, a, aAt, aStep, b, bAt, bStep, count, channels);
      return;
    }
    int copies = Math.min(count, LONG / channels);
    int whole = count / copies;
    int length = copies * channels;
    int rest = (count - whole * copies) * channels;
    int done = whole * length;
    if (bStep == 0) {
      repeat(scratch, row, b, bAt, channels, copies);
      kernel.run(y, at, a, aAt, length, scratch, row, 0, whole, length);
      if (rest > 0) {
        kernel.run(y, at + done, a, aAt + done, 0, scratch, row, 0, 1, rest);
      }
    } else {
      repeat(scratch, row, a, aAt, channels, copies);
      kernel.run(y, at, scratch, row, 0, b, bAt, length, whole, length);
      if (rest > 0) {
        kernel.run(y, at + done, scratch, row, 0, b, bAt + done, 0, 1, rest);
      }
    }
  }

  private static void repeat(float[] to, int at, float[] x, int from, int count, int copies) {
    if (count == 1) {
      Arrays.fill(to, at, at + copies, x[from]);
      return;
    }
    for (int i = 0; i < copies; i++) {
      System.arraycopy(x, from, to, at + i * count, count);
    }
  }
}
