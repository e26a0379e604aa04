package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.geometry.RowBands;
import dev.tapewise.core.kernel.Reading;
import dev.tapewise.core.kernel.Staging;

/** Writes a tensor as it is read, band by band of {@link RowBands}. */
final class StageTask extends BandTask {
  private final Staging staging;
  private final Operand to;
  private final Reading x;

  StageTask(Staging staging, Operand to, Reading x) {
    super(RowBands.of(to.shape()), to);
    this.staging = staging;
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
  void run(int band, int row, int rows, Scratch scratch) {
    staging.rows(to.data(), to.offset() + row * to.channels(), x, row, rows, to.channels());
  }
}
