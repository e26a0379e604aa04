package dev.tapewise.nn.model;

import dev.tapewise.nn.layer.Activation;
import dev.tapewise.nn.layer.Conv2d;
import dev.tapewise.nn.layer.ConvNormActivation;
import dev.tapewise.nn.layer.Dropout;
import dev.tapewise.nn.layer.GlobalAveragePool;
import dev.tapewise.nn.layer.InvertedResidual;
import dev.tapewise.nn.layer.Linear;
import dev.tapewise.nn.layer.Sequential;

/**
 * MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381, table 2) as torchvision has it, names
 * included, and its CIFAR variant.
 */
public final class MobileNetV2 {
  /** Expansion, output channels, number of blocks, stride of the first. */
  private static final int[][] STAGES = {
    {1, 16, 1, 1},
    {6, 24, 2, 2},
    {6, 32, 3, 2},
    {6, 64, 4, 2},
    {6, 96, 3, 1},
    {6, 160, 3, 2},
    {6, 320, 1, 1}
  };

  private static final float DROPOUT = 0.2f;

  private MobileNetV2() {}

  /**
   * torchvision's {@code mobilenet_v2}, for images of 224×224; for other sizes see {@link
   * Model#at}.
   *
   * @param width multiplies channels, which are rounded to multiples of 8
   */
  public static Model imageNet(int classes, float width) {
    return imageNet(classes, width, DROPOUT);
  }

  /** The same with another dropout before the classifier than 0.2. */
  public static Model imageNet(int classes, float width, float dropout) {
    Channels.checkWidth(width);
    int in = Channels.divisible(32 * width);
    Sequential features =
        Sequential.of(new ConvNormActivation(Conv2d.dense(3, in, 3, 2), Activation.RELU6));
    for (int[] stage : STAGES) {
      int out = Channels.divisible(stage[1] * width);
      for (int i = 0; i < stage[2]; i++) {
        int stride = i == 0 ? stage[3] : 1;
        features = features.then(new InvertedResidual(in, in * stage[0], out, stride));
        in = out;
      }
    }
    int last = Channels.divisible(1280 * Math.max(1, width));
    Sequential network =
        Sequential.of()
            .then(
                "features",
                features.then(new ConvNormActivation(Conv2d.pointwise(in, last), Activation.RELU6)))
            .then("pool", new GlobalAveragePool())
            .then("classifier", Sequential.of(new Dropout(dropout), new Linear(last, classes)));
    return Model.of("mobilenet_v2", network, 224, 224, 3, classes);
  }

  /**
   * The variant for images of 32×32, see {@link MobileNetV2Cifar}.
   *
   * @param width multiplies channels, which are rounded to multiples of 8
   */
  public static Model cifar(int classes, float width) {
    return MobileNetV2Cifar.model(classes, width);
  }
}
