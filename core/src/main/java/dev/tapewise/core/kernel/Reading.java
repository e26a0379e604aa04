package dev.tapewise.core.kernel;

import org.jspecify.annotations.Nullable;

/**
 * How a tensor of {@code [rows, channels]} is read: raw, or through a scale and a shift per channel
 * and an activation, the {@linkplain Activation#value value} of {@code fma(x, scale[c], shift[c])}.
 *
 * <p>This is what a batch norm and its activation become when they are fused into their consumer.
 * The coefficient vectors are padded with zeros to a multiple of 16 floats.
 *
 * @param data the array that holds the tensor
 * @param offset where the tensor starts in {@code data}
 * @param coefficients the array that holds scale and shift, or null for a raw reading
 * @param scale where the scale of channel 0 lies in {@code coefficients}
 * @param shift where the shift of channel 0 lies in {@code coefficients}
 * @param activation what is applied behind scale and shift
 */
public record Reading(
    float[] data,
    int offset,
    float @Nullable [] coefficients,
    int scale,
    int shift,
    Activation activation) {

  /** A tensor read as it is. */
  public static Reading raw(float[] data, int offset) {
    return new Reading(data, offset, null, 0, 0, Activation.NONE);
  }

  /** Whether the tensor is read as it is. */
  public boolean isRaw() {
    return coefficients == null;
  }
}
