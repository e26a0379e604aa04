package dev.tapewise.autodiff.op;

import com.google.common.collect.ImmutableList;
import dev.tapewise.core.Shape;

/**
 * How a sum over some axes is cut into sums over one axis of {@code [outer, reduced, channels]},
 * the innermost first. Neighbouring axes that are treated alike are taken as one.
 */
final class AxisStages {
  private final ImmutableList<Stage> stages;

  /**
   * A sum over the middle axis.
   *
   * @param outer blocks; of one image where they hold the batch
   * @param reduced rows of a block; of one image where they hold the batch
   * @param channels elements of a row
   * @param images whether the batch is in {@code outer} or {@code reduced}, and in which
   */
  record Stage(int outer, int reduced, int channels, Images images) {

    int outer(int batch) {
      return images == Images.OUTER ? outer * batch : outer;
    }

    int reduced(int batch) {
      return images == Images.REDUCED ? reduced * batch : reduced;
    }
  }

  /** Where the batch is. */
  enum Images {
    OUTER,
    REDUCED,
    NONE
  }

  private AxisStages(ImmutableList<Stage> stages) {
    this.stages = stages;
  }

  /** The stages; one at least. */
  ImmutableList<Stage> stages() {
    return stages;
  }

  /**
   * The sum over chosen axes.
   *
   * @param summed for every axis whether it is summed over
   * @param batched whether axis 0 is the batch
   */
  static AxisStages of(Shape shape, boolean[] summed, boolean batched) {
    int[] sizes = new int[shape.rank()];
    boolean[] over = new boolean[shape.rank()];
    int count = 0;
    for (int i = 0; i < sizes.length; i++) {
      if (shape.axis(i) == 1 && !(batched && i == 0)) {
        continue; // the batch counts even where it is one image: the order of sums is that of many
      }
      if (count > 0 && over[count - 1] == summed[i]) {
        sizes[count - 1] = Math.multiplyExact(sizes[count - 1], shape.axis(i));
      } else {
        sizes[count] = shape.axis(i);
        over[count++] = summed[i];
      }
    }
    int batch = batched ? shape.axis(0) : 1;
    ImmutableList.Builder<Stage> stages = ImmutableList.builder();
    int kept = 1;
    boolean any = false;
    for (int i = count - 1; i >= 0; i--) {
      if (over[i]) {
        int before = 1;
        for (int j = 0; j < i; j++) {
          before = Math.multiplyExact(before, sizes[j]);
        }
        stages.add(stage(before, sizes[i], kept, batch, i == 0));
        any = true;
      } else {
        kept = Math.multiplyExact(kept, sizes[i]);
      }
    }
    if (!any) {
      stages.add(stage(kept, 1, 1, batch, false));
    }
    return new AxisStages(stages.build());
  }

  private static Stage stage(int outer, int reduced, int channels, int batch, boolean overBatch) {
    if (batch == 1) {
      return new Stage(outer, reduced, channels, Images.NONE);
    }
    return overBatch
        ? new Stage(outer, reduced / batch, channels, Images.REDUCED)
        : new Stage(outer / batch, reduced, channels, Images.OUTER);
  }
}
