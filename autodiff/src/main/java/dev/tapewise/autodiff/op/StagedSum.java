package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.geometry.RowBands;
import dev.tapewise.core.kernel.Elementwise;
import dev.tapewise.core.kernel.Reading;
import dev.tapewise.core.kernel.Staging;

/**
 * The sum of two tensors of one shape, of which at least one is read through a norm: a band of rows
 * is staged where the sum goes, and the other tensor is added while it is in cache.
 */
final class StagedSum extends BandTask {
  private final Staging staging;
  private final Elementwise elementwise;
  private final Operand y;
  private final Reading staged;
  private final Reading other;

  private StagedSum(Binding binding, RowBands bands, Operand staged, Operand other) {
    super(bands, binding.output());
    this.staging = binding.kernels().staging();
    this.elementwise = binding.kernels().elementwise();
    this.y = binding.output();
    this.staged = staged.reading();
    this.other = other.reading();
    if (!this.other.isRaw()) {
      binding.scratch(bands.maxPixels() * y.channels(), 0);
    }
  }

  static StagedSum of(Binding binding, Operand a, Operand b) {
    RowBands bands = RowBands.of(binding.output().shape());
    return a.reading().isRaw()
        ? new StagedSum(binding, bands, b, a)
        : new StagedSum(binding, bands, a, b);
  }

  @Override
  void run(int band, int row, int rows, Scratch scratch) {
    int channels = y.channels();
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
