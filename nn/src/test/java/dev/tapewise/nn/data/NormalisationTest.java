package dev.tapewise.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.ImmutableDoubleArray;
import org.junit.jupiter.api.Test;

/** Also tests {@link InMemoryImages}' checks. */
final class NormalisationTest {
  private static final ImmutableList<String> CLASSES = ImmutableList.of("a", "b");

  @Test
  void meanAndDeviationAreMeasuredPerChannel() {
    byte[] pixels = {0, 10, (byte) 255, 20, 0, 10, (byte) 255, 20};
    var images = new InMemoryImages(1, 2, 2, CLASSES, pixels, new int[] {0, 1});
    Normalisation measured = Normalisation.measure(images);
    assertThat(measured.mean().get(0)).isCloseTo(0.5, within(1e-12));
    assertThat(measured.deviation().get(0)).isCloseTo(0.5, within(1e-12));
    assertThat(measured.mean().get(1)).isCloseTo(15 / 255.0, within(1e-12));
    assertThat(measured.deviation().get(1)).isCloseTo(5 / 255.0, within(1e-12));
  }

  @Test
  void theTableHoldsEveryLevelOfEveryChannel() {
    float[] table =
        new Normalisation(ImmutableDoubleArray.of(0.5, 0), ImmutableDoubleArray.of(0.25, 2))
            .table();
    assertThat(table).hasSize(512);
    assertThat(table[0]).isEqualTo(-2f);
    assertThat(table[255]).isEqualTo(2f);
    assertThat(table[256]).isEqualTo(0f);
    assertThat(table[256 + 51]).isEqualTo(0.1f);
    assertThat(Normalisation.none(1).table()[255]).isEqualTo(1f);
  }

  @Test
  void aChannelThatNeverVariesIsRejectedWithTheCure() {
    var images = new InMemoryImages(1, 1, 1, CLASSES, new byte[] {7, 7}, new int[2]);
    assertThatThrownBy(() -> Normalisation.measure(images))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("channel 0")
        .hasMessageContaining("choose 1");
  }

  @Test
  void unequalLengthsAndValuesThatAreNotFiniteAreRejected() {
    var one = ImmutableDoubleArray.of(1);
    assertThatThrownBy(() -> new Normalisation(one, ImmutableDoubleArray.of(1, 1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Normalisation(ImmutableDoubleArray.of(Double.NaN), one))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Normalisation.none(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void imagesWhoseSizesDisagreeAreRejected() {
    assertThatThrownBy(() -> new InMemoryImages(2, 2, 1, CLASSES, new byte[7], new int[2]))
        .hasMessageContaining("2 images of 2 x 2 x 1 do not fill 7 bytes");
    assertThatThrownBy(() -> new InMemoryImages(1, 1, 1, CLASSES, new byte[2], new int[] {0, 2}))
        .hasMessageContaining("label 2 of image 1 is not among 2 classes");
    assertThatThrownBy(() -> new InMemoryImages(1, 1, 1, CLASSES, new byte[0], new int[0]))
        .hasMessageContaining("at least one image");
    var images = new InMemoryImages(1, 1, 1, CLASSES, new byte[2], new int[2]);
    assertThatThrownBy(() -> images.copyPixels(2, new byte[9], 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> images.copyPixels(0, new float[1], 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
