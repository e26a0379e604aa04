package dev.tapewise.nn.data;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.primitives.ImmutableDoubleArray;

/**
 * Turns a pixel p from 0 to 255 into {@code (p / 255 - mean) / deviation}, per channel.
 *
 * @param mean mean of each channel, with pixels from 0 to 1
 * @param deviation standard deviation of each channel, with pixels from 0 to 1
 */
public record Normalisation(ImmutableDoubleArray mean, ImmutableDoubleArray deviation) {
  private static final int LEVELS = 256;

  /**
   * Measured over the 60,000 training images of Fashion-MNIST by {@link #measure}, rounded to 4
   * digits.
   */
  public static final Normalisation FASHION_MNIST =
      new Normalisation(ImmutableDoubleArray.of(0.2860), ImmutableDoubleArray.of(0.3530));

  /**
   * The usual constants for the 50,000 training images of CIFAR-10 over all pixels, as {@link
   * #measure} takes them, rounded to 4 digits.
   */
  public static final Normalisation CIFAR10 =
      new Normalisation(
          ImmutableDoubleArray.of(0.4914, 0.4822, 0.4465),
          ImmutableDoubleArray.of(0.2470, 0.2435, 0.2616));

  /** The constants that torchvision's weights for ImageNet were trained with. */
  public static final Normalisation IMAGENET =
      new Normalisation(
          ImmutableDoubleArray.of(0.485, 0.456, 0.406),
          ImmutableDoubleArray.of(0.229, 0.224, 0.225));

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if there is no channel, the two are not equally long, a value
   *     is not finite, or a deviation is not positive
   */
  public Normalisation {
    checkArgument(
        mean.length() > 0 && mean.length() == deviation.length(),
        "normalisation needs one mean and one deviation for each channel: mean %s, deviation %s",
        mean,
        deviation);
    for (int channel = 0; channel < mean.length(); channel++) {
      double spread = deviation.get(channel);
      checkArgument(
          Double.isFinite(mean.get(channel)) && Double.isFinite(spread) && spread > 0,
          "normalisation of channel %s with mean %s and deviation %s: both must be finite, the"
              + " deviation positive (a channel that never varies has none: choose 1)",
          channel,
          mean.get(channel),
          spread);
    }
  }

  /**
   * Only scales pixels to 0 to 1.
   *
   * @param channels the number of channels
   * @return mean 0 and deviation 1 in each channel
   */
  public static Normalisation none(int channels) {
    var mean = ImmutableDoubleArray.builder(channels);
    var deviation = ImmutableDoubleArray.builder(channels);
    for (int channel = 0; channel < channels; channel++) {
      mean.add(0);
      deviation.add(1);
    }
    return new Normalisation(mean.build(), deviation.build());
  }

  /**
   * Mean and population standard deviation of each channel over all pixels of a data set, from
   * exact integer sums.
   *
   * @param dataset usually the images to train on
   * @return its normalisation
   * @throws IllegalArgumentException if a channel never varies
   */
  public static Normalisation measure(ImageDataset dataset) {
    int channels = dataset.channels();
    long[] sums = new long[channels];
    long[] squares = new long[channels];
    byte[] image = new byte[dataset.imageBytes()];
    for (int i = 0; i < dataset.size(); i++) {
      dataset.copyPixels(i, image, 0);
      for (int at = 0; at < image.length; at++) {
        long value = Byte.toUnsignedLong(image[at]);
        sums[at % channels] += value;
        squares[at % channels] += value * value;
      }
    }
    double count = (double) dataset.size() * dataset.height() * dataset.width();
    var mean = ImmutableDoubleArray.builder(channels);
    var deviation = ImmutableDoubleArray.builder(channels);
    for (int channel = 0; channel < channels; channel++) {
      double level = sums[channel] / count;
      mean.add(level / 255);
      deviation.add(Math.sqrt(Math.max(0, squares[channel] / count - level * level)) / 255);
    }
    return new Normalisation(mean.build(), deviation.build());
  }

  /**
   * The number of channels.
   *
   * @return at least 1
   */
  public int channels() {
    return mean.length();
  }

  /** What each pixel becomes: {@code [channels, 256]}, computed in double and rounded once. */
  float[] table() {
    float[] table = new float[channels() * LEVELS];
    for (int channel = 0; channel < channels(); channel++) {
      for (int level = 0; level < LEVELS; level++) {
        table[channel * LEVELS + level] =
            (float) ((level / 255.0 - mean.get(channel)) / deviation.get(channel));
      }
    }
    return table;
  }
}
