package dev.tapewise.nn.model;

import dev.tapewise.nn.data.Normalisation;

/** Turns the pixels of one image into what a model reads, by the rule that trainers follow. */
final class ImageInput {
  private final Model model;
  private final Normalisation normalisation;
  private final float[] values;

  ImageInput(Model model, Normalisation normalisation) {
    checkChannels(model, normalisation);
    this.model = model;
    this.normalisation = normalisation;
    this.values = new float[model.imageShape(1).intSize()];
  }

  /**
   * Checks that a normalisation is one of the model's images, or of grey ones.
   *
   * @throws IllegalArgumentException if not
   */
  static void checkChannels(Model model, Normalisation normalisation) {
    int channels = normalisation.channels();
    if (channels != model.channels() && channels != 1) {
      throw new IllegalArgumentException(
          "%s reads images of %d channels, the normalisation has %d. Choose one for %d channels, or for 1 if images are grey"
              .formatted(model.name(), model.channels(), channels, model.channels()));
    }
  }

  /**
   * Normalises, and repeats grey over the model's channels.
   *
   * @param image pixels from 0 to 255, one per channel of the normalisation
   * @return {@code [height, width, channels]}, overwritten by the next call
   */
  float[] normalised(float[] image) {
    int channels = normalisation.channels();
    int pixels = model.height() * model.width();
    if (image.length != pixels * channels) {
      throw new IllegalArgumentException(
          "%s reads an image of %d × %d × %d, which are %d values, got %d"
              .formatted(
                  model.name(),
                  model.height(),
                  model.width(),
                  channels,
                  pixels * channels,
                  image.length));
    }
    int copies = model.channels() / channels;
    int to = 0;
    for (int i = 0; i < image.length; i++) {
      int channel = i % channels;
      double mean = normalisation.mean().get(channel);
      float value = (float) ((image[i] / 255.0 - mean) / normalisation.deviation().get(channel));
      for (int copy = 0; copy < copies; copy++) {
        values[to++] = value;
      }
    }
    return values;
  }
}
