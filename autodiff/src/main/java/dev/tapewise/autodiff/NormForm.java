package dev.tapewise.autodiff;

import dev.tapewise.core.kernel.Activation;

/**
 * What compiling made of a batch norm and the activation behind it.
 *
 * @param statisticsGathered whether the producer of the input writes {@code statistics} in its own
 *     pass
 * @param materialised whether the normalised (and activated) output is written; otherwise its
 *     consumers read the input through scale, shift and activation
 * @param activation what is applied behind scale and shift
 * @param sumsGathered whether the producer of the output's gradient writes {@code sums} in its own
 *     pass
 * @param gradientMaterialised whether the input's gradient is written; otherwise the producer's
 *     backward pass reads it through the coefficients
 * @param coefficients where the vectors mean, scale, shift, a, b, d start in the binding's memory,
 *     one after the other
 * @param stride floats from one vector to the next
 * @param statistics where the statistics are written
 * @param sums where the sums over the gradient are written, and how it is read
 */
public record NormForm(
    boolean statisticsGathered,
    boolean materialised,
    Activation activation,
    boolean sumsGathered,
    boolean gradientMaterialised,
    int coefficients,
    int stride,
    BandStatistics statistics,
    BandGradientSums sums) {

  /** Where the mean of channel 0 lies. */
  public int mean() {
    return coefficients;
  }

  /** Where the scale of channel 0 lies. */
  public int scale() {
    return coefficients + stride;
  }

  /** Where the shift of channel 0 lies. */
  public int shift() {
    return coefficients + 2 * stride;
  }

  /** Where the factor of the gated gradient lies. */
  public int a() {
    return coefficients + 3 * stride;
  }

  /** Where the factor of the norm's input lies. */
  public int b() {
    return coefficients + 4 * stride;
  }

  /** Where the constant lies. */
  public int d() {
    return coefficients + 5 * stride;
  }
}
