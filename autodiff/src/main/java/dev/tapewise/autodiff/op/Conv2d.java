package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.ConvGeometry;
import java.util.List;

/**
 * Two-dimensional convolution, dense, grouped or depthwise: {@code [N, H, W, C]} with weights
 * {@code [kh, kw, C / groups, out]} (depthwise also {@code [kh, kw, C, multiplier]}, the same
 * memory) and an optional bias {@code [out]}.
 *
 * <p>1×1 kernels with stride 1 are matrix products over bands of pixels; all others run image by
 * image.
 */
public final class Conv2d implements Op {
  private final ConvGeometry geometry;
  private final boolean bias;

  /** A convolution of one geometry. */
  public Conv2d(ConvGeometry geometry, boolean bias) {
    this.geometry = geometry;
    this.bias = bias;
  }

  /** The geometry. */
  public ConvGeometry geometry() {
    return geometry;
  }

  @Override
  public String name() {
    if (geometry.isPointwise()) {
      return "pointwise conv2d";
    }
    if (geometry.groups() == 1) {
      return "conv2d";
    }
    return geometry.groups() == geometry.inChannels() ? "depthwise conv2d" : "grouped conv2d";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = inputs.get(0);
    ConvGeometry g = geometry;
    if (x.rank() != 4
        || x.axis(1) != g.height()
        || x.axis(2) != g.width()
        || x.axis(3) != g.inChannels()) {
      throw new IllegalArgumentException(
          "x must be [N, %d, %d, %d]".formatted(g.height(), g.width(), g.inChannels()));
    }
    Shape dense = Shape.of(g.kernelHeight(), g.kernelWidth(), g.inPerGroup(), g.outChannels());
    Shape w = inputs.get(1);
    boolean depthwise =
        g.groups() == g.inChannels()
            && w.equals(
                Shape.of(g.kernelHeight(), g.kernelWidth(), g.inChannels(), g.outPerGroup()));
    if (!w.equals(dense) && !depthwise) {
      throw new IllegalArgumentException("weights must be " + dense);
    }
    if (bias && !inputs.get(2).equals(Shape.of(g.outChannels()))) {
      throw new IllegalArgumentException("the bias must be [" + g.outChannels() + "]");
    }
    return Shape.of(x.axis(0), g.outHeight(), g.outWidth(), g.outChannels());
  }

  @Override
  public boolean backwardReadsInput(int input) {
    return input < 2;
  }

  @Override
  public boolean backwardReadsOutput() {
    return false;
  }

  @Override
  public boolean acceptsReading(int input) {
    return input == 0;
  }

  @Override
  public boolean acceptsGradientReading() {
    return !bias;
  }

  @Override
  public boolean gathersStatistics() {
    return true;
  }

  @Override
  public boolean gathersGradientSums(int input) {
    return input == 0;
  }

  @Override
  public boolean addsGradient(int input) {
    return true;
  }

  @Override
  public long multiplyAdds() {
    return geometry.multiplyAdds();
  }

  @Override
  public void forward(Binding binding) {
    if (geometry.isPointwise()) {
      new PointwiseTasks(
              geometry.height(), geometry.width(), geometry.inChannels(), geometry.outChannels())
          .forward(binding, bias ? binding.input(2) : null);
    } else {
      new SpatialTasks(geometry, binding.kernels())
          .forward(binding, bias ? binding.input(2) : null);
    }
  }

  @Override
  public void backward(Binding binding) {
    if (geometry.isPointwise()) {
      new PointwiseTasks(
              geometry.height(), geometry.width(), geometry.inChannels(), geometry.outChannels())
          .backward(binding);
    } else {
      new SpatialTasks(geometry, binding.kernels()).backward(binding);
    }
    GradientTarget db = bias ? binding.inputGradient(2) : null;
    if (db != null) {
      BiasGradient.bind(
          binding, db, geometry.outHeight(), geometry.outWidth(), geometry.outChannels());
    }
  }
}
