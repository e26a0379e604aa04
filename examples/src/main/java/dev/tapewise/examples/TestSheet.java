package dev.tapewise.examples;

import dev.tapewise.nn.data.ImageDataset;
import dev.tapewise.nn.data.Normalisation;
import dev.tapewise.nn.model.Model;
import dev.tapewise.nn.model.Prediction;
import dev.tapewise.nn.model.Predictor;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/** Picks test images and asks the model about them. */
final class TestSheet {
  private static final int IMAGES = 4 * Sheet.COLUMNS;

  private TestSheet() {}

  /** The first images of a data set with their predictions. */
  static List<Sheet.Item> items(Model model, ImageDataset data, Normalisation normalisation) {
    List<Sheet.Item> items = new ArrayList<>();
    Predictor predictor = new Predictor(model, normalisation);
    float[] pixels = new float[data.imageBytes()];
    for (int i = 0; i < Math.min(IMAGES, data.size()); i++) {
      data.copyPixels(i, pixels, 0);
      Prediction said = predictor.predict(pixels);
      items.add(
          new Sheet.Item(
              image(data, i),
              data.classNames().get(said.top()),
              said.probability(said.top()),
              data.classNames().get(data.label(i))));
    }
    return items;
  }

  private static BufferedImage image(ImageDataset data, int index) {
    byte[] pixels = new byte[data.imageBytes()];
    data.copyPixels(index, pixels, 0);
    int channels = data.channels();
    BufferedImage image =
        new BufferedImage(data.width(), data.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < data.height(); y++) {
      for (int x = 0; x < data.width(); x++) {
        int at = (y * data.width() + x) * channels;
        int red = Byte.toUnsignedInt(pixels[at]);
        int green = Byte.toUnsignedInt(pixels[channels < 3 ? at : at + 1]);
        int blue = Byte.toUnsignedInt(pixels[channels < 3 ? at : at + 2]);
        image.setRGB(x, y, red << 16 | green << 8 | blue);
      }
    }
    return image;
  }
}
