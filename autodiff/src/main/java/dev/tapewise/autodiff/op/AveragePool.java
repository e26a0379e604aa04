package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.PoolGeometry;
import dev.tapewise.core.geometry.PoolWindows;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Pool;
import java.util.List;

/**
 * The average over windows of {@code [N, H, W, C]}, {@code [N, OH, OW, C]}; over the whole image
 * {@code [N, C]}.
 */
public final class AveragePool implements Op {
  private final PoolShapes shapes;
  private final boolean countPadding;

  private AveragePool(PoolShapes shapes, boolean countPadding) {
    this.shapes = shapes;
    this.countPadding = countPadding;
  }

  /**
   * Averages over windows.
   *
   * @param countPadding whether the padding of a window counts in its average, as zeros. What ceil
   *     mode adds beyond the padding never does
   */
  public static AveragePool of(PoolWindows windows, boolean countPadding) {
    return new AveragePool(PoolShapes.windows("average pool", windows), countPadding);
  }

  /** Averages over {@code height * width} bins, see {@link PoolGeometry#adaptive}. */
  public static AveragePool adaptive(int height, int width) {
    return new AveragePool(PoolShapes.adaptive("adaptive average pool", height, width), false);
  }

  /** The average over each whole image. */
  public static AveragePool global() {
    return new AveragePool(PoolShapes.global("global average pool"), false);
  }

  @Override
  public String name() {
    return shapes.name();
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    if (shapes.geometry(inputs.get(0)).dilated()) {
      throw new IllegalArgumentException("averages are over windows without dilation");
    }
    return shapes.output(inputs.get(0));
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

  /** 1 / count of every window. */
  private float[] factors(PoolGeometry g) {
    float[] factors = new float[g.outHeight() * g.outWidth()];
    for (int i = 0; i < factors.length; i++) {
      int row = i / g.outWidth();
      int column = i % g.outWidth();
      factors[i] =
          countPadding
              ? 1f / (g.rows().padded(row) * g.columns().padded(column))
              : 1f
                  / ((g.rows().end(row) - g.rows().first(row))
                      * (g.columns().end(column) - g.columns().first(column)));
    }
    return factors;
  }

  @Override
  public void forward(Binding binding) {
    Pool kernel = binding.kernels().pool();
    Operand x = binding.input(0);
    Operand y = binding.output();
    PoolGeometry geometry = shapes.geometry(x.shape());
    float[] factors = factors(geometry);
    binding.play(
        new PoolRows(x, geometry.outHeight()) {
          @Override
          void run(int image, int from, int to) {
            kernel.average(
                y.data(),
                y.offset() + image * geometry.outSize(),
                x.data(),
                x.offset() + image * geometry.inSize(),
                factors,
                geometry,
                from,
                to);
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
    Operand x = binding.input(0);
    PoolGeometry geometry = shapes.geometry(x.shape());
    float[] factors = factors(geometry);
    GradientReading dy = binding.outputGradient();
    binding.play(
        new PoolRows(x, geometry.height()) {
          @Override
          void run(int image, int from, int to) {
            kernel.averageGradient(
                dx.data(),
                dx.offset() + image * geometry.inSize(),
                dy.data(),
                dy.offset() + image * geometry.outSize(),
                factors,
                geometry,
                from,
                to,
                dx.add());
          }
        });
  }
}
