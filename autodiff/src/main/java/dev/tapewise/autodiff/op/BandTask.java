package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Task;
import dev.tapewise.core.geometry.RowBands;

/** A pass over a tensor, one chunk per band of {@link RowBands}. */
abstract class BandTask implements Task {
  private final RowBands bands;
  private final Operand tensor;

  BandTask(RowBands bands, Operand tensor) {
    this.bands = bands;
    this.tensor = tensor;
  }

  @Override
  public int chunks(int batch) {
    return bands.count(tensor.images(batch));
  }

  @Override
  public final void run(int chunk, int batch, Scratch scratch) {
    int images = tensor.images(batch);
    int row = bands.start(chunk, images);
    run(chunk, row, bands.start(chunk + 1, images) - row, scratch);
  }

  /** The rows {@code row} to {@code row + rows}, which are band {@code band}. */
  abstract void run(int band, int row, int rows, Scratch scratch);
}
