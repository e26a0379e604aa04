package dev.tapewise.autodiff;

import dev.tapewise.core.kernel.GradientReading;

/**
 * Where an op that gathers the sums of an input gradient writes them, for each band of {@link
 * dev.tapewise.core.geometry.RowBands} of that input; the arguments are those of {@link
 * dev.tapewise.core.kernel.Statistics#gradientSums}.
 *
 * @param data the array of the sums
 * @param sum where band 0's first sums start
 * @param product where band 0's second sums start
 * @param stride floats from one band to the next
 * @param gate how the finished gradient is gated
 * @param meanData the array of the means
 * @param mean where the means start
 */
public record BandGradientSums(
    float[] data,
    int sum,
    int product,
    int stride,
    GradientReading gate,
    float[] meanData,
    int mean) {}
