package dev.tapewise.nn.data;

import static com.google.common.base.Preconditions.checkArgument;

import dev.tapewise.core.Philox;

/**
 * How training images are varied: padded with black on all sides and cropped back at a random
 * place, then flipped left to right in half of all cases, as in He et al. 2015, section 4.2. What
 * happens to an image is a function of seed, epoch and image index, whoever asks and in whatever
 * order.
 *
 * @param padding pixels added on each side before cropping; 0 for no cropping
 * @param horizontalFlip whether images are flipped at random
 * @see <a href="https://arxiv.org/abs/1512.03385">He et al. 2015</a>
 */
public record Augmentation(int padding, boolean horizontalFlip) {
  /** Philox's stream for augmentation; no other use of a seed shares it. */
  static final int STREAM = 0x4155_4721;

  private static final int MAX_PADDING = 1 << 20;
  private static final long MASK = (1L << 31) - 1;

  /**
   * Checks the padding.
   *
   * @throws IllegalArgumentException if the padding is negative or beyond 2^20
   */
  public Augmentation {
    checkArgument(
        padding >= 0 && padding <= MAX_PADDING,
        "pad-crop by %s pixels: choose from 0 to %s",
        padding,
        MAX_PADDING);
  }

  /**
   * Leaves images as they are.
   *
   * @return no padding, no flip
   */
  public static Augmentation none() {
    return new Augmentation(0, false);
  }

  /**
   * Pads and crops.
   *
   * @param padding pixels added on each side
   * @return that, without flip
   */
  public static Augmentation padCrop(int padding) {
    return new Augmentation(padding, false);
  }

  /**
   * Flips as well.
   *
   * @return this with random horizontal flips
   */
  public Augmentation withHorizontalFlip() {
    return new Augmentation(padding, true);
  }

  /** The random bits from which shift and flip of an image follow. */
  static long draw(long seed, long epoch, int image) {
    return Philox.bits(seed, STREAM, epoch, image);
  }

  /** Rows by which the crop lies lower than the image: from -padding to padding. */
  int rowShift(long draw) {
    return shift(draw & MASK);
  }

  /** Columns by which the crop lies further right than the image: from -padding to padding. */
  int columnShift(long draw) {
    return shift((draw >>> 31) & MASK);
  }

  /** Whether the crop is flipped. */
  boolean flips(long draw) {
    return horizontalFlip && draw < 0;
  }

  /** Scales 31 random bits to the 2 * padding + 1 places. */
  private int shift(long bits) {
    return (int) ((bits * (2L * padding + 1)) >>> 31) - padding;
  }
}
