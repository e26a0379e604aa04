package dev.tapewise.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Also tests {@link ImageTransform} and {@link Permutation}. */
final class AugmentationTest {
  @Test
  void shiftsAndFlipsAreUniform() {
    Augmentation augmentation = Augmentation.padCrop(2).withHorizontalFlip();
    int[] counts = new int[5 * 5 * 2];
    int draws = 50_000;
    for (int image = 0; image < draws; image++) {
      long draw = Augmentation.draw(42, 3, image);
      int row = augmentation.rowShift(draw) + 2;
      int column = augmentation.columnShift(draw) + 2;
      counts[(row * 5 + column) * 2 + (augmentation.flips(draw) ? 1 : 0)]++;
    }
    for (int count : counts) {
      // 1,000 expected, standard deviation 31.
      assertThat(count).isBetween(850, 1150);
    }
  }

  @Test
  void noneLeavesImagesAlone() {
    for (int image = 0; image < 1000; image++) {
      long draw = Augmentation.draw(1, 2, image);
      assertThat(Augmentation.none().rowShift(draw)).isZero();
      assertThat(Augmentation.none().columnShift(draw)).isZero();
      assertThat(Augmentation.none().flips(draw)).isFalse();
    }
  }

  @Test
  void seedEpochAndImageAllCount() {
    assertThat(Augmentation.draw(1, 2, 3)).isEqualTo(Augmentation.draw(1, 2, 3));
    assertThat(Augmentation.draw(1, 2, 3))
        .isNotEqualTo(Augmentation.draw(2, 2, 3))
        .isNotEqualTo(Augmentation.draw(1, 3, 3))
        .isNotEqualTo(Augmentation.draw(1, 2, 4));
  }

  @Test
  void aNegativePaddingIsRejected() {
    assertThatThrownBy(() -> Augmentation.padCrop(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pad-crop by -1 pixels");
  }

  /** The definition: pad with black, crop, then flip, then normalise, then repeat grey. */
  @Property
  void aTransformedImageIsThePaddedCroppedAndFlippedOne(
      @ForAll @IntRange(min = 1, max = 6) int height,
      @ForAll @IntRange(min = 1, max = 6) int width,
      @ForAll boolean grey,
      @ForAll @IntRange(min = 0, max = 8) int padding,
      @ForAll boolean flip,
      @ForAll long seed) {
    int channels = grey ? 1 : 3;
    var random = new Random(seed);
    byte[] image = new byte[height * width * channels];
    random.nextBytes(image);
    int dy = random.nextInt(2 * padding + 1);
    int dx = random.nextInt(2 * padding + 1);
    int paddedWidth = width + 2 * padding;
    byte[] padded = new byte[(height + 2 * padding) * paddedWidth * channels];
    for (int y = 0; y < height; y++) {
      System.arraycopy(
          image,
          y * width * channels,
          padded,
          ((y + padding) * paddedWidth + padding) * channels,
          width * channels);
    }
    Normalisation normalisation = grey ? Normalisation.FASHION_MNIST : Normalisation.CIFAR10;
    float[] expected = new float[height * width * 3 + 1];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int cropX = flip ? width - 1 - x : x;
        for (int c = 0; c < 3; c++) {
          int channel = grey ? 0 : c;
          int level =
              Byte.toUnsignedInt(
                  padded[((y + dy) * paddedWidth + cropX + dx) * channels + channel]);
          expected[1 + (y * width + x) * 3 + c] =
              (float)
                  ((level / 255.0 - normalisation.mean().get(channel))
                      / normalisation.deviation().get(channel));
        }
      }
    }
    float[] out = new float[expected.length];
    new ImageTransform(height, width, channels, 3, normalisation)
        .write(image, dy - padding, dx - padding, flip, out, 1);
    assertThat(out).isEqualTo(expected);
  }

  @Test
  void everyOrderOfThreeIsEquallyLikely() {
    var permutation = new Permutation(3);
    int[] counts = new int[9 * 3];
    int epochs = 12_000;
    for (int epoch = 0; epoch < epochs; epoch++) {
      permutation.shuffle(5, epoch);
      counts[permutation.get(0) * 9 + permutation.get(1) * 3 + permutation.get(2)]++;
    }
    int seen = 0;
    for (int count : counts) {
      if (count > 0) {
        seen++;
        // 2,000 expected, standard deviation 41.
        assertThat(count).isBetween(1800, 2200);
      }
    }
    assertThat(seen).isEqualTo(6);
  }

  @Test
  void anOrderDependsOnSeedAndEpochAndNotOnEarlierOnes() {
    var once = new Permutation(100);
    var twice = new Permutation(100);
    once.shuffle(7, 4);
    twice.shuffle(7, 3);
    assertThat(order(twice)).isNotEqualTo(order(once));
    twice.shuffle(8, 4);
    assertThat(order(twice)).isNotEqualTo(order(once));
    twice.shuffle(7, 4);
    assertThat(order(twice)).isEqualTo(order(once));
    assertThat(order(once)).doesNotHaveDuplicates().hasSize(100);
  }

  private static int[] order(Permutation permutation) {
    int[] order = new int[100];
    for (int i = 0; i < order.length; i++) {
      order[i] = permutation.get(i);
    }
    return order;
  }
}
