package dev.tapewise.core.geometry;

import dev.tapewise.core.Shape;
import java.util.Arrays;

/**
 * How two tensors of different shapes meet element by element: axes are aligned at the last one,
 * and an axis of size 1, or a missing one, is repeated, as NumPy has it.
 *
 * <p>Neighbouring axes that are treated alike are taken as one. What is left is seen as {@code
 * [outer, rows, channels]}: a run of channels that both tensors have, below it rows over which one
 * tensor repeats its run, and around them everything else. Memory of the result, and of a tensor
 * that repeats nothing, is run through in order.
 *
 * <p>Where axis 0 of the result is the batch, sizes follow the number of images being played.
 */
public final class Broadcast {
  private final Shape result;
  private final int images;
  private final int[] sizes;
  private final int[] aSteps;
  private final int[] bSteps;

  private Broadcast(Shape result, int images, int[] sizes, int[] aSteps, int[] bSteps) {
    this.result = result;
    this.images = images;
    this.sizes = sizes;
    this.aSteps = aSteps;
    this.bSteps = bSteps;
  }

  /**
   * The meeting of two shapes.
   *
   * @param batched whether axis 0 of the result is the batch
   * @throws IllegalArgumentException if an axis has two sizes and neither is 1
   */
  public static Broadcast of(Shape a, Shape b, boolean batched) {
    Shape result = result(a, b);
    int rank = result.rank();
    int[] sizes = new int[rank + 1];
    int[] kinds = new int[rank + 1];
    int count = 0;
    for (int i = 0; i < rank; i++) {
      int size = result.axis(i);
      int kind = (aligned(a, i, rank) == size ? 1 : 0) + (aligned(b, i, rank) == size ? 2 : 0);
      if (size == 1) {
        continue;
      }
      if (count > 0 && kinds[count - 1] == kind) {
        sizes[count - 1] = Math.multiplyExact(sizes[count - 1], size);
      } else {
        sizes[count] = size;
        kinds[count++] = kind;
      }
    }
    if (count == 0 || kinds[count - 1] != 3) {
      sizes[count] = 1;
      kinds[count++] = 3;
    }
    int[] aSteps = new int[count];
    int[] bSteps = new int[count];
    int aStep = 1;
    int bStep = 1;
    for (int i = count - 1; i >= 0; i--) {
      if ((kinds[i] & 1) != 0) {
        aSteps[i] = aStep;
        aStep = Math.multiplyExact(aStep, sizes[i]);
      }
      if ((kinds[i] & 2) != 0) {
        bSteps[i] = bStep;
        bStep = Math.multiplyExact(bStep, sizes[i]);
      }
    }
    int images = batched && result.axis(0) > 1 ? result.axis(0) : 0;
    return new Broadcast(result, images, Arrays.copyOf(sizes, count), aSteps, bSteps);
  }

  /**
   * The shape of the result.
   *
   * @throws IllegalArgumentException if an axis has two sizes and neither is 1
   */
  public static Shape result(Shape a, Shape b) {
    int rank = Math.max(a.rank(), b.rank());
    int[] axes = new int[rank];
    for (int i = 0; i < rank; i++) {
      int left = aligned(a, i, rank);
      int right = aligned(b, i, rank);
      if (left != right && left != 1 && right != 1) {
        throw new IllegalArgumentException(
            "axis %d is %d in the one and %d in the other. Make them equal, or one of them 1"
                .formatted(i - rank, left, right));
      }
      axes[i] = left == 1 ? right : left;
    }
    return Shape.of(axes);
  }

  /** Axis {@code i} of a result of {@code rank} axes, in one of its operands. */
  private static int aligned(Shape shape, int i, int rank) {
    int at = i - rank + shape.rank();
    return at < 0 ? 1 : shape.axis(at);
  }

  /** The shape of the result at full capacity. */
  public Shape result() {
    return result;
  }

  /** Whether both tensors have the shape of the result. */
  public boolean isEqual() {
    return sizes.length == 1;
  }

  /** The size of merged axis {@code i} for a batch. */
  private int size(int i, int batch) {
    return i == 0 && images > 0 ? sizes[0] / images * batch : sizes[i];
  }

  /** The number of elements of the result for a batch. */
  public int elements(int batch) {
    return Math.multiplyExact(outer(batch), rows(batch)) * channels(batch);
  }

  /** How many blocks of rows there are. */
  public int outer(int batch) {
    int outer = 1;
    for (int i = 0; i < sizes.length - 2; i++) {
      outer *= size(i, batch);
    }
    return outer;
  }

  /** Rows of a block; 1 where both shapes are equal. */
  public int rows(int batch) {
    return sizes.length < 2 ? 1 : size(sizes.length - 2, batch);
  }

  /** Elements of a row; everything where both shapes are equal. */
  public int channels(int batch) {
    return size(sizes.length - 1, batch);
  }

  /** From one row of a block of the first tensor to the next: 0 where it repeats its row. */
  public int aRowStep() {
    return sizes.length < 2 ? 0 : aSteps[sizes.length - 2];
  }

  /** From one row of a block of the second tensor to the next: 0 where it repeats its row. */
  public int bRowStep() {
    return sizes.length < 2 ? 0 : bSteps[sizes.length - 2];
  }

  /** Where a block starts in the first tensor. */
  public int aBlock(int block) {
    return start(block, aSteps);
  }

  /** Where a block starts in the second tensor. */
  public int bBlock(int block) {
    return start(block, bSteps);
  }

  private int start(int block, int[] steps) {
    int rest = block;
    int at = 0;
    for (int i = sizes.length - 3; i > 0; i--) {
      int above = rest / sizes[i];
      at += (rest - above * sizes[i]) * steps[i];
      rest = above;
    }
    return sizes.length < 3 ? 0 : at + rest * steps[0];
  }
}
