package dev.tapewise.nn.model;

import dev.tapewise.nn.layer.Activation;
import dev.tapewise.nn.layer.BatchNorm;
import dev.tapewise.nn.layer.Conv2d;
import dev.tapewise.nn.layer.GlobalAveragePool;
import dev.tapewise.nn.layer.Layer;
import dev.tapewise.nn.layer.Linear;
import dev.tapewise.nn.layer.Residual;
import dev.tapewise.nn.layer.Sequential;

/**
 * The CIFAR variant of MobileNetV2 that PyTorch users train most: strides of 1 in the first
 * convolution and the first three stages, ReLU, an expansion in every block, and a convolution with
 * norm as the shortcut of blocks with stride 1 that change their channels. No dropout. Names are
 * those that its weights go around with: {@code conv1}, {@code layers.3.conv2}, {@code
 * layers.0.shortcut.0}, {@code linear}.
 */
final class MobileNetV2Cifar {
  /** Expansion, output channels, number of blocks, stride of the first. */
  private static final int[][] STAGES = {
    {1, 16, 1, 1},
    {6, 24, 2, 1},
    {6, 32, 3, 2},
    {6, 64, 4, 2},
    {6, 96, 3, 1},
    {6, 160, 3, 2},
    {6, 320, 1, 1}
  };

  private MobileNetV2Cifar() {}

  static Model model(int classes, float width) {
    Channels.checkWidth(width);
    int in = Channels.divisible(32 * width);
    Sequential network = normed(Sequential.of(), 1, Conv2d.dense(3, in, 3, 1));
    network = network.then("relu1", Activation.RELU);
    Sequential layers = Sequential.of();
    for (int[] stage : STAGES) {
      int out = Channels.divisible(stage[1] * width);
      for (int i = 0; i < stage[2]; i++) {
        layers = layers.then(block(in, in * stage[0], out, i == 0 ? stage[3] : 1));
        in = out;
      }
    }
    int last = Channels.divisible(1280 * Math.max(1, width));
    network = normed(network.then("layers", layers), 2, Conv2d.pointwise(in, last));
    network =
        network
            .then("relu2", Activation.RELU)
            .then("pool", new GlobalAveragePool())
            .then("linear", new Linear(last, classes));
    return Model.of("mobilenet_v2-cifar", network, 32, 32, 3, classes);
  }

  private static Layer block(int in, int hidden, int out, int stride) {
    Sequential body = normed(Sequential.of(), 1, Conv2d.pointwise(in, hidden));
    body = normed(body.then("relu1", Activation.RELU), 2, Conv2d.depthwise(hidden, 3, stride));
    body = normed(body.then("relu2", Activation.RELU), 3, Conv2d.pointwise(hidden, out));
    if (stride != 1) {
      return body;
    }
    return in == out
        ? Residual.around(body)
        : Residual.around(body, Sequential.of(Conv2d.pointwise(in, out), new BatchNorm(out)));
  }

  private static Sequential normed(Sequential layers, int number, Conv2d conv) {
    return layers.then("conv" + number, conv).then("bn" + number, new BatchNorm(conv.out()));
  }
}
