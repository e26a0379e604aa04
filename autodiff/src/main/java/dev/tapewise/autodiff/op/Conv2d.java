package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.core.Shape;
import dev.tapewise.core.geometry.ConvGeometry;
import dev.tapewise.core.geometry.ConvOptions;
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

  /**
   * The convolution of images x with weights w of {@code [kh, kw, C / groups, out]}.
   *
   * @throws IllegalArgumentException if they do not fit, naming the rule, the values and the cure
   */
  public static Conv2d of(Shape x, Shape w, ConvOptions options, boolean bias) {
    checkImages(x);
    if (w.rank() != 4) {
      throw new IllegalArgumentException("weights must be [kh, kw, in / groups, out] but are " + w);
    }
    ConvGeometry g =
        options.convolution(x.axis(1), x.axis(2), x.axis(3), w.axis(3), w.axis(0), w.axis(1));
    checkInputs(g, w.axis(2), w);
    return new Conv2d(g, bias);
  }

  /**
   * The convolution of images x channel by channel with weights w of {@code [kh, kw, C,
   * multiplier]}; its groups are the channels.
   *
   * @throws IllegalArgumentException if they do not fit, naming the rule, the values and the cure
   */
  public static Conv2d depthwise(Shape x, Shape w, ConvOptions options, boolean bias) {
    checkImages(x);
    int channels = x.axis(3);
    if (w.rank() != 4 || w.axis(2) != channels) {
      throw new IllegalArgumentException(
          "weights must be [kh, kw, %d, multiplier] but are %s".formatted(channels, w));
    }
    if (options.groups() != 1 && options.groups() != channels) {
      throw new IllegalArgumentException(
          "groups=%d, but a depthwise convolution of %d channels has %d. Leave groups away"
              .formatted(options.groups(), channels, channels));
    }
    ConvGeometry g =
        options
            .withGroups(channels)
            .convolution(
                x.axis(1),
                x.axis(2),
                channels,
                Math.multiplyExact(channels, w.axis(3)),
                w.axis(0),
                w.axis(1));
    return new Conv2d(g, bias);
  }

  static void checkImages(Shape x) {
    if (x.rank() != 4) {
      throw new IllegalArgumentException("x must be images [N, H, W, C]");
    }
  }

  static void checkInputs(ConvGeometry g, int inputs, Shape w) {
    if (inputs != g.inPerGroup()) {
      throw new IllegalArgumentException(
          "weights %s read %d input channels, but a group of %d channels in groups=%d has %d. Give weights of %d, or other groups"
              .formatted(w, inputs, g.inChannels(), g.groups(), g.inPerGroup(), g.inPerGroup()));
    }
  }

  static void checkBias(Shape bias, int channels) {
    if (!bias.equals(Shape.of(channels))) {
      throw new IllegalArgumentException("the bias must be [%d]".formatted(channels));
    }
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
    if (bias) {
      checkBias(inputs.get(2), g.outChannels());
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
