package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Task;
import dev.tapewise.core.geometry.RowBands;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Kernels;

/** The gradient of a bias: sums over all pixels, band by band, bands combined in a tree. */
final class BiasGradient {
  private BiasGradient() {}

  static void bind(Binding binding, GradientTarget db, int height, int width, int channels) {
    RowBands bands = RowBands.of(height, width, channels);
    int stride = Scratch.roundUp(channels);
    Operand y = binding.output();
    int sums = binding.workspace((long) bands.count(y.images(binding.capacity())) * stride);
    float[] memory = binding.memory();
    Kernels kernels = binding.kernels();
    GradientReading dy = binding.outputGradient();
    binding.play(
        new Task() {
          @Override
          public int chunks(int batch) {
            return bands.count(y.images(batch));
          }

          @Override
          public void run(int chunk, int batch, Scratch scratch) {
            int images = y.images(batch);
            int row = bands.start(chunk, images);
            int rows = bands.start(chunk + 1, images) - row;
            kernels
                .statistics()
                .columnSums(
                    memory,
                    sums + chunk * stride,
                    dy.data(),
                    dy.offset() + row * channels,
                    rows,
                    channels);
          }
        });
    binding.play(
        new Task() {
          @Override
          public int chunks(int batch) {
            return 1;
          }

          @Override
          public void run(int chunk, int batch, Scratch scratch) {
            kernels.combine().tree(memory, sums, bands.count(y.images(batch)), stride, 0, channels);
            if (db.add()) {
              kernels
                  .elementwise()
                  .add(db.data(), db.offset(), db.data(), db.offset(), memory, sums, channels);
            } else {
              System.arraycopy(memory, sums, db.data(), db.offset(), channels);
            }
          }
        });
  }
}
