package dev.tapewise.nn.model;

import dev.tapewise.core.geometry.Padding;
import dev.tapewise.nn.layer.Activation;
import dev.tapewise.nn.layer.Conv2d;
import dev.tapewise.nn.layer.ConvNormActivation;
import dev.tapewise.nn.layer.DepthwiseSeparable;
import dev.tapewise.nn.layer.GlobalAveragePool;
import dev.tapewise.nn.layer.Linear;
import dev.tapewise.nn.layer.Sequential;

/**
 * MobileNetV1 (Howard et al. 2017, arXiv:1704.04861, table 1): a convolution and 13 depthwise
 * separable blocks with ReLU. All windows are padded by 1 on all sides, as is usual in PyTorch; the
 * paper's TensorFlow pads strided windows at the bottom and right only, which gives the same sizes.
 *
 * <p>Names: {@code features.0.{0,1}} for the first convolution and norm, {@code
 * features.I.{0,1,3,4}} for the blocks, {@code classifier}.
 */
public final class MobileNetV1 {
  /** Output channels and stride of each block. */
  private static final int[][] BLOCKS = {
    {64, 1}, {128, 2}, {128, 1}, {256, 2}, {256, 1}, {512, 2}, {512, 1}, {512, 1}, {512, 1},
    {512, 1}, {512, 1}, {1024, 2}, {1024, 1}
  };

  private MobileNetV1() {}

  /**
   * The network of the paper, for images of 224×224; for other sizes see {@link Model#at}.
   *
   * @param width multiplies all channels; 1, 0.75, 0.5 and 0.25 in the paper
   */
  public static Model imageNet(int classes, float width) {
    return Model.of("mobilenet_v1", network(classes, width, 2), 224, 224, 3, classes);
  }

  /** The network for images of 32×32: the first convolution has stride 1. */
  public static Model cifar(int classes, float width) {
    return Model.of("mobilenet_v1-cifar", network(classes, width, 1), 32, 32, 3, classes);
  }

  private static Sequential network(int classes, float width, int stemStride) {
    Channels.checkWidth(width);
    Activation relu = Activation.RELU;
    int in = channels(32, width);
    Sequential features =
        Sequential.of(new ConvNormActivation(Conv2d.dense(3, in, 3, stemStride), relu));
    for (int[] block : BLOCKS) {
      int out = channels(block[0], width);
      features = features.then(new DepthwiseSeparable(in, out, block[1], Padding.of(1), relu));
      in = out;
    }
    return Sequential.of()
        .then("features", features)
        .then("pool", new GlobalAveragePool())
        .then("classifier", new Linear(in, classes));
  }

  /** Rounded down, at least 8, as in the authors' code. */
  private static int channels(int full, float width) {
    return Math.max(8, (int) (full * width));
  }
}
