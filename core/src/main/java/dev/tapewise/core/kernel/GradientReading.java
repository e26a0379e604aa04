package dev.tapewise.core.kernel;

import org.jspecify.annotations.Nullable;

/**
 * How the gradient of a tensor of {@code [rows, channels]} is read: raw, or through the backward
 * pass of an activation and a batch norm, {@code fma(g', a[c], fma(z, b[c], d[c]))} with {@code g'}
 * the {@linkplain Activation#gradient gradient} of the activation at {@code fma(z, scale[c],
 * shift[c])}.
 *
 * <p>Here {@code z} is the input of the batch norm; a NaN in it passes through {@code fma(z, b,
 * d)}. All five coefficient vectors lie in one array and are padded with zeros to a multiple of 16
 * floats.
 *
 * @param data the array that holds the gradient g
 * @param offset where the gradient starts in {@code data}
 * @param input the array that holds z, or null for a raw reading
 * @param inputOffset where z starts in {@code input}
 * @param coefficients the array that holds the coefficient vectors, or null for a raw reading
 * @param scale where scale starts in {@code coefficients}
 * @param shift where shift starts
 * @param a where the factor of g' starts
 * @param b where the factor of z starts
 * @param d where the constant starts
 * @param activation whose gradient g' is
 */
public record GradientReading(
    float[] data,
    int offset,
    float @Nullable [] input,
    int inputOffset,
    float @Nullable [] coefficients,
    int scale,
    int shift,
    int a,
    int b,
    int d,
    Activation activation) {

  /** A gradient read as it is. */
  public static GradientReading raw(float[] data, int offset) {
    return new GradientReading(data, offset, null, 0, null, 0, 0, 0, 0, 0, Activation.NONE);
  }

  /** Whether the gradient is read as it is. */
  public boolean isRaw() {
    return coefficients == null;
  }
}
