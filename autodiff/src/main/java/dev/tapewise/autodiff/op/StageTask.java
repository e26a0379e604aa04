package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Task;
import dev.tapewise.core.geometry.RowBands;
import dev.tapewise.core.kernel.Reading;
import dev.tapewise.core.kernel.Staging;

/** Writes a tensor as it is read, band by band of {@link RowBands}. */
final class StageTask implements Task {
  private final Staging staging;
  private final RowBands bands;
  private final Operand to;
  private final Reading x;

  StageTask(Staging staging, Operand to, Reading x) {
    this.staging = staging;
    this.bands = RowBands.of(to.shape());
    this.to = to;
    this.x = x;
  }

  /** A tensor as plain values: itself, or what it is read as in a workspace. */
  static Operand plain(Binding binding, Operand x) {
    if (x.reading().isRaw()) {
      return x;
    }
    int at = binding.workspace(x.shape().size());
    float[] memory = binding.memory();
    Operand plain = new Operand(memory, at, x.shape(), x.batched(), Reading.raw(memory, at));
    binding.play(new StageTask(binding.kernels().staging(), plain, x.reading()));
    return plain;
  }

  @Override
  public int chunks(int batch) {
    return bands.count(to.images(batch));
  }

  @Override
  public void run(int chunk, int batch, Scratch scratch) {
    int images = to.images(batch);
    int row = bands.start(chunk, images);
    int rows = bands.start(chunk + 1, images) - row;
    staging.rows(to.data(), to.offset() + row * to.channels(), x, row, rows, to.channels());
  }
}
