package dev.tapewise.core.kernel;

import dev.tapewise.core.geometry.StridedBox;
import java.util.Arrays;

/**
 * Moves a {@link StridedBox} of elements, chunk by chunk: runs of floats by one call, all else in
 * tiles of 16 elements along the target so that a transposition uses every line it loads. Both
 * providers use it as it is.
 */
public final class StridedCopy {
  private static final int TILE = 16;

  private StridedCopy() {}

  /** {@code to = from} over a chunk of a box whose target stands still along no axis. */
  public static void copy(
      float[] to,
      int toOffset,
      float[] from,
      int fromOffset,
      StridedBox box,
      int chunk,
      int batch) {
    int end = box.endRow(chunk, batch);
    for (int row = box.firstRow(chunk); row < end; row++) {
      if (box.hasRuns()) {
        copyRuns(to, toOffset + box.to(row), from, fromOffset + box.from(row), box, chunk);
      } else {
        copyTiles(to, toOffset + box.to(row), from, fromOffset + box.from(row), box, chunk);
      }
    }
  }

  private static void copyRuns(float[] to, int t, float[] from, int f, StridedBox box, int chunk) {
    int count = box.c().size();
    int firstB = box.firstB(chunk);
    int endB = box.endB(chunk);
    int endA = box.endA(chunk);
    for (int i = box.firstA(chunk); i < endA; i++) {
      for (int j = firstB; j < endB; j++) {
        System.arraycopy(
            from,
            f + i * box.a().from() + j * box.b().from(),
            to,
            t + i * box.a().to() + j * box.b().to(),
            count);
      }
    }
  }

  private static void copyTiles(float[] to, int t, float[] from, int f, StridedBox box, int chunk) {
    int firstA = box.firstA(chunk);
    int endA = box.endA(chunk);
    int firstB = box.firstB(chunk);
    int endB = box.endB(chunk);
    int size = box.c().size();
    int fromStep = box.c().from();
    int toStep = box.c().to();
    for (int tile = 0; tile < size; tile += TILE) {
      int count = Math.min(TILE, size - tile);
      for (int i = firstA; i < endA; i++) {
        int sourceRow = f + i * box.a().from() + tile * fromStep;
        int targetRow = t + i * box.a().to() + tile * toStep;
        for (int j = firstB; j < endB; j++) {
          int source = sourceRow + j * box.b().from();
          int target = targetRow + j * box.b().to();
          for (int k = 0; k < count; k++) {
            to[target + k * toStep] = from[source + k * fromStep];
          }
        }
      }
    }
  }

  /**
   * {@code to += from} over a chunk; where several elements of the source meet in one of the target
   * they are added one after the other, in the order of the source's axes.
   */
  public static void add(
      Elementwise kernel,
      float[] to,
      int toOffset,
      float[] from,
      int fromOffset,
      StridedBox box,
      int chunk,
      int batch) {
    int end = box.endRow(chunk, batch);
    for (int row = box.firstRow(chunk); row < end; row++) {
      int t = toOffset + box.to(row);
      int f = fromOffset + box.from(row);
      for (int repeat = 0; repeat < box.repeats(); repeat++) {
        if (box.hasRuns()) {
          addRuns(kernel, to, t, from, f + box.repeat(repeat), box, chunk);
        } else {
          addTiles(to, t, from, f + box.repeat(repeat), box, chunk);
        }
      }
    }
  }

  private static void addRuns(
      Elementwise kernel, float[] to, int t, float[] from, int f, StridedBox box, int chunk) {
    int count = box.c().size();
    int firstB = box.firstB(chunk);
    int endB = box.endB(chunk);
    int endA = box.endA(chunk);
    for (int i = box.firstA(chunk); i < endA; i++) {
      for (int j = firstB; j < endB; j++) {
        int target = t + i * box.a().to() + j * box.b().to();
        int source = f + i * box.a().from() + j * box.b().from();
        kernel.add(to, target, to, target, from, source, count);
      }
    }
  }

  private static void addTiles(float[] to, int t, float[] from, int f, StridedBox box, int chunk) {
    int firstA = box.firstA(chunk);
    int endA = box.endA(chunk);
    int firstB = box.firstB(chunk);
    int endB = box.endB(chunk);
    int size = box.c().size();
    int fromStep = box.c().from();
    int toStep = box.c().to();
    for (int tile = 0; tile < size; tile += TILE) {
      int count = Math.min(TILE, size - tile);
      for (int i = firstA; i < endA; i++) {
        int sourceRow = f + i * box.a().from() + tile * fromStep;
        int targetRow = t + i * box.a().to() + tile * toStep;
        for (int j = firstB; j < endB; j++) {
          int source = sourceRow + j * box.b().from();
          int target = targetRow + j * box.b().to();
          for (int k = 0; k < count; k++) {
            to[target + k * toStep] += from[source + k * fromStep];
          }
        }
      }
    }
  }

  /** {@code to = value} over a chunk, whose source is not read. */
  public static void fill(
      float[] to, int toOffset, float value, StridedBox box, int chunk, int batch) {
    int count = box.c().size();
    int step = box.c().to();
    int endA = box.endA(chunk);
    int endB = box.endB(chunk);
    int endRow = box.endRow(chunk, batch);
    for (int row = box.firstRow(chunk); row < endRow; row++) {
      for (int i = box.firstA(chunk); i < endA; i++) {
        for (int j = box.firstB(chunk); j < endB; j++) {
          int target = toOffset + box.to(row) + i * box.a().to() + j * box.b().to();
          if (step == 1) {
            Arrays.fill(to, target, target + count, value);
          } else {
            for (int k = 0; k < count; k++, target += step) {
              to[target] = value;
            }
          }
        }
      }
    }
  }
}
