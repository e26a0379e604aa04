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
 * The maximum over windows of {@code [N, H, W, C]}, {@code [N, OH, OW, C]}; over the whole image
 * {@code [N, C]}. Padding is minus infinity. The gradient goes to the first of equal largest
 * elements in raster order; a NaN counts as largest, so it reaches the output.
 *
 * <p>The forward pass keeps the winning pixel of every output element as a float. That is the
 * memory of one output; comparing again would keep the input alive, which is as large at stride 1
 * and four times as large at stride 2.
 */
public final class MaxPool implements Op {
  private static final int MOST_PIXELS = 1 << 24;
  private static final String WINNERS = "winners";

  private final PoolShapes shapes;

  private MaxPool(PoolShapes shapes) {
    this.shapes = shapes;
  }

  /** The maximum over windows. */
  public static MaxPool of(PoolWindows windows) {
    return new MaxPool(PoolShapes.windows("max pool", windows));
  }

  /** The maximum over {@code height * width} bins, see {@link PoolGeometry#adaptive}. */
  public static MaxPool adaptive(int height, int width) {
    return new MaxPool(PoolShapes.adaptive("adaptive max pool", height, width));
  }

  /** The maximum over each whole image. */
  public static MaxPool global() {
    return new MaxPool(PoolShapes.global("global max pool"));
  }

  @Override
  public String name() {
    return shapes.name();
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    PoolGeometry g = shapes.geometry(inputs.get(0));
    if ((long) g.height() * g.width() > MOST_PIXELS) {
      throw new IllegalArgumentException(
          "winners are kept as floats, which count to %d pixels, not %d x %d. Use smaller images"
              .formatted(MOST_PIXELS, g.height(), g.width()));
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

  @Override
  public void forward(Binding binding) {
    Pool kernel = binding.kernels().pool();
    Operand x = binding.input(0);
    Operand y = binding.output();
    PoolGeometry geometry = shapes.geometry(x.shape());
    int winners = binding.saved(WINNERS, y.shape().size());
    float[] memory = binding.memory();
    binding.play(
        new PoolRows(x, geometry.outHeight()) {
          @Override
          void run(int image, int from, int to) {
            kernel.max(
                y.data(),
                y.offset() + image * geometry.outSize(),
                memory,
                winners + image * geometry.outSize(),
                x.data(),
                x.offset() + image * geometry.inSize(),
                geometry,
                from,
                to);
          }
        });
  }

  @Override
  public void backward(Binding binding) {
    GradientTarget dx = binding.inputGradient(0);
    int winners = binding.saved(WINNERS, binding.output().shape().size());
    if (dx == null) {
      return;
    }
    Pool kernel = binding.kernels().pool();
    Operand x = binding.input(0);
    PoolGeometry geometry = shapes.geometry(x.shape());
    float[] memory = binding.memory();
    GradientReading dy = binding.outputGradient();
    binding.play(
        new PoolRows(x, geometry.height()) {
          @Override
          void run(int image, int from, int to) {
            kernel.maxGradient(
                dx.data(),
                dx.offset() + image * geometry.inSize(),
                dy.data(),
                dy.offset() + image * geometry.outSize(),
                memory,
                winners + image * geometry.outSize(),
                geometry,
                from,
                to,
                dx.add());
          }
        });
  }
}
