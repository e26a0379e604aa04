package dev.tapewise.nn.train;

import dev.tapewise.autodiff.TensorView;
import dev.tapewise.nn.data.Batch;

/** Moves a loader's batch into the inputs of a program. */
final class BatchCopy {
  private BatchCopy() {}

  /** Copies images and labels. Allocates nothing. */
  static void copy(Batch batch, TensorView images, TensorView labels) {
    int count = batch.count();
    System.arraycopy(
        batch.images(), 0, images.array(), images.offset(), count * images.shape().rest());
    int[] from = batch.labels();
    float[] to = labels.array();
    int offset = labels.offset();
    for (int i = 0; i < count; i++) {
      to[offset + i] = from[i];
    }
  }
}
