package dev.tapewise.nn.model;

import dev.tapewise.nn.layer.Activation;
import dev.tapewise.nn.layer.BatchNorm;
import dev.tapewise.nn.layer.Conv2d;
import dev.tapewise.nn.layer.ConvNormActivation;
import dev.tapewise.nn.layer.Dropout;
import dev.tapewise.nn.layer.GlobalAveragePool;
import dev.tapewise.nn.layer.Layer;
import dev.tapewise.nn.layer.Linear;
import dev.tapewise.nn.layer.Residual;
import dev.tapewise.nn.layer.Sequential;
import dev.tapewise.nn.layer.SqueezeExcite;

/**
 * MobileNetV3 (Howard et al. 2019, arXiv:1905.02244, tables 1 and 2) as torchvision has it, names
 * included: inverted residuals with squeeze and excitation, hard swish in the later ones, and norms
 * with epsilon 0.001 and momentum 0.01.
 */
public final class MobileNetV3 {
  private static final float DROPOUT = 0.2f;
  private static final float EPSILON = 1e-3f;
  private static final float MOMENTUM = 0.01f;
  private static final int STEM = 16;

  /**
   * A row of the tables.
   *
   * @param kernel of the depthwise convolution
   * @param hidden channels of the depthwise convolution
   * @param out output channels
   * @param squeeze whether there is squeeze and excitation
   * @param activation behind the first two norms
   * @param stride of the depthwise convolution
   */
  private record Block(
      int kernel, int hidden, int out, boolean squeeze, Activation activation, int stride) {}

  private static final Activation RELU = Activation.RELU;
  private static final Activation SWISH = Activation.HARD_SWISH;

  private static final Block[] SMALL = {
    new Block(3, 16, 16, true, RELU, 2),
    new Block(3, 72, 24, false, RELU, 2),
    new Block(3, 88, 24, false, RELU, 1),
    new Block(5, 96, 40, true, SWISH, 2),
    new Block(5, 240, 40, true, SWISH, 1),
    new Block(5, 240, 40, true, SWISH, 1),
    new Block(5, 120, 48, true, SWISH, 1),
    new Block(5, 144, 48, true, SWISH, 1),
    new Block(5, 288, 96, true, SWISH, 2),
    new Block(5, 576, 96, true, SWISH, 1),
    new Block(5, 576, 96, true, SWISH, 1)
  };

  private static final Block[] LARGE = {
    new Block(3, 16, 16, false, RELU, 1),
    new Block(3, 64, 24, false, RELU, 2),
    new Block(3, 72, 24, false, RELU, 1),
    new Block(5, 72, 40, true, RELU, 2),
    new Block(5, 120, 40, true, RELU, 1),
    new Block(5, 120, 40, true, RELU, 1),
    new Block(3, 240, 80, false, SWISH, 2),
    new Block(3, 200, 80, false, SWISH, 1),
    new Block(3, 184, 80, false, SWISH, 1),
    new Block(3, 184, 80, false, SWISH, 1),
    new Block(3, 480, 112, true, SWISH, 1),
    new Block(3, 672, 112, true, SWISH, 1),
    new Block(5, 672, 160, true, SWISH, 2),
    new Block(5, 960, 160, true, SWISH, 1),
    new Block(5, 960, 160, true, SWISH, 1)
  };

  private MobileNetV3() {}

  /**
   * torchvision's {@code mobilenet_v3_small}, for images of 224×224; for other sizes see {@link
   * Model#at}.
   *
   * @param width multiplies channels, which are rounded to multiples of 8
   */
  public static Model small(int classes, float width) {
    return small(classes, width, DROPOUT);
  }

  /** The same with another dropout in the classifier than 0.2. */
  public static Model small(int classes, float width, float dropout) {
    return model("mobilenet_v3_small", SMALL, 1024, classes, width, dropout);
  }

  /**
   * torchvision's {@code mobilenet_v3_large}, for images of 224×224; for other sizes see {@link
   * Model#at}.
   *
   * @param width multiplies channels, which are rounded to multiples of 8
   */
  public static Model large(int classes, float width) {
    return large(classes, width, DROPOUT);
  }

  /** The same with another dropout in the classifier than 0.2. */
  public static Model large(int classes, float width, float dropout) {
    return model("mobilenet_v3_large", LARGE, 1280, classes, width, dropout);
  }

  private static Model model(
      String name, Block[] blocks, int last, int classes, float width, float dropout) {
    Channels.checkWidth(width);
    int in = Channels.divisible(STEM * width);
    Sequential features = Sequential.of(convolution(Conv2d.dense(3, in, 3, 2), SWISH));
    for (Block block : blocks) {
      int out = Channels.divisible(block.out() * width);
      features = features.then(block(block, in, Channels.divisible(block.hidden() * width), out));
      in = out;
    }
    int head = 6 * in;
    int wide = Channels.divisible(last * width);
    Sequential network =
        Sequential.of()
            .then("features", features.then(convolution(Conv2d.pointwise(in, head), SWISH)))
            .then("pool", new GlobalAveragePool())
            .then(
                "classifier",
                Sequential.of(
                    new Linear(head, wide),
                    SWISH,
                    new Dropout(dropout),
                    new Linear(wide, classes)));
    return Model.of(name, network, 224, 224, 3, classes);
  }

  private static Layer block(Block block, int in, int hidden, int out) {
    Activation activation = block.activation();
    Sequential layers = Sequential.of();
    if (hidden != in) {
      layers = layers.then(convolution(Conv2d.pointwise(in, hidden), activation));
    }
    Conv2d depthwise = Conv2d.depthwise(hidden, block.kernel(), block.stride());
    layers = layers.then(convolution(depthwise, activation));
    if (block.squeeze()) {
      layers = layers.then(new SqueezeExcite(hidden, Channels.divisible(Math.floorDiv(hidden, 4))));
    }
    layers = layers.then(Sequential.of(Conv2d.pointwise(hidden, out), norm(out)));
    Sequential body = Sequential.of().then("block", layers);
    return block.stride() == 1 && in == out ? Residual.around(body) : body;
  }

  private static Layer convolution(Conv2d conv, Activation activation) {
    return new ConvNormActivation(conv, norm(conv.out()), activation);
  }

  private static BatchNorm norm(int channels) {
    return new BatchNorm(channels, EPSILON, MOMENTUM);
  }
}
