package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Task;
import dev.tapewise.core.geometry.PoolGeometry;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Pool;
import java.util.List;

/**
 * The average over windows of {@code [N, H, W, C]}; over the whole image it may drop the two
 * spatial axes.
 */
public final class AveragePool implements Op {
  private final PoolGeometry geometry;
  private final boolean flat;

  /**
   * An average pool.
   *
   * @param flat whether the result is {@code [N, OH * OW * C]} instead of {@code [N, OH, OW, C]}
   */
  public AveragePool(PoolGeometry geometry, boolean flat) {
    this.geometry = geometry;
    this.flat = flat;
  }

  @Override
  public String name() {
    return flat ? "global average pool" : "average pool";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    PoolGeometry g = geometry;
    Shape x = inputs.get(0);
    if (x.rank() != 4
        || x.axis(1) != g.height()
        || x.axis(2) != g.width()
        || x.axis(3) != g.channels()) {
      throw new IllegalArgumentException(
          "x must be [N, %d, %d, %d]".formatted(g.height(), g.width(), g.channels()));
    }
    int n = x.axis(0);
    return flat
        ? Shape.of(n, geometry.outSize())
        : Shape.of(n, geometry.outHeight(), geometry.outWidth(), geometry.channels());
  }

  @Override
  public boolean backwardReadsInput(int input) {
    return false;
  }

  @Override
  public boolean backwardReadsOutput() {
    return false;
  }

  @Override
  public boolean addsGradient(int input) {
    return true;
  }

  @Override
  public void forward(Binding binding) {
    Pool kernel = binding.kernels().pool();
    Operand x = binding.input(0);
    Operand y = binding.output();
    binding.play(
        new Images(x) {
          @Override
          void image(int image) {
            kernel.average(
                y.data(),
                y.offset() + image * geometry.outSize(),
                x.data(),
                x.offset() + image * geometry.inSize(),
                geometry);
          }
        });
  }

  @Override
  public void backward(Binding binding) {
    GradientTarget dx = binding.inputGradient(0);
    if (dx == null) {
      return;
    }
    Pool kernel = binding.kernels().pool();
    GradientReading dy = binding.outputGradient();
    binding.play(
        new Images(binding.input(0)) {
          @Override
          void image(int image) {
            kernel.averageGradient(
                dx.data(),
                dx.offset() + image * geometry.inSize(),
                dy.data(),
                dy.offset() + image * geometry.outSize(),
                geometry,
                dx.add());
          }
        });
  }

  /** One chunk per image. */
  private abstract static class Images implements Task {
    private final Operand images;

    Images(Operand images) {
      this.images = images;
    }

    @Override
    public int chunks(int batch) {
      return images.images(batch);
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      image(chunk);
    }

    abstract void image(int image);
  }
}
