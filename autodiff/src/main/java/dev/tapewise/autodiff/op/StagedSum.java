package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Task;
import dev.tapewise.core.geometry.RowBands;
import dev.tapewise.core.kernel.Elementwise;
import dev.tapewise.core.kernel.Reading;
import dev.tapewise.core.kernel.Staging;

/**
 * The sum of two tensors of one shape, of which at least one is read through a norm: a band of rows
 * is staged where the sum goes, and the other tensor is added while it is in cache.
 */
final class StagedSum implements Task {
  private final Staging staging;
  private final Elementwise elementwise;
  private final RowBands bands;
  private final Operand y;
  private final Reading staged;
  private final Reading other;

  private StagedSum(Binding binding, Operand staged, Operand other) {
    this.staging = binding.kernels().staging();
    this.elementwise = binding.kernels().elementwise();
    this.y = binding.output();
    this.bands = RowBands.of(y.shape());
    this.staged = staged.reading();
    this.other = other.reading();
    if (!this.other.isRaw()) {
      binding.scratch(bands.maxPixels() * y.channels(), 0);
    }
  }

  static StagedSum of(Binding binding, Operand a, Operand b) {
    return a.reading().isRaw() ? new StagedSum(binding, b, a) : new StagedSum(binding, a, b);
  }

  @Override
  public int chunks(int batch) {
    return bands.count(y.images(batch));
  }

  @Override
  public void run(int chunk, int batch, Scratch scratch) {
    int images = y.images(batch);
    int channels = y.channels();
    int row = bands.start(chunk, images);
    int rows = bands.start(chunk + 1, images) - row;
    int count = rows * channels;
    int at = y.offset() + row * channels;
    staging.rows(y.data(), at, staged, row, rows, channels);
    if (other.isRaw()) {
      add(at, other.data(), other.offset() + row * channels, count);
      return;
    }
    int mark = scratch.mark();
    int intMark = scratch.intMark();
    int second = scratch.take(count);
    staging.rows(scratch.floats(), second, other, row, rows, channels);
    add(at, scratch.floats(), second, count);
    scratch.release(mark, intMark);
  }

  private void add(int at, float[] other, int otherAt, int count) {
    elementwise.add(y.data(), at, y.data(), at, other, otherAt, count);
  }
}
