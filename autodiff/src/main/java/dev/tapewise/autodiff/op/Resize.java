package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Scratch;
import dev.tapewise.core.Shape;
import dev.tapewise.core.Task;
import dev.tapewise.core.geometry.ResizeAxis;
import dev.tapewise.core.geometry.ResizeGeometry;
import dev.tapewise.core.kernel.GradientReading;
import dev.tapewise.core.kernel.Resample;
import java.util.List;

/**
 * Images of another size, {@code [N, H, W, C]} to {@code [N, OH, OW, C]}: every pixel the nearest
 * one, or a weighted mean of four. Nothing is smoothed before an image is made smaller. Which
 * pixels, and with which weights, follows PyTorch's {@code interpolate}.
 */
public final class Resize implements Op {
  private final String name;
  private final ResizeGeometry geometry;
  private final boolean nearest;

  private Resize(String name, ResizeGeometry geometry, boolean nearest) {
    this.name = name;
    this.geometry = geometry;
    this.nearest = nearest;
  }

  /** The nearest pixel, for a result of {@code height} x {@code width}. */
  public static Resize nearest(Shape x, int height, int width) {
    image(x);
    return nearest(x, height, width, (float) x.axis(1) / height, (float) x.axis(2) / width);
  }

  /**
   * The nearest pixel, for a result {@code scale} times as large, rounded down; the places in x
   * follow from the scale, not from the rounded size.
   */
  public static Resize nearest(Shape x, double scale) {
    image(x);
    float ratio = ratio(scale);
    return nearest(x, scaled(x.axis(1), scale), scaled(x.axis(2), scale), ratio, ratio);
  }

  private static Resize nearest(Shape x, int height, int width, float rows, float columns) {
    return new Resize(
        "resize nearest",
        new ResizeGeometry(
            ResizeAxis.nearest(x.axis(1), height, rows),
            ResizeAxis.nearest(x.axis(2), width, columns),
            x.axis(3)),
        true);
  }

  /**
   * The bilinear mean, for a result of {@code height} x {@code width}.
   *
   * @param alignCorners whether the centres of the corner pixels stay where they are; otherwise the
   *     outer edges of the images do
   */
  public static Resize bilinear(Shape x, int height, int width, boolean alignCorners) {
    image(x);
    return bilinear(
        x, height, width, (float) x.axis(1) / height, (float) x.axis(2) / width, alignCorners);
  }

  /**
   * The bilinear mean, for a result {@code scale} times as large, rounded down; the places in x
   * follow from the scale, not from the rounded size.
   *
   * @param alignCorners see {@link #bilinear(Shape, int, int, boolean)}
   */
  public static Resize bilinear(Shape x, double scale, boolean alignCorners) {
    image(x);
    float ratio = ratio(scale);
    return bilinear(
        x, scaled(x.axis(1), scale), scaled(x.axis(2), scale), ratio, ratio, alignCorners);
  }

  private static Resize bilinear(
      Shape x, int height, int width, float rows, float columns, boolean alignCorners) {
    return new Resize(
        "resize bilinear",
        new ResizeGeometry(
            ResizeAxis.linear(x.axis(1), height, rows, alignCorners),
            ResizeAxis.linear(x.axis(2), width, columns, alignCorners),
            x.axis(3)),
        false);
  }

  private static void image(Shape x) {
    if (x.rank() != 4) {
      throw new IllegalArgumentException("it takes images [N, H, W, C]");
    }
  }

  private static float ratio(double scale) {
    if (!(scale > 0 && scale <= 1 << 16)) {
      throw new IllegalArgumentException("the scale must be above 0 and finite but is " + scale);
    }
    return (float) (1 / scale);
  }

  private static int scaled(int size, double scale) {
    return (int) (size * scale);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = inputs.get(0);
    ResizeGeometry g = geometry;
    if (x.rank() != 4
        || x.axis(1) != g.rows().in()
        || x.axis(2) != g.columns().in()
        || x.axis(3) != g.channels()) {
      throw new IllegalArgumentException(
          "x must be [N, %d, %d, %d]".formatted(g.rows().in(), g.columns().in(), g.channels()));
    }
    return Shape.of(x.axis(0), g.rows().out(), g.columns().out(), g.channels());
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
    Operand x = binding.input(0);
    Operand y = binding.output();
    ResizeGeometry g = geometry;
    int outRow = g.outRow();
    if (nearest) {
      binding.play(
          new Rows(y) {
            @Override
            void row(int image, int row) {
              copy(
                  y.data(),
                  y.offset() + (image * g.rows().out() + row) * outRow,
                  x.data(),
                  x.offset() + image * g.inSize() + g.rows().first(row) * g.inRow(),
                  g);
            }
          });
      return;
    }
    Resample kernel = binding.kernels().resample();
    binding.play(
        new Rows(y) {
          @Override
          void row(int image, int row) {
            kernel.bilinear(
                y.data(),
                y.offset() + (image * g.rows().out() + row) * outRow,
                x.data(),
                x.offset() + image * g.inSize(),
                g,
                row);
          }
        });
  }

  /** Copies the pixels of a row. */
  private static void copy(float[] y, int yRow, float[] x, int xRow, ResizeGeometry g) {
    int channels = g.channels();
    for (int column = 0; column < g.columns().out(); column++) {
      int to = yRow + column * channels;
      int from = xRow + g.columns().first(column) * channels;
      for (int c = 0; c < channels; c++) {
        y[to + c] = x[from + c];
      }
    }
  }

  @Override
  public void backward(Binding binding) {
    GradientTarget dx = binding.inputGradient(0);
    if (dx == null) {
      return;
    }
    GradientReading dy = binding.outputGradient();
    ResizeGeometry g = geometry;
    Resample kernel = binding.kernels().resample();
    binding.play(
        new Rows(binding.input(0)) {
          @Override
          void row(int image, int row) {
            kernel.gradient(
                dx.data(),
                dx.offset() + (image * g.rows().in() + row) * g.inRow(),
                dy.data(),
                dy.offset() + image * g.outSize(),
                g,
                row,
                dx.add());
          }
        });
  }

  /** The rows of images, as many to a chunk as have about {@link Chunks#ELEMENTS}. */
  private abstract static class Rows implements Task {
    private final Operand images;
    private final int height;
    private final int perChunk;

    Rows(Operand images) {
      this.images = images;
      this.height = images.shape().axis(1);
      this.perChunk = Math.max(1, Chunks.ELEMENTS / (images.shape().rest() / height));
    }

    @Override
    public int chunks(int batch) {
      return Math.ceilDiv(images.images(batch) * height, perChunk);
    }

    @Override
    public void run(int chunk, int batch, Scratch scratch) {
      int end = Math.min(images.images(batch) * height, (chunk + 1) * perChunk);
      for (int row = chunk * perChunk; row < end; row++) {
        row(row / height, row % height);
      }
    }

    abstract void row(int image, int row);
  }
}
