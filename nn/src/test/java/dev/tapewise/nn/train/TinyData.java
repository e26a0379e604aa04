package dev.tapewise.nn.train;

import com.google.common.collect.ImmutableList;
import dev.tapewise.nn.data.ImageDataset;
import dev.tapewise.nn.data.InMemoryImages;
import dev.tapewise.nn.layer.Activation;
import dev.tapewise.nn.layer.Conv2d;
import dev.tapewise.nn.layer.ConvNormActivation;
import dev.tapewise.nn.layer.GlobalAveragePool;
import dev.tapewise.nn.layer.Linear;
import dev.tapewise.nn.layer.Sequential;
import dev.tapewise.nn.model.Model;
import java.util.SplittableRandom;

/** A problem that a network of a few hundred weights solves in seconds. */
final class TinyData {
  private static final int SIDE = 6;

  private TinyData() {}

  /** Stripes that lie, stripes that stand: the mean says nothing, so a filter must be learned. */
  static ImageDataset stripes(int images) {
    byte[] pixels = new byte[images * SIDE * SIDE];
    int[] labels = new int[images];
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < images; i++) {
      labels[i] = i % 2;
      int phase = random.nextInt(2);
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          int bright = ((labels[i] == 0 ? y : x) + phase) % 2 * 180;
          pixels[(i * SIDE + y) * SIDE + x] = (byte) (bright + random.nextInt(60));
        }
      }
    }
    return new InMemoryImages(SIDE, SIDE, 1, ImmutableList.of("lying", "standing"), pixels, labels);
  }

  static Model model() {
    return model(2);
  }

  static Model model(int classes) {
    Sequential network =
        Sequential.of()
            .then(
                "features",
                Sequential.of(
                    new ConvNormActivation(Conv2d.dense(1, 8, 3, 1), Activation.RELU6),
                    new ConvNormActivation(Conv2d.depthwise(8, 3, 1), Activation.RELU6)))
            .then("pool", new GlobalAveragePool())
            .then("classifier", new Linear(8, classes));
    return Model.of("tiny", network, SIDE, SIDE, 1, classes);
  }

  /** As long as its last layer sees one value per channel: batch norm cannot train on one image. */
  static Model modelOfOnePixel() {
    Sequential network =
        Sequential.of()
            .then(
                "features",
                Sequential.of(new ConvNormActivation(Conv2d.dense(1, 8, 3, 6), Activation.RELU6)))
            .then("pool", new GlobalAveragePool())
            .then("classifier", new Linear(8, 2));
    return Model.of("one pixel", network, SIDE, SIDE, 1, 2);
  }
}
